// Configs of dbt_project.yml before rendering: per key the value of the most specific folder, not
// merged.
#include "project/project.h"

namespace sluice::project {

using jinja::Dict;
using jinja::Value;

namespace {

// A dict under a plain key is a folder; everything else is config, with or without '+'.
bool is_config(const Dict::Entry& entry) {
  return entry.key.is_string() &&
         (entry.key.as_string().starts_with('+') || !entry.value.is_dict());
}

void take_level(const Value& folder, Value& out) {
  for (const Dict::Entry& entry : folder.as_dict().entries()) {
    if (!is_config(entry)) continue;
    std::string_view key = entry.key.as_string();
    while (key.starts_with('+') || key.starts_with(' ')) key.remove_prefix(1);
    out.as_dict().set(key, entry.value);
  }
}

void take_section(const Value& sections, std::string_view section,
                  const std::vector<std::string>& fqn, Value& out) {
  const Value* folder = sections.as_dict().find(section);
  for (auto part = fqn.begin(); folder != nullptr && folder->is_dict(); ++part) {
    take_level(*folder, out);
    if (part == fqn.end()) return;
    folder = folder->as_dict().find(*part);
  }
}

}  // namespace

Value written_config(const Project& project, size_t package, ResourceType type,
                     const std::vector<std::string>& fqn) {
  Value out = Value::dict();
  const Value& sections = project.packages[package].written_config;
  if (!sections.is_dict()) return out;
  const std::string_view section = config_section(type);
  if (section == "data_tests") take_section(sections, "tests", fqn, out);
  take_section(sections, section, fqn, out);
  return out;
}

}  // namespace sluice::project
