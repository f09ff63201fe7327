#include "compile/constraints.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "compile/call_arguments.h"
#include "compile/node_context.h"
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

// A foreign key cannot leave its database, and DuckDB takes no database's name there.
std::string without_database(const NodeContext& ctx, std::string relation) {
  if (ctx.node == nullptr || ctx.shared.dialect->adapter_type() != "duckdb") return relation;
  for (const std::string& database :
       {ctx.shared.dialect->quote_identifier(ctx.node->database), ctx.node->database.text()})
    if (relation.starts_with(database + ".")) return relation.substr(database.size() + 1);
  return relation;
}

// Empty when the constraint does not say what it refers to.
Result<std::string> references(const NodeContext& ctx, const Value& constraint) {
  std::string to = member(constraint, "to");
  SLUICE_ASSIGN(std::vector<std::string> columns, members(constraint, "to_columns"));
  if (!to.empty() && !columns.empty())
    return fmt::format("references {} ({})", without_database(ctx, std::move(to)),
                       fmt::join(columns, ", "));
  std::string expression = member(constraint, "expression");
  return expression.empty() ? expression : "references " + expression;
}

// Like model_constraint(), empty for a constraint that says too little to make one: dbt leaves it
// out.
Result<std::string> column_constraint(const NodeContext& ctx, const Value& constraint) {
  std::string type = member(constraint, "type");
  std::string expression = member(constraint, "expression");
  if (type == "check")
    return expression.empty() ? expression : fmt::format("check ({})", expression);
  if (type == "not_null") return with_expression("not null", expression);
  if (type == "unique") return with_expression("unique", expression);
  if (type == "primary_key") return with_expression("primary key", expression);
  if (type == "foreign_key") return references(ctx, constraint);
  if (type == "custom") return expression;
  return fail(ErrorCode::kPropertyInvalid, fmt::format("unknown constraint type '{}'", type),
              "use not_null, unique, primary_key, foreign_key, check or custom");
}

Result<std::string> model_constraint(const NodeContext& ctx, const Value& constraint) {
  std::string type = member(constraint, "type");
  std::string name = member(constraint, "name");
  std::string expression = member(constraint, "expression");
  SLUICE_ASSIGN(std::vector<std::string> columns, members(constraint, "columns"));
  std::string prefix = name.empty() ? std::string() : fmt::format("constraint {} ", name);
  std::string list = fmt::format("({})", fmt::join(columns, ", "));
  if ((type == "check" || type == "custom") && expression.empty()) return std::string();
  if (type == "not_null") return std::string();
  if (type == "check") return fmt::format("{}check ({})", prefix, expression);
  if (type == "unique")
    return with_expression(fmt::format("{}unique {}", prefix, list), expression);
  if (type == "primary_key")
    return with_expression(fmt::format("{}primary key {}", prefix, list), expression);
  if (type == "foreign_key") {
    SLUICE_ASSIGN(std::string target, references(ctx, constraint));
    return target.empty() ? target : fmt::format("{}foreign key {} {}", prefix, list, target);
  }
  if (type == "custom") return prefix + expression;
  return fail(ErrorCode::kPropertyInvalid, fmt::format("unknown constraint type '{}'", type),
              "a model takes unique, primary_key, foreign_key, check or custom");
}

// Whether "string" in a contract means the engine's own word for it.
bool translates_types(const NodeContext& ctx) {
  if (ctx.node == nullptr || !ctx.node->config.is_dict()) return true;
  const Value* contract = ctx.node->config.as_dict().find("contract");
  const Value* alias =
      contract && contract->is_dict() ? contract->as_dict().find("alias_types") : nullptr;
  return !alias || jinja::truth(*alias).value_or(true);
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
    std::string type = member(column, "data_type");
    if (translates_types(ctx)) type = ctx.shared.dialect->translate_type(type);
    std::string text = fmt::format("{} {}", name, type);
    if (const Value* constraints =
            column.is_dict() ? column.as_dict().find("constraints") : nullptr;
        constraints && !constraints->is_none()) {
      SLUICE_ASSIGN(std::vector<Value> items, jinja::iterate(*constraints));
      for (const Value& constraint : items) {
        SLUICE_ASSIGN(std::string rendered, column_constraint(ctx, constraint));
        if (!rendered.empty()) text += " " + rendered;
      }
    }
    out.push_back(Value::string(std::move(text)));
  }
  return Value::list(std::move(out));
}

Result<Value> render_model_constraints(NodeContext& ctx, jinja::Interpreter&,
                                       const jinja::CallArgs& args) {
  SLUICE_ASSIGN(auto bound, bind_arguments("adapter.render_raw_model_constraints", args,
                                           {{"raw_constraints"}}));
  std::vector<Value> out;
  SLUICE_ASSIGN(std::vector<Value> items, jinja::iterate(bound[0]));
  for (const Value& constraint : items) {
    SLUICE_ASSIGN(std::string rendered, model_constraint(ctx, constraint));
    if (!rendered.empty()) out.push_back(Value::string(std::move(rendered)));
  }
  return Value::list(std::move(out));
}

}  // namespace sluice::compile
