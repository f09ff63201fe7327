#include "jinja/machine.h"

#include <gtest/gtest.h>

#include "jinja/globals.h"
#include "jinja/ops.h"
#include "jinja/template.h"

namespace sluice::jinja {
namespace {

class CountingScope final : public Scope {
 public:
  CountingScope() { add_jinja_globals(names_.as_dict()); }
  bool lookup(std::string_view name, Value& out) const override {
    ++lookups;
    const Value* found = names_.as_dict().find(name);
    if (found == nullptr) return false;
    out = *found;
    return true;
  }
  std::vector<std::string> names() const override { return {}; }
  void set(std::string_view name, Value value) { names_.as_dict().set(name, std::move(value)); }
  mutable int lookups = 0;

 private:
  Value names_ = Value::dict();
};

std::string rendered(std::string_view text, const Scope& scope, Environment environment = {}) {
  auto tmpl = compile_template(text, "t");
  if (!tmpl) return "error: " + tmpl.error().message();
  Interpreter interpreter(environment, scope);
  auto output = interpreter.render(*tmpl);
  return output ? *output : "error: " + output.error().message();
}

TEST(Machine, FollowsTheScopingOfJinja) {
  CountingScope scope;
  scope.set("a", Value::integer(1));
  Environment plain;
  plain.plain_jinja = true;
  struct Row {
    std::string_view text;
    std::string_view output;
  };
  const Row rows[] = {
      {"{% set x=0 %}{% for i in [1,2] %}{% set x=x+i %}{{ x }}{% endfor %}{{ x }}", "120"},
      {"{% if false %}{% set a=5 %}{% endif %}{{ a }}", "1"},
      {"{% for i in [1] %}{% if false %}{% set a=5 %}{% endif %}{{ a }}{% endfor %}", "1"},
      {"{% macro f() %}{{ g }}{% endmacro %}{% set g=7 %}{{ f() }}", "7"},
      {"{% macro f(x) %}{% set a=x %}{{ a }}{% endmacro %}{{ f(3) }}{{ a }}", "31"},
      {"{% set b %}{% set a=9 %}{{ a }}{% endset %}{{ b }}{{ a }}", "91"},
      {"{% with a=a+1, b=a %}{{ a }}{{ b }}{% endwith %}{{ a }}", "211"},
      {"{% for x in [1,[2,[3]]] recursive %}{% if x is iterable %}({{ loop(x) }}){% else %}{{ x "
       "}}{% endif %}{% endfor %}",
       "1(2(3))"},
      {"{% macro f() %}[{{ caller(2) }}]{% endmacro %}{% call(v) f() %}{{ v + a }}{% endcall %}",
       "[3]"},
      {"{% for i in [1,2] %}{% set x %}a{% if i==2 %}{% break %}{% endif %}{% endset %}{{ x }}{% "
       "endfor %}z",
       "az"},
      {"{% macro fact(n) %}{{ 1 if n < 2 else n * fact(n - 1)|int }}{% endmacro %}{{ fact(5) }}",
       "120"},
      {"{% for i in [1,2] %}{% block b scoped %}{{ i }}{% endblock %}{% endfor %}", "12"},
  };
  for (const Row& row : rows) EXPECT_EQ(rendered(row.text, scope, plain), row.output) << row.text;
}

TEST(Machine, LooksFreeNamesUpOnce) {
  CountingScope scope;
  scope.set("a", Value::integer(1));
  EXPECT_EQ(rendered("{% for i in [1,2,3] %}{{ a }}{{ a }}{% endfor %}{{ a }}", scope), "1111111");
  EXPECT_EQ(scope.lookups, 1);
}

TEST(Machine, StopsEndlessWork) {
  CountingScope scope;
  Environment environment;
  environment.max_steps = 1000;
  EXPECT_EQ(rendered("{% for i in range(1000) %}{% for j in range(1000) %}{% endfor %}{% endfor %}",
                     scope, environment),
            "error: template runs too long");
  environment = {};
  environment.plain_jinja = true;
  EXPECT_EQ(rendered("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", scope, environment),
            "error: maximum recursion depth exceeded");
}

TEST(Machine, MapsOutputToPlaces) {
  CountingScope scope;
  auto tmpl = compile_template("a\n{{ 1 }}b{% for i in [1,2] %}\n{{ i }}{% endfor %}", "t", 10);
  ASSERT_TRUE(tmpl);
  Interpreter interpreter({}, scope);
  std::vector<SourceMapEntry> map;
  auto output = interpreter.render(*tmpl, &map);
  ASSERT_TRUE(output);
  EXPECT_EQ(*output, "a\n1b\n1\n2");
  std::string shown;
  for (const SourceMapEntry& entry : map) {
    shown += std::to_string(entry.offset) + "@" + std::to_string(entry.line) + ":" +
             std::to_string(entry.column) + " ";
  }
  EXPECT_EQ(shown, "0@10:1 2@11:4 3@11:8 4@11:29 5@12:4 6@11:29 7@12:4 ");
}

TEST(Machine, CarriesReturnedValues) {
  CountingScope scope;
  scope.set(
      "return",
      make_function("return", [](Interpreter& interpreter, const CallArgs& args) -> Result<Value> {
        return fail(interpreter.unwind_return(args.positional[0]));
      }));
  auto blocks = split_blocks(
      "{% macro f(x) %}text{% for i in x %}{{ return([i]) }}{% endfor %}{% endmacro %}", "m",
      {"macro"});
  ASSERT_TRUE(blocks);
  auto macro = compile_macro(blocks->front(), "m");
  ASSERT_TRUE(macro);
  scope.set("f", make_macro_value(*macro));
  EXPECT_EQ(rendered("{{ f([7,8]) }}{{ f([]) }}{{ f([7])[0] + 1 }}", scope), "[7]text8");
  EXPECT_EQ(rendered("{{ return([1]) }}", scope), "error: return() is called outside of a macro");
  Interpreter interpreter({}, scope);
  Value list = Value::list({Value::integer(3)});
  auto value = interpreter.call_macro(**macro, {{&list, 1}, {}});
  ASSERT_TRUE(value);
  EXPECT_EQ(to_repr(*value).value_or(""), "[3]");
}

}  // namespace
}  // namespace sluice::jinja
