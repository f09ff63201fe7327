#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "yaml/node.h"

namespace sluice::yaml {
namespace {

using ::testing::HasSubstr;

// One line per node, compact and typed: {"a": int 1}.
std::string show(const Node& node) {
  std::string out;
  switch (node.tag) {
    case Tag::kNull:
      return "null";
    case Tag::kBool:
      return node.boolean ? "true" : "false";
    case Tag::kInt:
      return node.big_int ? fmt::format("bigint {}", node.text)
                          : fmt::format("int {}", node.integer);
    case Tag::kFloat:
      return fmt::format("float {}", node.floating);
    case Tag::kTimestamp:
      return fmt::format("time {}", node.text);
    case Tag::kString:
      return fmt::format("'{}'", node.text);
    case Tag::kSequence:
      for (const Node* item : node.items) out += (out.empty() ? "" : ", ") + show(*item);
      return "[" + out + "]";
    case Tag::kMapping:
      for (const auto& [key, value] : node.entries)
        out += (out.empty() ? "" : ", ") + show(*key) + ": " + show(*value);
      return "{" + out + "}";
  }
  return "?";
}

std::string load(const std::string& text) {
  Result<Document> document = parse(text, "f.yml");
  return document ? show(document->root()) : render(document.error());
}

struct Row {
  std::string text;
  std::string want;
};

// What PyYAML 6.0.3 answers to yaml.load(text, SafeLoader), value and type.
TEST(ScalarTest, ResolvesAsPyYaml) {
  const std::vector<Row> table = {
      {"", "null"},
      {"~", "null"},
      {"null", "null"},
      {"Null", "null"},
      {"nULL", "'nULL'"},
      {"yes", "true"},
      {"No", "false"},
      {"ON", "true"},
      {"off", "false"},
      {"y", "'y'"},
      {"tRUE", "'tRUE'"},
      {"0", "int 0"},
      {"-0", "int 0"},
      {"+12", "int 12"},
      {"1_000", "int 1000"},
      {"010", "int 8"},
      {"-017", "int -15"},
      {"08", "'08'"},
      {"0o14", "'0o14'"},
      {"0_", "int 0"},
      {"0x1F", "int 31"},
      {"-0x_f", "int -15"},
      {"0x", "'0x'"},
      {"0b101", "int 5"},
      {"0b12", "'0b12'"},
      {"1:30", "int 90"},
      {"190:20:30", "int 685230"},
      {"1:60", "'1:60'"},
      {"0:30", "'0:30'"},
      {"9223372036854775807", "int 9223372036854775807"},
      {"-9223372036854775808", "int -9223372036854775808"},
      {"9223372036854775808", "bigint 9223372036854775808"},
      {"1.5", "float 1.5"},
      {"1.", "float 1"},
      {".5", "float 0.5"},
      {"-.5", "'-.5'"},
      {"-1.5", "float -1.5"},
      {"1e3", "'1e3'"},
      {"1.0e3", "'1.0e3'"},
      {"1.0e+3", "float 1000"},
      {"1.e-1", "float 0.1"},
      {"1_0.2_5", "float 10.25"},
      {"12:30:45.5", "float 45045.5"},
      {".inf", "float inf"},
      {"-.INF", "float -inf"},
      {"+.Inf", "float inf"},
      {".NaN", "float nan"},
      {"-.nan", "'-.nan'"},
      {"inf", "'inf'"},
      {"1.2.3", "'1.2.3'"},
      {"_1", "'_1'"},
      {"2020-01-31", "time 2020-01-31"},
      {"2020-1-31", "'2020-1-31'"},
      {"2020-1-3 4:05:06", "time 2020-1-3 4:05:06"},
      {"2020-01-31T10:00:00.5+01:30", "time 2020-01-31T10:00:00.5+01:30"},
      {"2020-01-31 10:00", "'2020-01-31 10:00'"},
      {"some text", "'some text'"},
  };
  for (const Row& row : table)
    EXPECT_EQ(show(resolve_plain_scalar(row.text)), row.want) << row.text;
}

TEST(ParseTest, BuildsTrees) {
  const std::vector<Row> table = {
      {"", "null"},
      {"# only a comment\n", "null"},
      {"---\n", "null"},
      {"\xEF\xBB\xBF"
       "a: 1",
       "{'a': int 1}"},
      {"a: 1\nb: [x, {y: z}]\n", "{'a': int 1, 'b': ['x', {'y': 'z'}]}"},
      {"a: '1'\nb: \"x\\ty\"\nc: |\n  l1\n  l2\nd: >-\n  f1\n  f2\n",
       "{'a': '1', 'b': 'x\ty', 'c': 'l1\nl2\n', 'd': 'f1 f2'}"},
      {"? a\n: b\n? c\n", "{'a': 'b', 'c': null}"},
      {"a: !!str 12\nb: !!int '12'\nc: !!float 1\nd: !!bool Yes\ne: !!null x\nf: ! 12",
       "{'a': '12', 'b': int 12, 'c': float 1, 'd': true, 'e': null, 'f': int 12}"},
      {"a: &x {k: 1}\nb: *x\nc: [*x, *x]",
       "{'a': {'k': int 1}, 'b': {'k': int 1}, 'c': [{'k': int 1}, {'k': int 1}]}"},
      {"a: 1\n<<: {a: 2, b: 3}\nc: 4", "{'a': int 1, 'b': int 3, 'c': int 4}"},
      {"<<: [{a: 1, b: 1}, {a: 2, c: 2}]\nb: 5", "{'a': int 1, 'c': int 2, 'b': int 5}"},
      {"'<<': 1", "{'<<': int 1}"},
      {"1: a\n1.0: b\ntrue: c", "{int 1: 'c'}"},
  };
  for (const Row& row : table) EXPECT_EQ(load(row.text), row.want) << row.text;
}

TEST(ParseTest, KnowsPlaces) {
  const Document document = parse("a:\n  - b: xyz\n", "f.yml").value();
  const Node* item = document.root().find("a")->items[0];
  const Span span = document.span(*item->find("b"));
  EXPECT_EQ(span.file, "f.yml");
  EXPECT_EQ(span.line, 2U);
  EXPECT_EQ(span.column, 8U);
  EXPECT_EQ(span.end_column, 11U);
  EXPECT_EQ(document.span(*item->find_key("b")).column, 5U);
  EXPECT_EQ(item->find("c"), nullptr);
  EXPECT_EQ(item->find_key("c"), nullptr);
}

TEST(ParseTest, WarnsOfDuplicateKeys) {
  const Document document = parse("a: 1\nb: 2\na: 3\n", "f.yml").value();
  EXPECT_EQ(show(document.root()), "{'a': int 3, 'b': int 2}");
  ASSERT_EQ(document.warnings().items().size(), 1U);
  EXPECT_EQ(render(document.warnings().items()[0].error),
            "[SL0102] the key \"a\" occurs twice; the last one wins\n"
            "  --> f.yml:3:1\n  --> f.yml:1:1\n    3 | a: 3\n      | ^\n"
            "  hint: remove one of the two");
  std::string many;
  for (int i = 0; i < 40; ++i) many += fmt::format("k{}: {}\n", i % 39, i);
  const Document large = parse(many, "f.yml").value();
  EXPECT_EQ(large.root().entries.size(), 39U);
  EXPECT_EQ(large.root().find("k0")->integer, 39);
  EXPECT_EQ(large.warnings().items().size(), 1U);
  EXPECT_TRUE(parse("a: 1\n<<: {a: 2}", "f.yml").value().warnings().items().empty());
}

TEST(ParseTest, ExplainsErrors) {
  const std::vector<Row> table = {
      {"a: {{ x }}",
       "[SL0103] a value that begins with \"{{\" must be quoted\n  --> f.yml:1:4\n"
       "    1 | a: {{ x }}\n      |    ^^^^^^^\n  hint: quote it: \"{{ x }}\""},
      {"m:\n  +schema: {{ target.name }}_x\n",
       "[SL0103] a value that begins with \"{{\" must be quoted\n  --> f.yml:2:12\n"
       "    2 |   +schema: {{ target.name }}_x\n      |            ^^^^^^^^^^^^^^^^^^^\n"
       "  hint: quote it: \"{{ target.name }}_x\""},
      {"a: {{ var(\"x\") }}",
       "[SL0103] a value that begins with \"{{\" must be quoted\n  --> f.yml:1:4\n"
       "    1 | a: {{ var(\"x\") }}\n      |    ^^^^^^^^^^^^^^\n  hint: quote it: '{{ var(\"x\") "
       "}}'"},
      {"a: {% if x %}",
       "[SL0103] a value that begins with \"{%\" must be quoted\n  --> f.yml:1:4\n"
       "    1 | a: {% if x %}\n      |    ^^^^^^^^^^\n  hint: quote it: \"{% if x %}\""},
      {"a: b: c",
       "[SL0101] invalid YAML: mapping values are not allowed in this context\n  --> f.yml:1:5\n"
       "    1 | a: b: c\n      |     ^\n"
       "  hint: quote a value that contains \": \", or correct the indentation of this line"},
      {"a:\n\t- b",
       "[SL0101] invalid YAML: found character that cannot start any token while scanning for the "
       "next token\n  --> f.yml:2:1\n    2 | \t- b\n      | ^\n"
       "  hint: indent with spaces: YAML does not allow tabs"},
      {"a: @x",
       "[SL0101] invalid YAML: found character that cannot start any token while scanning for the "
       "next token\n  --> f.yml:1:4\n    1 | a: @x\n      |    ^\n"
       "  hint: quote the value: a plain value cannot begin with \"@\""},
      {"a:\n - 1\n b: 2",
       "[SL0101] invalid YAML: did not find expected '-' indicator while parsing a block "
       "collection\n  --> f.yml:3:2\n  --> f.yml:2:2\n    3 |  b: 2\n      |  ^\n"
       "  hint: check the indentation of this line and the quotes and brackets above it"},
      {"a: 'x\nb: 2",
       "[SL0101] invalid YAML: found unexpected end of stream while scanning a quoted scalar\n"
       "  --> f.yml:2:5\n  --> f.yml:1:4\n    2 | b: 2\n      |     ^\n"
       "  hint: close the quote or bracket that is opened at the second place"},
      {"a: 1\n---\nb: 2",
       "[SL0101] a second document begins here, but a file holds only one\n  --> f.yml:2:1\n"
       "    2 | ---\n      | ^^^\n"
       "  hint: remove the \"---\" line or move what follows into a file of its own"},
      {"[a]: 1",
       "[SL0101] a list cannot be a key\n  --> f.yml:1:1\n    1 | [a]: 1\n      | ^^^\n"
       "  hint: quote the key if it is meant as text"},
      {"a: *x",
       "[SL0101] alias \"x\" has no anchor\n  --> f.yml:1:4\n    1 | a: *x\n      |    ^^\n"
       "  hint: define it above with &x, or quote the value if it is meant as text"},
      {"a: &a [*a]",
       "[SL0101] alias \"a\" stands inside the value that it names\n  --> f.yml:1:8\n"
       "    1 | a: &a [*a]\n      |        ^^\n  hint: a value cannot contain itself"},
      {"a: &x 1\nb: &x 2",
       "[SL0101] anchor \"x\" is defined twice\n  --> f.yml:2:4\n    2 | b: &x 2\n      |    ^^^^\n"
       "  hint: give each anchor (&name) of the file its own name"},
      {"a: !foo 1",
       "[SL0101] unknown tag \"!foo\"\n  --> f.yml:1:4\n    1 | a: !foo 1\n      |    ^^^^^^\n"
       "  hint: remove the tag, or quote the value if it is meant as text"},
      {"a: !!int x",
       "[SL0101] \"x\" cannot be read as \"!!int\"\n  --> f.yml:1:4\n    1 | a: !!int x\n"
       "      |    ^^^^^^^\n  hint: remove the tag or correct the value"},
      {"a: !!map [1]",
       "[SL0101] a list cannot be read as \"!!map\"\n  --> f.yml:1:4\n    1 | a: !!map [1]\n"
       "      |    ^^^^^^^\n  hint: remove the tag or correct the value"},
      {"<<: 3",
       "[SL0101] \"<<\" merges a mapping or a list of mappings, not a plain value\n"
       "  --> f.yml:1:5\n    1 | <<: 3\n      |     ^\n"
       "  hint: merge an anchored mapping: <<: *name"},
      {"a: =",
       "[SL0101] a bare \"=\" has a meaning of its own in YAML\n  --> f.yml:1:4\n    1 | a: =\n"
       "      |    ^\n  hint: quote it: \"=\""},
  };
  for (const Row& row : table) EXPECT_EQ(load(row.text), row.want) << row.text;
}

TEST(ParseTest, RefusesBytesThatAreNoText) {
  EXPECT_THAT(load("a: \xff"), HasSubstr("invalid YAML: invalid leading UTF-8 octet"));
  EXPECT_THAT(load(std::string("a: \x01")),
              HasSubstr("hint: save the file as UTF-8 without control characters"));
}

TEST(ParseTest, RefusesBombsAndDeepNesting) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    bomb += fmt::format("a{}: &a{} [", i, i);
    for (int j = 0; j < 10; ++j) bomb += fmt::format("*a{}{}", i - 1, j < 9 ? ", " : "]\n");
  }
  EXPECT_THAT(load(bomb), HasSubstr("aliases expand to more than 10000000 values"));
  EXPECT_THAT(load(std::string(100'000, '[')),
              HasSubstr("values are nested deeper than 500 levels"));
}

}  // namespace
}  // namespace sluice::yaml
