// Which variable a name means at each place: Jinja2's scoping rules.
//
// A scope holds the names that its own statements read or assign; loops, `with`, set blocks, macros
// and call blocks open inner scopes, `if` does not. A name assigned in a scope is a variable of
// that scope; when an outer scope has the name too, the variable starts as a copy of the outer one.
// A name that is only read belongs to the nearest outer scope that knows it, else to the context.
// This mirrors the order-dependent analysis of Jinja2 (idtracking).
#pragma once

#include <cstdint>
#include <vector>

#include "jinja/ast.h"

namespace sluice::jinja {

struct FunctionBuilder;

enum class SymbolOrigin : uint8_t {
  kParameter,  // set by the construct that opens the scope
  kContext,    // looked up in the context when it holds nothing
  kCopy,       // starts as a copy of the outer scope's variable
  kNothing,    // starts undefined
};

struct Symbol {
  NameId name;
  SymbolOrigin origin;
  uint32_t slot;
};

class Symbols {
 public:
  Symbols(Symbols* parent, FunctionBuilder* function) : parent_(parent), function_(function) {}

  void load(NameId name);
  void store(NameId name);
  uint32_t declare_parameter(NameId name);
  // Merges what the three branches of an `if` did (body, elif, else).
  void merge_branches(const std::vector<Symbols>& branches);

  Symbol* find_own(NameId name);
  bool stores(NameId name) const;
  // The symbol that a name means here, and the scope that has it; null when unknown.
  Symbol* find(NameId name, Symbols** owner);

  std::vector<Symbol>& symbols() { return symbols_; }
  Symbols* parent() const { return parent_; }
  FunctionBuilder* function() const { return function_; }

 private:
  void define(NameId name, SymbolOrigin origin);
  Symbols* parent_;
  FunctionBuilder* function_;
  std::vector<Symbol> symbols_;
  std::vector<NameId> stores_;
};

// Walks statements as one scope sees them (inner scopes are not entered, only what they evaluate
// outside).
class SymbolVisitor {
 public:
  SymbolVisitor(const Ast& ast, Symbols& symbols, bool plain_names)
      : ast_(ast), symbols_(&symbols), plain_names_(plain_names) {}
  void visit(NodeId id);
  void visit_list(NodeList list);
  void visit_target(NodeId id, bool as_parameter);
  void visit_filter_chain(NodeId id);

 private:
  void visit_statement(const Node& node);
  void visit_if(const Node& node);
  void visit_arguments(uint32_t index);
  const Ast& ast_;
  Symbols* symbols_;
  bool plain_names_;
};

// Which of `names` the statements read before assigning them; inner constructs are searched too.
class UndeclaredNames {
 public:
  UndeclaredNames(const Ast& ast, std::vector<NameId> names)
      : ast_(ast), names_(std::move(names)) {}
  void visit_list(NodeList list);
  bool found(NameId name) const;

 private:
  void visit(NodeId id);
  void visit_statement(const Node& node);
  void visit_target(NodeId id);
  void visit_definition(const Node& node);
  void visit_loop(const LoopNode& loop);
  void visit_with(const Node& node);
  void read(NameId name);
  void forget(NameId name);
  const Ast& ast_;
  std::vector<NameId> names_;
  std::vector<NameId> found_;
};

}  // namespace sluice::jinja
