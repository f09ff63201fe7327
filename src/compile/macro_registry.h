// MacroRegistry: all macros of the project and which one a name means, seen from a package. Built
// once by the parser, then immutable and shared by all threads.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "compile/manifest.h"

namespace sluice::compile {

// A map from names that is asked with views, without making a string for each look-up.
struct NameHash {
  using is_transparent = void;
  size_t operator()(std::string_view name) const { return std::hash<std::string_view>{}(name); }
};
using NameMap = std::unordered_map<std::string, jinja::Value, NameHash, std::equal_to<>>;

class MacroRegistry {
 public:
  // Indexes the macros of the manifest. `prefixes` are the adapter's dispatch prefixes, most
  // specific first.
  void build(const Manifest& manifest, std::vector<std::string> prefixes);

  // An unqualified name seen from `package`: the package's own macros, then the root project's,
  // then the built-in ones.
  const MacroResource* find(size_t package, std::string_view name) const;
  // A name of exactly one package ("dbt" is the built-in one); null when absent.
  const MacroResource* find_in_package(std::string_view package, std::string_view name) const;
  // The name as a template value: a macro or a package's namespace. Null: unknown.
  const jinja::Value* lookup(size_t package, std::string_view name) const;

  // adapter.dispatch: the implementation for this adapter, by the project's search order.
  // kUnknownMacro lists what was looked for.
  Result<const MacroResource*> dispatch(size_t package, std::string_view name,
                                        const std::string& macro_namespace) const;

  // Materialization macro by adapter precedence: the root project's before built-in ones at each
  // prefix.
  const MacroResource* find_materialization(std::string_view name) const;
  // A generic test macro `test_<name>`, in a package when given, else as find().
  const MacroResource* find_test(size_t package, const std::string& macro_namespace,
                                 std::string_view name) const;

  // Nearest known names, for hints.
  std::string suggestion(size_t package, std::string_view name) const;

 private:
  using Names = std::unordered_map<std::string_view, const MacroResource*>;
  std::vector<std::string_view> dispatch_packages(std::string_view macro_namespace) const;

  const Manifest* manifest_ = nullptr;
  std::vector<std::string> prefixes_;
  std::vector<Names> by_package_;
  Names builtin_;
  size_t root_ = 0;
  NameMap namespaces_;
};

}  // namespace sluice::compile
