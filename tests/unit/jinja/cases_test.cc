// Runs the recorded behaviour of Jinja2 and dbt (tests/jinja) against the engine.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "jinja/case_runner.h"
#include "jinja/ops.h"

namespace sluice::jinja {
namespace {

std::string read_text(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::stringstream text;
  text << stream.rdbuf();
  return text.str();
}

std::string string_member(const Value& dict, std::string_view key) {
  const Value* found = dict.as_dict().find(key);
  return found != nullptr && found->is_string() ? found->as_string() : std::string();
}

// The result in the shape of `expect`, as JSON.
std::string summary(const CaseResult& result, const Value& expect) {
  Value shown = Value::dict();
  if (!result.error.empty()) {
    shown.as_dict().set("error", Value::string(result.error));
  } else if (expect.as_dict().find("value") != nullptr) {
    shown.as_dict().set("value", result.value);
    shown.as_dict().set("type", Value::string(result.type));
  } else {
    shown.as_dict().set("output", Value::string(result.output));
  }
  return to_json(shown, {.sort_keys = true}).value_or("not serialisable");
}

std::string wanted(const Value& expect) {
  Value shown = Value::dict();
  for (const Dict::Entry& entry : expect.as_dict().entries()) {
    if (entry.key.as_string() != "detail") shown.as_dict().set(entry.key, entry.value);
  }
  return to_json(shown, {.sort_keys = true}).value_or("not serialisable");
}

TEST(JinjaCases, AgreeWithTheRealTools) {
  std::ifstream stream(std::filesystem::path(SLUICE_TEST_DATA) / "jinja" / "cases.jsonl");
  std::string line;
  int count = 0;
  while (std::getline(stream, line)) {
    auto spec = from_json(line);
    ASSERT_TRUE(spec) << line;
    const Value& expect = *spec->as_dict().find("expect");
    CaseResult result = run_case(*spec);
    EXPECT_EQ(summary(result, expect), wanted(expect))
        << string_member(*spec, "id") << " (" << string_member(*spec, "mode")
        << "): " << string_member(*spec, "template") << "\n"
        << result.message;
    ++count;
  }
  EXPECT_EQ(count, 747);
}

TEST(JinjaErrors, PrintPlaceExcerptAndTrace) {
  std::filesystem::path folder = std::filesystem::path(SLUICE_TEST_DATA) / "jinja" / "errors";
  bool record = std::getenv("SLUICE_RECORD") != nullptr;
  std::vector<std::filesystem::path> templates;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::string name = entry.path().filename().string();
    if (name.ends_with(".sql") && !name.ends_with(".macros.sql")) templates.push_back(entry.path());
  }
  std::sort(templates.begin(), templates.end());
  ASSERT_FALSE(templates.empty());
  for (const auto& path : templates) {
    std::filesystem::path base = path.parent_path() / path.stem();
    Value spec = Value::dict();
    spec.as_dict().set("mode", Value::string("base"));
    spec.as_dict().set("template", Value::string(read_text(path)));
    spec.as_dict().set("macros", Value::string(read_text(base.string() + ".macros.sql")));
    CaseResult result = run_case(spec);
    std::string actual = result.error + "\n" + result.message + "\n";
    if (record) std::ofstream(base.string() + ".expected", std::ios::binary) << actual;
    EXPECT_EQ(actual, read_text(base.string() + ".expected")) << path;
  }
}

}  // namespace
}  // namespace sluice::jinja
