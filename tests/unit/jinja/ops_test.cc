// JSON, YAML and number reading; undefined values; expected texts come from Python's json and yaml
// modules.
#include "jinja/ops.h"

#include <gtest/gtest.h>

namespace sluice::jinja {
namespace {

struct TextRow {
  const char* text;
  const char* expected;  // repr of the value, or the beginning of the error
};

constexpr TextRow kJson[] = {
    {R"({"a": [1, 2.0, null, true], "b": {}})", "{'a': [1, 2.0, None, True], 'b': {}}"},
    {R"("\u00e9\ud83d\ude00\n")", "'\xc3\xa9\xf0\x9f\x98\x80\\n'"},
    {"[NaN, Infinity, -Infinity]", "[nan, inf, -inf]"},
    {"99999999999999999999", "99999999999999999999"},
    {"-0", "0"},
    {R"({"a": 1, "a": 2})", "{'a': 2}"},
    {"[1,]", "Expecting value: line 1 column 4 (char 3)"},
    {"", "Expecting value: line 1 column 1 (char 0)"},
    {"[1\n 2]", "Expecting ',' delimiter: line 2 column 2 (char 4)"},
    {R"({a: 1})", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"},
    {"1 x", "Extra data: line 1 column 3 (char 2)"},
    {"\"a\nb\"", "Invalid control character at: line 1 column 3 (char 2)"},
    {"\"abc", "Unterminated string starting at: line 1 column 1 (char 0)"},
};

TEST(Json, Reads) {
  for (const TextRow& row : kJson) {
    SCOPED_TRACE(row.text);
    const Result<Value> value = from_json(row.text);
    EXPECT_EQ(value ? to_repr(*value).value() : value.error().message(), row.expected);
  }
}

TEST(Json, WritesAsPythonDoes) {
  const Value value = from_json(R"({"b": [1, 1.5, "\u00e9\"\u007f"], "a": null})").value();
  EXPECT_EQ(to_json(value).value(), "{\"b\": [1, 1.5, \"\\u00e9\\\"\\u007f\"], \"a\": null}");
  EXPECT_EQ(to_json(value, {.sort_keys = true}).value(),
            "{\"a\": null, \"b\": [1, 1.5, \"\\u00e9\\\"\\u007f\"]}");
  EXPECT_EQ(to_json(from_json("[1, {\"a\": []}]").value(), {.indent = 2}).value(),
            "[\n  1,\n  {\n    \"a\": []\n  }\n]");
  EXPECT_EQ(to_json(Value::set()).error().message(), "Object of type set is not JSON serializable");
  const Value loop = Value::list();
  loop.as_items().push_back(loop);
  EXPECT_EQ(to_json(loop).error().message(), "Circular reference detected");
  loop.as_items().clear();
}

constexpr TextRow kYaml[] = {
    {"[yes, No, ON, off, y, n, ~, Null, \"yes\"]",
     "[True, False, True, False, 'y', 'n', None, None, 'yes']"},
    {"[1, 0x1F, 0b11, 017, 08, 0o17, 1_000, 1:30, -1, +2]",
     "[1, 31, 3, 15, '08', '0o17', 1000, 90, -1, 2]"},
    {"[2.5, .5, 5., 1e5, 1.0e+5, .inf, -.INF, 1:30.5]",
     "[2.5, 0.5, 5.0, '1e5', 100000.0, inf, -inf, 90.5]"},
    {"2020-01-01", "datetime.date(2020, 1, 1)"},
    {"2020-01-01 10:11:12", "datetime.datetime(2020, 1, 1, 10, 11, 12)"},
    {"2020-01-01T10:11:12.5Z",
     "datetime.datetime(2020, 1, 1, 10, 11, 12, 500000, tzinfo=datetime.timezone.utc)"},
    {"2020-1-3 4:05:06.1234567 -01:30",
     "datetime.datetime(2020, 1, 3, 4, 5, 6, 123456, tzinfo=datetime.timezone("
     "datetime.timedelta(days=-1, seconds=81000)))"},
    {"[18446744073709551616, -0xFFFF_FFFF_FFFF_FFFF_FF, 0777777777777777777777777]",
     "[18446744073709551616, -4722366482869645213695, 4722366482869645213695]"},
    {"9999999999999999999:30", "599999999999999999970"},
    {"a: &x {b: 1}\nc: {<<: *x, d: 2}", "{'a': {'b': 1}, 'c': {'b': 1, 'd': 2}}"},
    {"x: |\n  a\n  b\ny: >-\n  a\n  b", "{'x': 'a\\nb\\n', 'y': 'a b'}"},
    {"", "None"},
    {"{a: 1, a: 2}", "{'a': 2}"},
    {"!!str 5", "'5'"},
};

TEST(Yaml, ReadsAsPyYaml) {
  for (const TextRow& row : kYaml) {
    SCOPED_TRACE(row.text);
    const Result<Value> value = from_yaml(row.text);
    ASSERT_TRUE(value.has_value()) << value.error().message();
    EXPECT_EQ(to_repr(*value).value(), row.expected);
  }
}

TEST(Yaml, AliasesShareOneList) {
  const Value value = from_yaml("a: &x [1]\nb: *x").value();
  value.as_dict().find(Value::string("a"))->as_items().push_back(Value::integer(2));
  EXPECT_EQ(to_repr(value).value(), "{'a': [1, 2], 'b': [1, 2]}");
}

TEST(Yaml, RefusesWhatSafeLoadRefuses) {
  for (const char* text : {"a: b: c", "--- a\n--- b", "!foo x", "a: {", "2020-13-01", "? [1]\n: 2",
                           "!!python/name:os.system x"}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(from_yaml(text).has_value());
  }
}

TEST(Yaml, WritesBlockStyle) {
  const Value value =
      from_json(R"({"b": [1, [2, 3], {}], "a": {"c": null, "d": "yes", "e": "x: y"}})").value();
  EXPECT_EQ(to_yaml(value).value(),
            "b:\n- 1\n- - 2\n  - 3\n- {}\na:\n  c: null\n  d: 'yes'\n  e: 'x: y'\n");
  EXPECT_EQ(to_yaml(value, true).value(),
            "a:\n  c: null\n  d: 'yes'\n  e: 'x: y'\nb:\n- 1\n- - 2\n  - 3\n- {}\n");
  EXPECT_EQ(to_yaml(Value::string("x")).value(), "x\n...\n");
  EXPECT_EQ(to_yaml(Value::string("yes")).value(), "'yes'\n");
  EXPECT_EQ(to_yaml(Value::floating(1e20)).value(), "1.0e+20\n...\n");
  const Value shared = Value::list({Value::integer(1)});
  EXPECT_EQ(to_yaml(Value::list({shared, shared})).value(), "- &id001\n  - 1\n- *id001\n");
}

TEST(Undefined, SaysWhatIsMissing) {
  const Value plain = Value::undefined("x");
  EXPECT_EQ(undefined_error(plain).message(), "'x' is undefined");
  EXPECT_EQ(undefined_error(plain).code(), ErrorCode::kJinjaUndefined);
  const Value member = get_attribute(Value::dict(), "y", UndefinedFlavor::kDefault).value();
  EXPECT_EQ(undefined_error(member).message(), "'dict object' has no attribute 'y'");
  const Value hidden =
      get_attribute(Value::string("a"), "__class__", UndefinedFlavor::kDefault).value();
  EXPECT_EQ(to_str(hidden).value(), "");
  EXPECT_EQ(undefined_error(hidden).code(), ErrorCode::kJinjaSecurity);
  const Value captured = Value::undefined("x", UndefinedFlavor::kCapture);
  EXPECT_TRUE(get_attribute(captured, "y", UndefinedFlavor::kCapture).value().is_undefined());
}

}  // namespace
}  // namespace sluice::jinja
