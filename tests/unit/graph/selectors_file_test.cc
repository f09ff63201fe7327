// Errors of selectors.yml, which recorded projects cannot show, and what a definition becomes.
#include "graph/selectors_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "jinja/ops.h"

namespace sluice::graph {
namespace {

Result<SelectorsFile> read(const std::string& yaml) {
  project::Project project;
  project.selectors = *jinja::from_yaml(yaml);
  const jinja::Value* list =
      project.selectors.is_dict() ? project.selectors.as_dict().find("selectors") : nullptr;
  if (list != nullptr && list->is_list())
    for (uint32_t i = 0; i < list->as_items().size(); ++i)
      project.selector_spans.push_back({"selectors.yml", i + 2, 3, 0, 0});
  return read_selectors(project);
}

Result<SelectorsFile> read_one(const std::string& definition) {
  return read("selectors: [{name: x, definition: " + definition + "}]");
}

TEST(SelectorsFile, NamesWhatIsWrong) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "cannot be None"},
      {"[tag:a]", "cannot be ['tag:a']"},
      {"3", "cannot be 3"},
      {"{method: fqn}", "\"method\" is not a valid method name"},
      {"{method: nosuch, value: x}", "\"nosuch\" is not a valid method name"},
      {"{tag: a, path: b}", "but got 'tag', 'path'"},
      {"{union: tag:a}", "invalid value for key \"union\": expected a list"},
      {"{union: [tag:a], intersection: [tag:b]}", "only a single \"union\" or \"intersection\""},
      {"{union: [tag:a, {exclude: [b]}, {exclude: [c]}]}", "more than one \"exclude\""},
      {"{union: [[tag:a]]}", "expected a text or a mapping"},
      {"{method: tag, value: a, exclude: b}", "invalid value for key \"exclude\""},
      {"{method: tag, value: [a]}", "must be a text"},
      {"{method: tag, value: a, indirect_selection: all}", "not a mode of indirect selection"},
      {"{method: tag, value: a, parents: true, parents_depth: x}", "must be a number of steps"},
      {"{method: tag, value: a, children: true, childrens_parents: true}", "cannot be combined"},
      {"{method: selector, value: y}", "not defined above it"},
      {"'selector:y'", "\"selector\" is not a valid method name"},
  };
  for (const auto& [definition, message] : cases) {
    const Result<SelectorsFile> file = read_one(definition);
    ASSERT_FALSE(file.has_value()) << definition;
    EXPECT_THAT(file.error().message(), testing::HasSubstr(message)) << definition;
    ASSERT_FALSE(file.error().spans().empty()) << definition;
    EXPECT_EQ(file.error().spans().front().file, "selectors.yml");
    EXPECT_EQ(file.error().spans().front().line, 2U);
  }
}

TEST(SelectorsFile, ChecksTheEntries) {
  for (const char* yaml :
       {"selectors: a", "foo: 1", "[a]", "selectors: [a]", "selectors: [{definition: a}]",
        "selectors: [{name: x}]", "selectors: [{name: x, definition: a, colour: red}]",
        "selectors: [{name: x, definition: a, default: true}, {name: y, "
        "definition: b, default: true}]"})
    EXPECT_FALSE(read(yaml).has_value()) << yaml;
  EXPECT_TRUE(read("").has_value());
}

TEST(SelectorsFile, FindsByNameAndByDefault) {
  const Result<SelectorsFile> file = read(
      "selectors: [{name: nightly, definition: a}, {name: base, definition: b, default: true}]");
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(file->default_name, "base");
  ASSERT_TRUE(file->find("nightly").has_value());
  const auto missing = file->find("nightli");
  ASSERT_FALSE(missing.has_value());
  EXPECT_THAT(missing.error().hint(), testing::HasSubstr("nightly"));
}

TEST(SelectorsFile, SpellsTextsOutForTheManifest) {
  const Result<SelectorsFile> file = read_one("{union: [2+tag:a+1, {exclude: ['@b']}]}");
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(jinja::to_json(file->manifest_value).value_or(""),
            R"({"x": {"name": "x", "definition": {"union": [{"parents": true, "parents_depth": )"
            R"("2", "method": "tag", "value": "a", "children": true, "children_depth": "1"}, )"
            R"({"exclude": [{"childrens_parents": true, "method": "fqn", "value": "b"}]}]}}})");
}

}  // namespace
}  // namespace sluice::graph
