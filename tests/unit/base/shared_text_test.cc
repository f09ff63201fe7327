#include "base/shared_text.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace sluice {
namespace {

TEST(SharedText, KeepsOneCopyOfEachText) {
  const std::string text = "models/a_long_folder_name/schema.yml";
  const SharedText a(text);
  const SharedText b(std::string_view("models/a_long_folder_name/schema.yml"));
  EXPECT_EQ(&a.text(), &b.text());
  EXPECT_NE(&a.text(), &SharedText("models/other.yml").text());
  EXPECT_EQ(a.text(), text);
}

TEST(SharedText, ComparesAsText) {
  const SharedText a("a");
  EXPECT_TRUE(a == "a");
  EXPECT_TRUE(std::string("a") == a);
  EXPECT_TRUE(a == std::string_view("a"));
  EXPECT_TRUE(a != SharedText("b"));
  EXPECT_TRUE(a < SharedText("b"));
  EXPECT_FALSE(SharedText("b") < a);
}

TEST(SharedText, EmptyIsTheDefault) {
  const SharedText none;
  EXPECT_TRUE(none.empty());
  EXPECT_TRUE(none == SharedText(""));
  EXPECT_TRUE(none == "");
  EXPECT_EQ(none.text(), "");
  EXPECT_FALSE(SharedText("x").empty());
}

TEST(SharedText, ManyThreadsGetTheSameCopies) {
  constexpr size_t kNumTexts = 2000;
  std::vector<std::vector<const std::string*>> seen(4);
  {
    std::vector<std::jthread> threads;
    for (auto& mine : seen)
      threads.emplace_back([&mine] {
        for (size_t i = 0; i < kNumTexts; ++i)
          mine.push_back(&SharedText("text number " + std::to_string(i)).text());
      });
  }
  for (const auto& other : seen) EXPECT_EQ(other, seen.front());
  EXPECT_EQ(*seen.front()[7], "text number 7");
}

}  // namespace
}  // namespace sluice
