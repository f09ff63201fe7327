#include "compile/constraints.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "compile/call_arguments.h"
#include "jinja/ops.h"

namespace sluice::compile {

using jinja::Value;

namespace {

std::string member(const Value& dict, std::string_view key) {
  const Value* value = dict.is_dict() ? dict.as_dict().find(key) : nullptr;
  if (!value || value->is_none()) return {};
  return jinja::to_str(*value).value_or(std::string());
}

Result<std::vector<std::string>> members(const Value& dict, std::string_view key) {
  std::vector<std::string> out;
  const Value* value = dict.is_dict() ? dict.as_dict().find(key) : nullptr;
  if (!value || value->is_none()) return out;
  SLUICE_ASSIGN(std::vector<Value> items, jinja::iterate(*value));
  for (const Value& item : items) {
    SLUICE_ASSIGN(std::string text, jinja::to_str(item));
    out.push_back(std::move(text));
  }
  return out;
}

std::string with_expression(std::string text, const std::string& expression) {
  return expression.empty() ? text : text + " " + expression;
}

Result<std::string> references(const Value& constraint) {
  std::string to = member(constraint, "to");
  SLUICE_ASSIGN(std::vector<std::string> columns, members(constraint, "to_columns"));
  if (!to.empty() && !columns.empty())
    return fmt::format("references {} ({})", to, fmt::join(columns, ", "));
  return "references " + member(constraint, "expression");
}

Result<std::string> column_constraint(const Value& constraint) {
  std::string type = member(constraint, "type");
  std::string expression = member(constraint, "expression");
  if (type == "check") return fmt::format("check ({})", expression);
  if (type == "not_null") return with_expression("not null", expression);
  if (type == "unique") return with_expression("unique", expression);
  if (type == "primary_key") return with_expression("primary key", expression);
  if (type == "foreign_key") return references(constraint);
  if (type == "custom") return expression;
  return fail(ErrorCode::kPropertyInvalid, fmt::format("unknown constraint type '{}'", type),
              "use not_null, unique, primary_key, foreign_key, check or custom");
}

Result<std::string> model_constraint(const Value& constraint) {
  std::string type = member(constraint, "type");
  std::string name = member(constraint, "name");
  std::string expression = member(constraint, "expression");
  SLUICE_ASSIGN(std::vector<std::string> columns, members(constraint, "columns"));
  std::string prefix = name.empty() ? std::string() : fmt::format("constraint {} ", name);
  std::string list = fmt::format("({})", fmt::join(columns, ", "));
  if (type == "check") return fmt::format("{}check ({})", prefix, expression);
  if (type == "unique")
    return with_expression(fmt::format("{}unique {}", prefix, list), expression);
  if (type == "primary_key")
    return with_expression(fmt::format("{}primary key {}", prefix, list), expression);
  if (type == "foreign_key") {
    SLUICE_ASSIGN(std::string target, references(constraint));
    return fmt::format("{}foreign key {} {}", prefix, list, target);
  }
  if (type == "custom") return prefix + expression;
  return fail(ErrorCode::kPropertyInvalid, fmt::format("unknown constraint type '{}'", type),
              "a model takes unique, primary_key, foreign_key, check or custom");
}

}  // namespace

Result<Value> render_columns_constraints(NodeContext& ctx, jinja::Interpreter&,
                                         const jinja::CallArgs& args) {
  SLUICE_ASSIGN(auto bound,
                bind_arguments("adapter.render_raw_columns_constraints", args, {{"raw_columns"}}));
  std::vector<Value> out;
  if (!bound[0].is_dict()) return Value::list();
  for (const auto& entry : bound[0].as_dict().entries()) {
    const Value& column = entry.value;
    std::string name = member(column, "name");
    const Value* quoted = column.is_dict() ? column.as_dict().find("quote") : nullptr;
    if (quoted && jinja::truth(*quoted).value_or(false))
      name = ctx.shared.dialect->quote_identifier(name);
    std::string text = fmt::format("{} {}", name, member(column, "data_type"));
    if (const Value* constraints =
            column.is_dict() ? column.as_dict().find("constraints") : nullptr;
        constraints && !constraints->is_none()) {
      SLUICE_ASSIGN(std::vector<Value> items, jinja::iterate(*constraints));
      for (const Value& constraint : items) {
        SLUICE_ASSIGN(std::string rendered, column_constraint(constraint));
        text += " " + rendered;
      }
    }
    out.push_back(Value::string(std::move(text)));
  }
  return Value::list(std::move(out));
}

Result<Value> render_model_constraints(NodeContext&, jinja::Interpreter&,
                                       const jinja::CallArgs& args) {
  SLUICE_ASSIGN(auto bound, bind_arguments("adapter.render_raw_model_constraints", args,
                                           {{"raw_constraints"}}));
  std::vector<Value> out;
  SLUICE_ASSIGN(std::vector<Value> items, jinja::iterate(bound[0]));
  for (const Value& constraint : items) {
    SLUICE_ASSIGN(std::string rendered, model_constraint(constraint));
    out.push_back(Value::string(std::move(rendered)));
  }
  return Value::list(std::move(out));
}

}  // namespace sluice::compile
