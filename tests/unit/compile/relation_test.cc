#include "compile/relation.h"

#include <gtest/gtest.h>

#include "compile/sql_bindings.h"
#include "jinja/template.h"

namespace sluice::compile {
namespace {

using jinja::Value;

class OneName final : public jinja::Scope {
 public:
  OneName(std::string name, Value value) : name_(std::move(name)), value_(std::move(value)) {}
  bool lookup(std::string_view name, Value& out) const override {
    if (name != name_) return false;
    out = value_;
    return true;
  }
  std::vector<std::string> names() const override { return {name_}; }

 private:
  std::string name_;
  Value value_;
};

std::string render(const std::string& text, std::string_view adapter = "duckdb") {
  const warehouse::Dialect& dialect = *warehouse::find_dialect(adapter);
  OneName scope("Relation", make_relation_class(dialect, RelationPolicy{}));
  jinja::Environment environment;
  jinja::Interpreter interpreter(environment, scope);
  auto tmpl = jinja::compile_template(
      "{% set r = Relation.create(database='d', schema='s', identifier='i', type='table') %}" +
          text,
      "test");
  if (!tmpl) return sluice::render(tmpl.error());
  auto out = interpreter.render(*tmpl);
  return out ? *out : sluice::render(out.error());
}

struct Row {
  const char* text;
  const char* expected;
};

const Row kRows[] = {
    {"{{ r }}", R"("d"."s"."i")"},
    {"{{ r.include(database=false) }}", R"("s"."i")"},
    {"{{ r.quote(schema=false, identifier=false) }}", R"("d".s.i)"},
    {"{{ r.without_identifier() }}", R"("d"."s")"},
    {"{{ r.incorporate(path={'identifier': 'x', 'schema': none, 'database': none}) }}", R"("x")"},
    {"{{ r.incorporate(type='view').is_view }}", "True"},
    {"{{ r.type }} {{ r.name }} {{ r.table }} {{ r.schema }}", "table i i s"},
    {"{{ r.information_schema('tables') }}", R"("d".INFORMATION_SCHEMA.tables)"},
    {"{{ r == Relation.create(database='d', schema='s', identifier='i', type='table') }}", "True"},
    {"{{ [r] }}", R"([<DuckDBRelation "d"."s"."i">])"},
    {"{{ r.matches(database='D', schema='S') }}", "True"},
    {"{{ r.can_be_replaced }}", "False"},
};

TEST(Relation, BehavesAsInDbt) {
  for (const Row& row : kRows) EXPECT_EQ(render(row.text), row.expected) << row.text;
}

TEST(Relation, UnknownTypeIsAnError) {
  EXPECT_NE(
      render("{{ r.incorporate(type='tabel') }}").find("'tabel' is not a valid relation type"),
      std::string::npos);
}

TEST(SqlBindings, ReplacesPlacesOutsideQuotes) {
  const warehouse::Dialect& dialect = *warehouse::find_dialect("duckdb");
  auto sql = bind_literals(dialect, "insert into t values (?, '?', ?) -- ?",
                           {Value::integer(1), Value::string("it's")});
  ASSERT_TRUE(sql);
  EXPECT_EQ(*sql, "insert into t values (1, '?', 'it''s') -- ?");
  EXPECT_FALSE(bind_literals(dialect, "values (?)", {}));
  EXPECT_FALSE(bind_literals(dialect, "values (1)", {Value::none()}));
}

}  // namespace
}  // namespace sluice::compile
