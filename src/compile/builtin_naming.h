// BuiltinNaming: what the built-in generate_database_name, generate_schema_name and
// generate_alias_name answer in the plain cases, without running them. Three macro calls with a
// dispatch each for every node are a fifth of a parse. Where a project or a package has its own
// text for one of them, or a value is unusual, there is no answer and the macro runs. Immutable;
// any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "compile/manifest.h"

namespace sluice::compile {

class MacroRegistry;

class BuiltinNaming {
 public:
  BuiltinNaming(const project::Project& project, const MacroRegistry& macros);

  // `custom` is the node's config of that name; none when it has none.
  std::optional<std::string> database(const jinja::Value& custom) const;
  std::optional<std::string> schema(const jinja::Value& custom) const;
  std::optional<std::string> alias(const jinja::Value& custom, const Node& node) const;

 private:
  bool knows_database_ = false, knows_schema_ = false, knows_alias_ = false;
  std::string database_, schema_;  // of the target
};

}  // namespace sluice::compile
