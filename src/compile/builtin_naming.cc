#include "compile/builtin_naming.h"

#include <cctype>

#include "compile/macro_registry.h"

namespace sluice::compile {

using jinja::Value;

namespace {

// Whether nothing but the built-in text is behind `name`, wherever it is called from.
bool is_builtin(const project::Project& project, const MacroRegistry& macros,
                std::string_view name) {
  const auto builtin = [&](const MacroResource* macro) {
    return macro != nullptr && project.packages[macro->package].builtin;
  };
  const auto implementation = macros.dispatch(project.root_package, name, "dbt");
  return builtin(macros.find(project.root_package, name)) && implementation &&
         builtin(*implementation) && (*implementation)->name.starts_with("default__");
}

// A macro called `target` or `adapter` hides the name that the built-in macros use.
bool hides_names(const project::Project& project, const MacroRegistry& macros) {
  for (size_t package = 0; package < project.packages.size(); ++package)
    for (const std::string_view name : {"target", "adapter"})
      if (macros.lookup(package, name) != nullptr) return true;
  return false;
}

// Whether trimming leaves the text as it is.
bool is_trimmed(std::string_view text) {
  const auto is_word = [](char byte) {
    return byte == '_' || std::isalnum(static_cast<unsigned char>(byte)) != 0;
  };
  return !text.empty() && is_word(text.front()) && is_word(text.back());
}

bool is_plain(const Value& value) { return value.is_string() && is_trimmed(value.as_string()); }

// The target's text under `key`; empty when it is nothing that trimming leaves as it is.
std::string target_text(const project::Project& project, std::string_view key) {
  const Value& target = project.profile.target;
  const Value* found = target.is_dict() ? target.as_dict().find(key) : nullptr;
  return found != nullptr && is_plain(*found) ? found->as_string() : std::string();
}

}  // namespace

BuiltinNaming::BuiltinNaming(const project::Project& project, const MacroRegistry& macros)
    : database_(target_text(project, "database")), schema_(target_text(project, "schema")) {
  if (hides_names(project, macros)) return;
  knows_database_ = !database_.empty() && is_builtin(project, macros, "generate_database_name");
  knows_schema_ = !schema_.empty() && is_builtin(project, macros, "generate_schema_name");
  knows_alias_ = is_builtin(project, macros, "generate_alias_name");
}

std::optional<std::string> BuiltinNaming::database(const Value& custom) const {
  if (!knows_database_) return std::nullopt;
  if (custom.is_none()) return database_;
  return is_plain(custom) ? std::optional(custom.as_string()) : std::nullopt;
}

std::optional<std::string> BuiltinNaming::schema(const Value& custom) const {
  if (!knows_schema_) return std::nullopt;
  if (custom.is_none()) return schema_;
  return is_plain(custom) ? std::optional(schema_ + "_" + custom.as_string()) : std::nullopt;
}

std::optional<std::string> BuiltinNaming::alias(const Value& custom, const Node& node) const {
  if (!knows_alias_) return std::nullopt;
  if (is_plain(custom)) return custom.as_string();
  if (!custom.is_none() || !node.version.is_none() || !is_trimmed(node.name)) return std::nullopt;
  return node.name;
}

}  // namespace sluice::compile
