// ReferenceIndex: finding what ref(), source() and function() name.
#include <fmt/format.h>

#include "compile/node_context.h"

namespace sluice::compile {

namespace {

std::string source_key(const std::string& source, const std::string& table) {
  return source + '\x01' + table;
}

// Without a version: what has none, or the latest.
bool is_meant(const Node& node, const RefCall& call) {
  if (call.version.empty()) return node.version.is_none() || node.is_latest_version();
  return node.version_text() == call.version;
}

}  // namespace

void ReferenceIndex::build(const Manifest& manifest) {
  project_ = manifest.project.get();
  nodes_.clear();
  sources_.clear();
  disabled_nodes_.clear();
  disabled_sources_.clear();
  functions_.clear();
  disabled_functions_.clear();
  for (const auto& node : manifest.nodes) {
    if (node->is_refable()) nodes_[node->name].push_back(node.get());
    if (node->type == ResourceType::kFunction) functions_[node->name].push_back(node.get());
  }
  for (const auto& source : manifest.sources)
    sources_[source_key(source->source_name, source->name)].push_back(source.get());
  for (const auto& node : manifest.disabled_nodes) {
    if (node->is_refable()) disabled_nodes_[node->name] = node.get();
    if (node->type == ResourceType::kFunction) disabled_functions_[node->name] = node.get();
  }
  for (const auto& source : manifest.disabled_sources)
    disabled_sources_[source_key(source->source_name, source->name)] = source.get();
}

Node* ReferenceIndex::find_ref(const RefCall& call, size_t package) const {
  return find_named(nodes_, call, package);
}

Node* ReferenceIndex::find_function(const RefCall& call, size_t package) const {
  return find_named(functions_, call, package);
}

Node* ReferenceIndex::find_named(const Candidates& all, const RefCall& call, size_t package) const {
  auto candidates = all.find(call.name);
  if (candidates == all.end()) return nullptr;
  if (!call.package.empty()) {
    for (Node* node : candidates->second)
      if (node->package_name == call.package && is_meant(*node, call)) return node;
    return nullptr;
  }
  // The root project first, then the calling package, then any; a behaviour flag swaps the first
  // two.
  const bool own_first = project_->behaviour_flags.require_ref_searches_node_package_before_root;
  const size_t root = project_->root_package;
  for (size_t wanted : {own_first ? package : root, own_first ? root : package})
    for (Node* node : candidates->second)
      if (node->package == wanted && is_meant(*node, call)) return node;
  for (Node* node : candidates->second)
    if (is_meant(*node, call)) return node;
  return nullptr;
}

std::vector<const Node*> ReferenceIndex::versions_of(const RefCall& call) const {
  std::vector<const Node*> out;
  if (auto candidates = nodes_.find(call.name); candidates != nodes_.end())
    for (const Node* node : candidates->second)
      if (!node->version.is_none() && (call.package.empty() || node->package_name == call.package))
        out.push_back(node);
  return out;
}

Source* ReferenceIndex::find_source(const SourceCall& call, size_t package) const {
  auto candidates = sources_.find(source_key(call.source, call.table));
  if (candidates == sources_.end()) return nullptr;
  for (size_t wanted : {project_->root_package, package})
    for (Source* source : candidates->second)
      if (source->package == wanted) return source;
  return candidates->second.front();
}

const Node* ReferenceIndex::find_disabled_ref(const RefCall& call) const {
  auto found = disabled_nodes_.find(call.name);
  return found == disabled_nodes_.end() ? nullptr : found->second;
}

const Source* ReferenceIndex::find_disabled_source(const SourceCall& call) const {
  auto found = disabled_sources_.find(source_key(call.source, call.table));
  return found == disabled_sources_.end() ? nullptr : found->second;
}

const Node* ReferenceIndex::find_disabled_function(const RefCall& call) const {
  auto found = disabled_functions_.find(call.name);
  return found == disabled_functions_.end() ? nullptr : found->second;
}

std::vector<std::string_view> ReferenceIndex::function_names() const {
  std::vector<std::string_view> out;
  for (const auto& [name, nodes] : functions_) out.push_back(name);
  return out;
}

std::vector<std::string_view> ReferenceIndex::ref_names() const {
  std::vector<std::string_view> out;
  for (const auto& [name, nodes] : nodes_) out.push_back(name);
  return out;
}

std::vector<std::string> ReferenceIndex::source_names() const {
  std::vector<std::string> out;
  for (const auto& [key, sources] : sources_)
    out.push_back(fmt::format("{}.{}", sources.front()->source_name, sources.front()->name));
  return out;
}

}  // namespace sluice::compile
