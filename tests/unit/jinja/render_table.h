// Tables of templates and what they print: the shape of the value tests.
#pragma once

#include <gtest/gtest.h>

#include <span>
#include <string>

#include "jinja/ops.h"
#include "jinja/template.h"

namespace sluice::jinja {

struct Rendering {
  const char* source;
  const char* output;
  const char* error;  // message without a place; empty: the template renders
};

// `modules` is the only name.
class ModulesScope final : public Scope {
 public:
  ModulesScope() : modules_(make_modules([] { return int64_t{1'700'000'000'000'000}; })) {}
  bool lookup(std::string_view name, Value& out) const override {
    if (name != "modules") return false;
    out = modules_;
    return true;
  }
  std::vector<std::string> names() const override { return {"modules"}; }

 private:
  Value modules_;
};

inline void expect_rendering(const Rendering& row) {
  SCOPED_TRACE(row.source);
  const ModulesScope scope;
  Interpreter interpreter(Environment{}, scope);
  const Result<Template> compiled = compile_template(row.source, "test");
  ASSERT_TRUE(compiled.has_value()) << render(compiled.error());
  const Result<std::string> text = interpreter.render(*compiled);
  if (row.error[0] == '\0') {
    ASSERT_TRUE(text.has_value()) << render(text.error());
    EXPECT_EQ(*text, row.output);
    return;
  }
  ASSERT_FALSE(text.has_value()) << *text;
  const std::string& message = text.error().message();
  // Python's KeyError shows the bare key.
  if (message.starts_with("KeyError: "))
    EXPECT_EQ(message.substr(10), row.error);
  else
    EXPECT_EQ(message, row.error);
}

inline void expect_renderings(std::span<const Rendering> table) {
  for (const Rendering& row : table) expect_rendering(row);
}

}  // namespace sluice::jinja
