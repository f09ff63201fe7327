// Contracts and constraints of models, and the tables that foreign keys point to.
#include <fmt/format.h>

#include "compile/contracts.h"
#include "compile/project_parser.h"
#include "jinja/ops.h"

namespace sluice::compile {

using jinja::Value;

namespace {

Value shallow_copy(const Value& dict) {
  Value out = Value::dict();
  for (const auto& entry : dict.as_dict().entries()) out.as_dict().set(entry.key, entry.value);
  return out;
}

const Value* foreign_target(const Value& constraint) {
  if (!constraint.is_dict()) return nullptr;
  const Value* type = constraint.as_dict().find("type");
  if (type == nullptr || !type->is_string() || type->as_string() != "foreign_key") return nullptr;
  const Value* to = constraint.as_dict().find("to");
  return to == nullptr || to->is_none() ? nullptr : to;
}

const Value* constraints_of(const Column& column) {
  const Value* list = column.entry.is_dict() ? column.entry.as_dict().find("constraints") : nullptr;
  return list != nullptr && list->is_list() ? list : nullptr;
}

Error bad_target(const Node& node, const std::string& text) {
  return Error(ErrorCode::kPropertyInvalid,
               fmt::format("the foreign key of model '{}' points to \"{}\", which is no ref() or "
                           "source()",
                           node.name, text),
               "write to: ref('model'), or put everything after \"references\" into expression");
}

// The one ref or source that `text` is a call of.
Status read_target(SharedState& shared, Node& node, const std::string& text,
                   std::vector<RefCall>& refs, std::vector<SourceCall>& sources) {
  NodeContext ctx(shared, nullptr, node.package, Phase::kParse, nullptr);
  auto tmpl = jinja::compile_template(fmt::format("{{{{ {} }}}}", text), node.original_file_path);
  if (!tmpl) return fail(bad_target(node, text));
  jinja::Environment environment = environment_for(shared, Phase::kParse);
  jinja::Interpreter interpreter(environment, ctx);
  interpreter.host = &ctx;
  if (!interpreter.render(*tmpl) || ctx.refs.size() + ctx.sources.size() != 1)
    return fail(bad_target(node, text));
  for (RefCall& call : ctx.refs) {
    call.line = 0;
    refs.push_back(std::move(call));
  }
  for (SourceCall& call : ctx.sources) {
    call.line = 0;
    sources.push_back(std::move(call));
  }
  return {};
}

// The relation that a foreign key's `to` names; empty when it is not there (reported already).
std::string target_relation(SharedState& shared, Node& node, const std::string& text) {
  std::vector<RefCall> refs;
  std::vector<SourceCall> sources;
  if (!read_target(shared, node, text, refs, sources)) return {};
  if (!refs.empty()) {
    const Node* target = shared.references.find_ref(refs[0], node.package);
    return target == nullptr ? std::string() : target->relation_name;
  }
  const Source* target = shared.references.find_source(sources[0], node.package);
  return target == nullptr ? std::string() : target->relation_name;
}

// A copy of the list whose foreign keys name relations.
Value with_relations(SharedState& shared, Node& node, const Value& list) {
  std::vector<Value> out;
  for (const Value& constraint : list.as_items()) {
    const Value* to = foreign_target(constraint);
    if (to == nullptr) {
      out.push_back(constraint);
      continue;
    }
    Value copy = shallow_copy(constraint);
    const std::string text = jinja::to_str(*to).value_or(std::string());
    if (std::string relation = target_relation(shared, node, text); !relation.empty())
      copy.as_dict().set("to", Value::string(std::move(relation)));
    out.push_back(std::move(copy));
  }
  return Value::list(std::move(out));
}

}  // namespace

Status ProjectParser::take_contract(Node& node, bool is_described) {
  if (node.type != ResourceType::kModel) return {};
  SLUICE_TRY(check_constraints(node));
  SLUICE_TRY(check_contract(node, is_described));
  std::vector<const Value*> lists;
  if (node.constraints.is_list()) lists.push_back(&node.constraints);
  for (const Column& column : node.columns)
    if (const Value* list = constraints_of(column)) lists.push_back(list);
  for (const Value* list : lists)
    for (const Value& constraint : list->as_items())
      if (const Value* to = foreign_target(constraint)) {
        SLUICE_ASSIGN(const std::string text, jinja::to_str(*to));
        SLUICE_TRY(read_target(shared_, node, text, node.refs, node.sources));
        // A key to its own table is no dependency.
        std::erase_if(node.refs, [&](const RefCall& call) {
          return call.package.empty() && call.name == node.name;
        });
        node.has_foreign_keys = true;
      }
  if (has_enforced_contract(node) && is_described) node.contract_checksum = contract_checksum(node);
  return {};
}

void ProjectParser::resolve_foreign_keys() {
  for (const auto& node : shared_.manifest.nodes) {
    if (has_unsupported_constraints(*node)) {
      Error warning(ErrorCode::kPropertyInvalid,
                    fmt::format("constraints are not supported for {} materializations and will "
                                "be ignored: model '{}'",
                                node->materialized(), node->name),
                    "set warn_unsupported: false on each constraint to hide this");
      warning.add_span(node->span).set_node(node->unique_id);
      diagnostics_.add_warning(std::move(warning), "UnsupportedConstraintMaterialization");
    }
    if (!node->has_foreign_keys) continue;
    if (node->constraints.is_list())
      node->constraints = with_relations(shared_, *node, node->constraints);
    for (Column& column : node->columns) {
      const Value* list = constraints_of(column);
      if (list == nullptr) continue;
      Value entry = shallow_copy(column.entry);
      entry.as_dict().set("constraints", with_relations(shared_, *node, *list));
      column.entry = std::move(entry);
    }
  }
}

}  // namespace sluice::compile
