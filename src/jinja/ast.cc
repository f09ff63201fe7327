#include "jinja/ast.h"

#include <functional>

namespace sluice::jinja {

Ast::Ast(std::string_view source) : text(source) {
  nodes.reserve(source.size() / 8 + 16);
  lists.reserve(source.size() / 16 + 16);
  table_.assign(64, kNone);
}

NameId Ast::intern(std::string_view name) {
  uint64_t hash = std::hash<std::string_view>{}(name);
  size_t mask = table_.size() - 1;
  size_t slot = hash & mask;
  while (table_[slot] != kNone) {
    NameId id = table_[slot];
    if (hashes_[id] == hash && names_[id] == name) return id;
    slot = (slot + 1) & mask;
  }
  auto id = static_cast<NameId>(names_.size());
  names_.push_back(name);
  hashes_.push_back(hash);
  table_[slot] = id;
  if (names_.size() * 2 > table_.size()) grow();
  return id;
}

NameId Ast::intern_copy(std::string name) {
  copies_.push_back(std::move(name));
  return intern(copies_.back());
}

void Ast::grow() {
  table_.assign(table_.size() * 2, kNone);
  size_t mask = table_.size() - 1;
  for (NameId id = 0; id < names_.size(); ++id) {
    size_t slot = hashes_[id] & mask;
    while (table_[slot] != kNone) slot = (slot + 1) & mask;
    table_[slot] = id;
  }
}

}  // namespace sluice::jinja
