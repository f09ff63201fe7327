#include "jinja/symbols.h"

#include <algorithm>

namespace sluice::jinja {

Symbol* Symbols::find_own(NameId name) {
  for (Symbol& symbol : symbols_) {
    if (symbol.name == name) return &symbol;
  }
  return nullptr;
}

bool Symbols::stores(NameId name) const {
  return std::find(stores_.begin(), stores_.end(), name) != stores_.end();
}

Symbol* Symbols::find(NameId name, Symbols** owner) {
  for (Symbols* scope = this; scope != nullptr; scope = scope->parent_) {
    if (Symbol* symbol = scope->find_own(name)) {
      if (owner != nullptr) *owner = scope;
      return symbol;
    }
  }
  return nullptr;
}

void Symbols::define(NameId name, SymbolOrigin origin) {
  if (Symbol* symbol = find_own(name)) {
    symbol->origin = origin;
  } else {
    symbols_.push_back({name, origin, kNone});
  }
}

void Symbols::load(NameId name) {
  if (find(name, nullptr) == nullptr) define(name, SymbolOrigin::kContext);
}

void Symbols::store(NameId name) {
  if (!stores(name)) stores_.push_back(name);
  if (find_own(name) != nullptr) return;
  bool outer = parent_ != nullptr && parent_->find(name, nullptr) != nullptr;
  define(name, outer ? SymbolOrigin::kCopy : SymbolOrigin::kNothing);
}

uint32_t Symbols::declare_parameter(NameId name) {
  if (!stores(name)) stores_.push_back(name);
  define(name, SymbolOrigin::kParameter);
  return static_cast<uint32_t>(find_own(name) - symbols_.data());
}

void Symbols::merge_branches(const std::vector<Symbols>& branches) {
  std::vector<NameId> assigned;
  for (const Symbols& branch : branches) {
    for (NameId name : branch.stores_) {
      if (!stores(name) && std::find(assigned.begin(), assigned.end(), name) == assigned.end()) {
        assigned.push_back(name);
      }
    }
  }
  std::vector<NameId> partial;
  for (NameId name : assigned) {
    for (const Symbols& branch : branches) {
      if (branch.stores(name)) continue;
      partial.push_back(name);
      break;
    }
  }
  for (const Symbols& branch : branches) {
    for (const Symbol& symbol : branch.symbols_) define(symbol.name, symbol.origin);
    for (NameId name : branch.stores_) {
      if (!stores(name)) stores_.push_back(name);
    }
  }
  for (NameId name : partial) {
    bool outer = parent_ != nullptr && parent_->find(name, nullptr) != nullptr;
    define(name, outer ? SymbolOrigin::kCopy : SymbolOrigin::kContext);
  }
}

void SymbolVisitor::visit_list(NodeList list) {
  for (uint32_t i = 0; i < list.count; ++i) visit(ast_.lists[list.start + i]);
}

void SymbolVisitor::visit(NodeId id) {
  const Node& node = ast_.nodes[id];
  if (node.kind == NodeKind::kName) {
    symbols_->load(node.a);
  } else if (is_expression(node.kind)) {
    for_each_operand(ast_, node, [this](NodeId child) { visit(child); });
  } else {
    visit_statement(node);
  }
}

void SymbolVisitor::visit_target(NodeId id, bool as_parameter) {
  const Node& node = ast_.nodes[id];
  if (node.kind == NodeKind::kTuple) {
    for (uint32_t i = 0; i < node.b; ++i) visit_target(ast_.lists[node.a + i], as_parameter);
  } else if (node.kind == NodeKind::kNamespaceRef) {
    symbols_->load(node.a);
  } else if (as_parameter) {
    symbols_->declare_parameter(node.a);
  } else {
    symbols_->store(node.a);
  }
}

void SymbolVisitor::visit_filter_chain(NodeId id) {
  if (id != kNone) visit(id);
}

void SymbolVisitor::visit_if(const Node& node) {
  visit(node.a);
  Symbols* original = symbols_;
  std::vector<Symbols> branches(3, *original);
  symbols_ = branches.data();
  visit_list({node.b, node.c});
  NodeId rest = node.d;
  if (rest != kNone && ast_.nodes[rest].kind == NodeKind::kIf) {
    // Jinja visits all elif parts as one branch, then the final else as another.
    symbols_ = &branches[1];
    NodeId last = rest;
    while (last != kNone && ast_.nodes[last].kind == NodeKind::kIf) {
      Node part = ast_.nodes[last];
      last = part.d;
      part.d = kNone;
      visit_if(part);
    }
    rest = last;
  }
  if (rest != kNone) {
    symbols_ = &branches[2];
    const Node& body = ast_.nodes[rest];
    visit_list({body.a, body.b});
  }
  symbols_ = original;
  symbols_->merge_branches(branches);
}

void SymbolVisitor::visit_statement(const Node& node) {
  switch (node.kind) {
    case NodeKind::kPrint:
    case NodeKind::kDo:
    case NodeKind::kLoad:
      return visit(node.a);
    case NodeKind::kIf:
      return visit_if(node);
    case NodeKind::kFor:
      return visit(ast_.loops[node.a].iterable);
    case NodeKind::kMacro: {
      const DefinitionNode& definition = ast_.definitions[node.a];
      return symbols_->store(plain_names_ ? definition.name : definition.function);
    }
    case NodeKind::kCallBlock:
      return visit(node.b);
    case NodeKind::kFilterBlock:
      return visit_filter_chain(node.a);
    case NodeKind::kSet:
      visit(node.b);
      return visit_target(node.a, false);
    case NodeKind::kSetBlock:
      return visit_target(node.a, false);
    case NodeKind::kWith:
      for (uint32_t i = 1; i < node.b; i += 2) visit(ast_.lists[node.a + i]);
      return;
    default:
      return;
  }
}

void UndeclaredNames::read(NameId name) {
  if (std::find(names_.begin(), names_.end(), name) == names_.end()) return;
  if (!found(name)) found_.push_back(name);
}

bool UndeclaredNames::found(NameId name) const {
  return std::find(found_.begin(), found_.end(), name) != found_.end();
}

void UndeclaredNames::forget(NameId name) {
  names_.erase(std::remove(names_.begin(), names_.end(), name), names_.end());
}

void UndeclaredNames::visit_list(NodeList list) {
  for (uint32_t i = 0; i < list.count; ++i) visit(ast_.lists[list.start + i]);
}

void UndeclaredNames::visit_target(NodeId id) {
  const Node& node = ast_.nodes[id];
  if (node.kind == NodeKind::kTuple) {
    for (uint32_t i = 0; i < node.b; ++i) visit_target(ast_.lists[node.a + i]);
  } else if (node.kind == NodeKind::kName) {
    forget(node.a);
  }
}

void UndeclaredNames::visit(NodeId id) {
  if (id == kNone) return;
  const Node& node = ast_.nodes[id];
  if (node.kind == NodeKind::kName) {
    read(node.a);
  } else if (is_expression(node.kind)) {
    for_each_operand(ast_, node, [this](NodeId child) { visit(child); });
  } else {
    visit_statement(node);
  }
}

void UndeclaredNames::visit_definition(const Node& node) {
  const DefinitionNode& definition = ast_.definitions[node.a];
  for (uint32_t i = 0; i < definition.parameters.count; ++i) {
    visit_target(ast_.lists[definition.parameters.start + i]);
  }
  visit_list(definition.defaults);
  visit_list(definition.body);
}

void UndeclaredNames::visit_loop(const LoopNode& loop) {
  visit_target(loop.target);
  visit(loop.iterable);
  visit_list(loop.body);
  visit_list(loop.otherwise);
  visit(loop.filter);
}

void UndeclaredNames::visit_with(const Node& node) {
  for (uint32_t i = 0; i < node.b; i += 2) visit_target(ast_.lists[node.a + i]);
  for (uint32_t i = 1; i < node.b; i += 2) visit(ast_.lists[node.a + i]);
  visit_list({node.c, node.d});
}

void UndeclaredNames::visit_statement(const Node& node) {
  switch (node.kind) {
    case NodeKind::kPrint:
    case NodeKind::kDo:
    case NodeKind::kLoad:
      return visit(node.a);
    case NodeKind::kIf:
      visit(node.a);
      visit_list({node.b, node.c});
      return visit(node.d);
    case NodeKind::kBody:
      return visit_list({node.a, node.b});
    case NodeKind::kFor:
      return visit_loop(ast_.loops[node.a]);
    case NodeKind::kMacro:
      return visit_definition(node);
    case NodeKind::kCallBlock:
      visit(node.b);
      return visit_definition(node);
    case NodeKind::kFilterBlock:
      visit_list({node.b, node.c});
      return visit(node.a);
    case NodeKind::kSet:
      visit_target(node.a);
      return visit(node.b);
    case NodeKind::kSetBlock:
      visit_target(node.a);
      visit(node.b);
      return visit_list({node.c, node.d});
    case NodeKind::kWith:
      return visit_with(node);
    case NodeKind::kAutoescape:
      visit(node.a);
      return visit_list({node.b, node.c});
    default:
      return;
  }
}

}  // namespace sluice::jinja
