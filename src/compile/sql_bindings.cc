#include "compile/sql_bindings.h"

#include <fmt/format.h>

#include <algorithm>

#include "jinja/ops.h"

namespace sluice::compile {

Result<std::string> sql_literal(const warehouse::Dialect& dialect, const jinja::Value& value) {
  if (value.is_none() || value.is_undefined()) return std::string("null");
  if (value.is_bool()) return std::string(value.as_bool() ? "true" : "false");
  SLUICE_ASSIGN(std::string text, jinja::to_str(value));
  bool number = value.is_int() || value.is_float() || value.kind() == jinja::Kind::kBigInt ||
                jinja::type_name(value) == "Decimal";
  return number ? text : dialect.quote_string(text);
}

Result<std::string> bind_literals(const warehouse::Dialect& dialect, std::string_view sql,
                                  const std::vector<jinja::Value>& values) {
  std::string out;
  size_t next = 0;
  size_t num_places = 0;
  for (size_t i = 0; i < sql.size();) {
    char c = sql[i];
    size_t end = i + 1;
    if (c == '\'' || c == '"') {
      size_t close = sql.find(c, i + 1);
      end = close == std::string_view::npos ? sql.size() : close + 1;
    } else if (sql.substr(i, 2) == "--") {
      end = std::min(sql.find('\n', i), sql.size());
    } else if (c == '?') {
      if (++num_places <= values.size()) {
        SLUICE_ASSIGN(std::string literal, sql_literal(dialect, values[next++]));
        out += literal;
      }
      i = end;
      continue;
    }
    out.append(sql.substr(i, end - i));
    i = end;
  }
  if (num_places == values.size()) return out;
  return fail(ErrorCode::kSqlError,
              fmt::format("the statement has {} '?' places, but {} values are given", num_places,
                          values.size()),
              "give one value for each '?'");
}

}  // namespace sluice::compile
