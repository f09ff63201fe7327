#include "yaml/node.h"

namespace sluice::yaml {

namespace {

const std::pair<const Node*, const Node*>* find_entry(const Node& node, std::string_view key) {
  for (const auto& entry : node.entries)
    if (entry.first->tag == Tag::kString && entry.first->text == key) return &entry;
  return nullptr;
}

}  // namespace

const Node* Node::find(std::string_view key) const {
  const auto* entry = find_entry(*this, key);
  return entry != nullptr ? entry->second : nullptr;
}

const Node* Node::find_key(std::string_view key) const {
  const auto* entry = find_entry(*this, key);
  return entry != nullptr ? entry->first : nullptr;
}

Span Document::span(const Node& node) const {
  return Span{file_, node.line, node.column, node.end_line, node.end_column};
}

}  // namespace sluice::yaml
