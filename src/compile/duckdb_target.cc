#include "compile/duckdb_target.h"

#include <fmt/format.h>

#include <array>
#include <cctype>

#include "warehouse/warehouse.h"

namespace sluice::compile {

using jinja::Value;

namespace {

const Value* find_key(const Value& dict, std::string_view key) {
  if (!dict.is_dict()) return nullptr;
  const Value* found = dict.as_dict().find(key);
  return found == nullptr || found->is_none() ? nullptr : found;
}

std::string text_of(const Value& dict, std::string_view key) {
  const Value* value = find_key(dict, key);
  return value != nullptr && value->is_string() ? value->as_string() : std::string();
}

bool is_on(const Value& dict, std::string_view key) {
  const Value* value = find_key(dict, key);
  return value != nullptr && value->is_bool() && value->as_bool();
}

bool same_name(std::string_view left, std::string_view right) {
  return left.size() == right.size() &&
         std::equal(left.begin(), left.end(), right.begin(), [](char a, char b) {
           return std::tolower(static_cast<unsigned char>(a)) ==
                  std::tolower(static_cast<unsigned char>(b));
         });
}

bool is_ducklake_entry(const Value& entry) {
  return is_on(entry, "is_ducklake") || text_of(entry, "type") == "ducklake" ||
         text_of(entry, "path").starts_with("ducklake:");
}

// The plugin's module by its name or alias; the name itself when the profile lists none such.
std::string module_of(const project::Profile& profile, const std::string& plugin) {
  const Value* plugins = find_key(profile.credentials, "plugins");
  if (plugins != nullptr && plugins->is_sequence())
    for (const Value& entry : plugins->as_items())
      if (text_of(entry, "alias") == plugin) return text_of(entry, "module");
  return plugin;
}

struct PluginReader {
  std::string_view module;
  std::string_view function;
  std::string_view path_key;  // beside external_location
  std::string_view option_key, option;
};
constexpr std::array<PluginReader, 3> kReaders = {{
    {"excel", "read_xlsx", "location", "sheet_name", "sheet"},
    {"delta", "delta_scan", "delta_table_path", "as_of_version", "version"},
    {"iceberg", "iceberg_scan", "location", "", ""},
}};

}  // namespace

bool is_ducklake_database(const project::Profile& profile, std::string_view database) {
  if (same_name(profile.database, database) && is_ducklake_entry(profile.credentials)) return true;
  const Value* attached = find_key(profile.credentials, "attach");
  if (attached == nullptr || !attached->is_sequence()) return false;
  for (const Value& entry : attached->as_items())
    if (same_name(text_of(entry, "alias"), database) && is_ducklake_entry(entry)) return true;
  return false;
}

Result<std::string> plugin_reader(const project::Profile& profile, const std::string& plugin,
                                  const SourceSetting& setting) {
  const std::string module = module_of(profile, plugin);
  for (const PluginReader& reader : kReaders) {
    if (reader.module != module) continue;
    std::string path = setting("external_location");
    if (path.empty()) path = setting(reader.path_key);
    if (path.empty())
      return fail(
          ErrorCode::kConfigInvalid,
          fmt::format("a source with plugin '{}' does not say which file to read", plugin),
          fmt::format("add external_location{}", reader.path_key == "location"
                                                     ? std::string()
                                                     : fmt::format(" or {}", reader.path_key)));
    const warehouse::Dialect& dialect = *warehouse::find_dialect("duckdb");
    const std::string option = reader.option.empty() ? "" : setting(reader.option_key);
    return fmt::format(
        "{}({}{})", reader.function, dialect.quote_string(path),
        option.empty()
            ? ""
            : fmt::format(", {} = {}", reader.option,
                          reader.module == "delta" ? option : dialect.quote_string(option)));
  }
  return fail(ErrorCode::kConfigInvalid,
              fmt::format("the source is read by the plugin '{}', which is Python", plugin),
              "excel, delta and iceberg are read without Python; for others use external_location, "
              "or attach the database in the profile");
}

}  // namespace sluice::compile
