#include "jinja/template.h"

#include <gtest/gtest.h>

#include "jinja/base_context.h"
#include "jinja/native.h"
#include "jinja/ops.h"

namespace sluice::jinja {
namespace {

TEST(Template, KnowsPlainText) {
  EXPECT_TRUE(is_plain_text("select { 1 }"));
  EXPECT_TRUE(is_plain_text("ends with {"));
  EXPECT_FALSE(is_plain_text("{{ x }}"));
  EXPECT_FALSE(is_plain_text("a {# b"));
  EXPECT_FALSE(is_plain_text("{%"));
}

TEST(Template, ReportsThePlaceOfSyntaxErrors) {
  auto tmpl = compile_template("a\n  {{ b c }}\n", "models/x.sql", 5);
  ASSERT_FALSE(tmpl);
  const Error& error = tmpl.error();
  EXPECT_EQ(error.code(), ErrorCode::kJinjaSyntax);
  ASSERT_EQ(error.spans().size(), 1U);
  EXPECT_EQ(error.spans()[0].file, "models/x.sql");
  EXPECT_EQ(error.spans()[0].line, 6U);
  EXPECT_EQ(error.spans()[0].column, 8U);
  EXPECT_EQ(error.excerpt(), "    6 |   {{ b c }}\n      |        ^");
}

TEST(Template, ListsFiltersAndTests) {
  EXPECT_EQ(filter_names().size(), 58U);
  EXPECT_EQ(test_names().size(), 39U);
}

TEST(Native, ReadsPythonLiterals) {
  struct Row {
    std::string_view text;
    std::string_view repr;
  };
  const Row rows[] = {
      {"1", "1"},
      {" -2.5", "-2.5"},
      {"[1, 'a', (2,)]", "[1, 'a', (2,)]"},
      {"{'a': None}", "{'a': None}"},
      {"True", "True"},
      {"1, 2", "(1, 2)"},
      {"true", "-"},
      {"none", "-"},
      {"a", "-"},
      {"1 + 1", "-"},
      {"", "-"},
      {"1 }} {{ 2", "-"},
      {"'a' 'b'", "'ab'"},
      {"f(1)", "-"},
  };
  for (const Row& row : rows) {
    auto value = parse_literal(row.text);
    EXPECT_EQ(value ? to_repr(*value).value_or("?") : "-", row.repr) << row.text;
  }
}

class VariableScope final : public Scope {
 public:
  explicit VariableScope(const BaseContextOptions& options) {
    add_base_context(variables_.as_dict(), options);
  }
  bool lookup(std::string_view name, Value& out) const override {
    const Value* found = variables_.as_dict().find(name);
    if (found == nullptr) return false;
    out = *found;
    return true;
  }
  std::vector<std::string> names() const override { return {}; }

 private:
  Value variables_ = Value::dict();
};

std::string rendered(std::string_view text, const BaseContextOptions& options) {
  VariableScope scope(options);
  Interpreter interpreter({}, scope);
  auto tmpl = compile_template(text, "t");
  if (!tmpl) return "error: " + tmpl.error().message();
  auto output = interpreter.render(*tmpl);
  return output ? *output : "error: " + output.error().message();
}

TEST(BaseContext, RendersTextVars) {
  BaseContextOptions options;
  options.vars.as_dict().set("a", Value::string("{{ var('b') }}-x"));
  options.vars.as_dict().set("b", Value::integer(3));
  EXPECT_EQ(rendered("{{ var('a') }}{{ var('c', 'd') }}{{ var.has_var('c') }}", options),
            "3-xdFalse");
  EXPECT_EQ(rendered("{{ var('c') }}", options), "error: required var 'c' not found in config");
}

TEST(BaseContext, GuardsSecrets) {
  BaseContextOptions options;
  options.environment = [](std::string_view) { return std::optional<std::string>("v"); };
  EXPECT_EQ(rendered("{{ env_var('A') }}", options), "v");
  EXPECT_EQ(rendered("{{ env_var('DBT_ENV_SECRET_A') }}", options),
            "error: secret env vars are allowed only in profiles.yml or packages.yml, found "
            "'DBT_ENV_SECRET_A' "
            "referenced elsewhere");
  options.allow_secrets = true;
  EXPECT_EQ(rendered("{{ env_var('DBT_ENV_SECRET_A') }}", options), "v");
}

TEST(BaseContext, SendsLogsToTheCaller) {
  std::string seen;
  BaseContextOptions options;
  options.log = [&](std::string_view message, bool info) {
    seen += std::string(message) + (info ? "!" : ".");
  };
  options.print = [&](std::string_view message) { seen += std::string(message) + "#"; };
  EXPECT_EQ(rendered("[{{ log('a') }}{{ log(1, info=true) }}{{ print('p') }}]", options), "[]");
  EXPECT_EQ(seen, "a.1!p#");
}

}  // namespace
}  // namespace sluice::jinja
