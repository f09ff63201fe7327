#include "compile/deferral.h"

#include <array>
#include <optional>
#include <utility>

namespace sluice::compile {

namespace {

using jinja::Value;

// What templates see of a deferred node, in dbt's order.
constexpr std::array<std::string_view, 11> kShown{
    "database",    "schema",        "alias", "relation_name", "resource_type", "name",
    "description", "compiled_code", "meta",  "tags",          "config"};

const Value* member(const Value& dict, std::string_view key) {
  return dict.is_dict() ? dict.as_dict().find(key) : nullptr;
}

std::optional<std::string> text_of(const Value& dict, std::string_view key) {
  const Value* found = member(dict, key);
  if (found == nullptr || !found->is_string()) return std::nullopt;
  return found->as_string();
}

Value shown_relation(const Value& node) {
  Value out = Value::dict();
  for (const std::string_view key : kShown) {
    const Value* found = member(node, key);
    out.as_dict().set(key, found == nullptr ? Value::none() : *found);
  }
  return out;
}

}  // namespace

void attach_defer_relations(Manifest& manifest, const Value& previous_manifest) {
  const Value* nodes = member(previous_manifest, "nodes");
  if (nodes == nullptr || !nodes->is_dict()) return;
  for (const auto& node : manifest.nodes) {
    node->defer_relation = Value::none();
    if (!node->is_refable() || node->is_ephemeral()) continue;
    const Value* before = nodes->as_dict().find(node->unique_id);
    // What was ephemeral has no relation to read.
    if (before != nullptr && text_of(*before, "relation_name"))
      node->defer_relation = shown_relation(*before);
  }
}

Value defer_relation_of(const SharedState& shared, const Node& node) {
  if (node.defer_relation.is_none()) return Value::none();
  RelationParts parts = node_relation_parts(shared, node);
  parts.database = text_of(node.defer_relation, "database");
  parts.schema = text_of(node.defer_relation, "schema");
  parts.identifier = text_of(node.defer_relation, "alias");
  if (!parts.database) parts.include.database = false;
  if (!parts.schema) parts.include.schema = false;
  return Relation::make(*shared.dialect, std::move(parts));
}

Result<bool> is_deferred(NodeContext& ctx, const Node& target) {
  const Flags& flags = ctx.shared.options.flags;
  if (!flags.defer || target.defer_relation.is_none()) return false;
  if (flags.favor_state && !ctx.shared.selected_ids.contains(target.unique_id)) return true;
  if (ctx.connection == nullptr) return true;
  RelationCache& relations = ctx.shared.relations;
  SLUICE_TRY(relations.load(*ctx.connection, target.database, target.schema));
  return !relations.find(target.database, target.schema, target.alias).has_value();
}

}  // namespace sluice::compile
