#include "compile/manifest.h"

#include "jinja/ops.h"

namespace sluice::compile {

std::string_view Node::materialized() const {
  if (!config.is_dict()) return {};
  const jinja::Value* value = config.as_dict().find("materialized");
  return value != nullptr && value->is_string() ? std::string_view(value->as_string())
                                                : std::string_view();
}

bool Node::is_ephemeral() const {
  return type == ResourceType::kModel && materialized() == "ephemeral";
}

bool Node::is_refable() const {
  return type == ResourceType::kModel || type == ResourceType::kSeed ||
         type == ResourceType::kSnapshot;
}

namespace {

std::string text_of(const jinja::Value& version) {
  return version.is_none() ? std::string() : jinja::to_str(version).value_or(std::string());
}

}  // namespace

std::string Node::version_text() const { return text_of(version); }

bool Node::is_latest_version() const {
  return !version.is_none() && version_text() == text_of(latest_version);
}

std::string Node::versioned_name() const {
  return version.is_none() ? name : name + ".v" + version_text();
}

namespace {

template <typename T, typename Map>
T* look_up(const Map& map, std::string_view unique_id) {
  const auto found = map.find(unique_id);
  return found == map.end() ? nullptr : found->second;
}

template <typename Owners, typename Map>
void fill(const Owners& owners, Map& map) {
  map.clear();
  map.reserve(owners.size());
  for (const auto& owner : owners) map.emplace(owner->unique_id, owner.get());
}

}  // namespace

Node* Manifest::find_node(std::string_view unique_id) const {
  return look_up<Node>(node_by_id_, unique_id);
}

Source* Manifest::find_source(std::string_view unique_id) const {
  return look_up<Source>(source_by_id_, unique_id);
}

Exposure* Manifest::find_exposure(std::string_view unique_id) const {
  return look_up<Exposure>(exposure_by_id_, unique_id);
}

SemanticResource* Manifest::find_semantic_resource(std::string_view unique_id) const {
  return look_up<SemanticResource>(semantic_by_id_, unique_id);
}

const MacroResource* Manifest::find_macro(std::string_view unique_id) const {
  return look_up<MacroResource>(macro_by_id_, unique_id);
}

void Manifest::index() {
  fill(nodes, node_by_id_);
  fill(sources, source_by_id_);
  fill(exposures, exposure_by_id_);
  fill(semantic_resources, semantic_by_id_);
  fill(macros, macro_by_id_);
}

}  // namespace sluice::compile
