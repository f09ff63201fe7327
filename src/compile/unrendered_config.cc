#include "compile/unrendered_config.h"

#include <algorithm>
#include <array>

#include "jinja/ops.h"

namespace sluice::compile {

namespace {

using jinja::Dict;
using jinja::Value;

const Value* member(const Value& dict, std::string_view key) {
  return dict.is_dict() ? dict.as_dict().find(key) : nullptr;
}

void update(Value& target, const Value& overlay) {
  if (!overlay.is_dict()) return;
  for (const Dict::Entry& entry : overlay.as_dict().entries())
    target.as_dict().set(entry.key, entry.value);
}

std::string_view canonical(std::string_view key) {
  if (key == "pre_hook") return "pre-hook";
  return key == "post_hook" ? "post-hook" : key;
}

// The entry's own `config:` as it stands, then what is said beside it; tags beside it are the
// node's, not its config's.
void add_properties(const project::NodeProperties& properties, Value& out) {
  const Value* own = member(properties.entry, "config");
  if (own != nullptr) update(out, *own);
  if (!properties.config.is_dict()) return;
  for (const Dict::Entry& entry : properties.config.as_dict().entries()) {
    if (!entry.key.is_string() || entry.key.as_string() == "tags") continue;
    const std::string& key = entry.key.as_string();
    const auto has = [&own](std::string_view name) {
      return own != nullptr && member(*own, name) != nullptr;
    };
    const bool is_own = has(key) || (key == "pre-hook" && has("pre_hook")) ||
                        (key == "post-hook" && has("post_hook"));
    if (!is_own) out.as_dict().set(key, entry.value);
  }
}

// A text or the texts of a list, those that are not there yet.
void add_new(const Value& more, std::vector<Value>& texts) {
  const std::vector<Value> items = more.is_list() ? more.as_items() : std::vector<Value>{more};
  for (const Value& item : items)
    if (std::none_of(texts.begin(), texts.end(),
                     [&item](const Value& known) { return jinja::equals(known, item); }))
      texts.push_back(item);
}

// {warn_after: {count, period}, error_after: {count, period}, filter} with nulls for what is not
// said.
Value whole_freshness(const Value& freshness) {
  if (!freshness.is_dict()) return Value::none();
  const auto or_none = [](const Value* value) { return value == nullptr ? Value::none() : *value; };
  Value out = Value::dict();
  for (const std::string_view key : {"warn_after", "error_after"}) {
    const Value* given = member(freshness, key);
    Value limit = Value::dict();
    for (const std::string_view part : {"count", "period"})
      limit.as_dict().set(part, given == nullptr ? Value::none() : or_none(member(*given, part)));
    out.as_dict().set(key, std::move(limit));
  }
  out.as_dict().set("filter", or_none(member(freshness, "filter")));
  return out;
}

}  // namespace

Value unrendered_config(const project::Project& project, const Node& node,
                        const project::NodeProperties* properties, const Value& in_file) {
  // Of functions dbt notes what the models' tree says, though it is their own that counts.
  const ResourceType tree = node.type == ResourceType::kFunction ? ResourceType::kModel : node.type;
  Value out = project::written_config(project, node.package, tree, node.fqn);
  if (properties != nullptr) add_properties(*properties, out);
  update(out, in_file);
  if (node.package != project.root_package)
    update(out, project::written_config(project, project.root_package, tree, node.fqn));
  return out;
}

Value unrendered_config(const project::Project& project, const Source& source,
                        const project::SourceProperties& group,
                        const project::SourceTableProperties& table) {
  const std::array<const Value*, 2> configs{&group.config, &table.config};
  Value out = project::written_config(project, source.package, ResourceType::kSource, source.fqn);
  const bool had_freshness = member(out, "freshness") != nullptr;
  for (const Value* config : configs) update(out, *config);
  Value freshness = source.freshness;
  for (const Value* config : configs)
    if (const Value* given = member(*config, "freshness")) freshness = *given;
  if (had_freshness || member(out, "freshness") != nullptr || freshness.is_dict())
    out.as_dict().set("freshness", whole_freshness(freshness));
  for (const std::string_view key : {"loaded_at_field", "loaded_at_query"})
    if (member(out, key) == nullptr) out.as_dict().set(key, Value::none());
  if (!source.loaded_at_field.is_none())
    out.as_dict().set("loaded_at_field", source.loaded_at_field);
  Value meta = Value::dict();
  std::vector<Value> tags;
  for (const Value* said : {&group.entry, &table.entry, &group.config, &table.config}) {
    if (const Value* more = member(*said, "meta")) update(meta, *more);
    if (const Value* more = member(*said, "tags")) add_new(*more, tags);
  }
  out.as_dict().set("meta", std::move(meta));
  out.as_dict().set("tags", Value::list(std::move(tags)));
  if (source.package != project.root_package)
    update(out, project::written_config(project, project.root_package, ResourceType::kSource,
                                        source.fqn));
  return out;
}

Status add_written_config(Value& written, const Value& call, ResourceType type) {
  for (const Dict::Entry& entry : call.as_dict().entries()) {
    if (!entry.key.is_string()) continue;
    const std::string_view key = canonical(entry.key.as_string());
    const Value* before = written.as_dict().find(key);
    if (before == nullptr) {
      written.as_dict().set(key, entry.value);
      continue;
    }
    Value both = Value::dict();
    both.as_dict().set(key, *before);
    Value later = Value::dict();
    later.as_dict().set(key, entry.value);
    SLUICE_TRY(project::merge_config(both, later, type));
    written.as_dict().set(key, *both.as_dict().find(key));
  }
  return {};
}

}  // namespace sluice::compile
