#include "run/profile_warehouse.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file_system.h"
#include "base/suggest.h"

namespace sluice::run {
namespace {

using jinja::Value;
using warehouse::WarehouseSettings;

Error profile_error(const project::Project& project, std::string message, std::string hint) {
  Error error(ErrorCode::kProfileInvalid,
              fmt::format("profile \"{}\", target \"{}\": {}", project.profile.profile_name,
                          project.profile.target_name, message),
              std::move(hint));
  error.add_span(Span{project.profile.file, 0, 0, 0, 0});
  return error;
}

const Value* find_key(const Value& dict, std::string_view key) {
  if (!dict.is_dict()) return nullptr;
  const Value* found = dict.as_dict().find(key);
  return found == nullptr || found->is_none() ? nullptr : found;
}

std::string text_of(const Value* value) {
  return value != nullptr && value->is_string() ? value->as_string() : "";
}

// A scalar as DuckDB settings take it: 4, true, '2GB'.
std::string scalar_text(const Value& value) {
  if (value.is_string()) return value.as_string();
  if (value.is_bool()) return value.as_bool() ? "true" : "false";
  if (value.is_int()) return std::to_string(value.as_int());
  if (value.is_float()) return fmt::format("{}", value.as_float());
  return {};
}

bool is_scalar(const Value& value) {
  return value.is_string() || value.is_bool() || value.is_int() || value.is_float();
}

bool is_false(const Value& value) {
  return value.is_none() || (value.is_bool() && !value.as_bool()) ||
         (value.is_string() && value.as_string().empty()) ||
         (value.is_sequence() && value.as_items().empty()) ||
         (value.is_dict() && value.as_dict().empty());
}

// Profile → settings, collecting nothing: the first wrong key is the error.
class SettingsReader {
 public:
  explicit SettingsReader(const project::Project& project)
      : project_(project),
        credentials_(project.profile.credentials),
        dialect_(*warehouse::find_dialect("duckdb")) {}

  Result<WarehouseSettings> read() {
    SLUICE_TRY(refuse_unsupported());
    SLUICE_TRY(read_path());
    settings_.database = project_.profile.database;
    settings_.schema = project_.profile.schema;
    SLUICE_TRY(read_pairs("config_options"));
    SLUICE_TRY(read_pairs("settings"));
    SLUICE_TRY(read_extensions());
    SLUICE_TRY(read_secrets());
    SLUICE_TRY(read_attach());
    return std::move(settings_);
  }

 private:
  Status refuse_unsupported() const {
    static constexpr std::string_view kKeys[] = {
        "plugins",    "filesystems", "remote", "module_paths", "use_credential_provider",
        "is_ducklake"};
    for (std::string_view key : kKeys) {
      const Value* value = find_key(credentials_, key);
      if (value == nullptr || is_false(*value)) continue;
      Error error = profile_error(project_, fmt::format("\"{}\" is not supported yet", key),
                                  "remove the key; extensions, settings, secrets and attach work");
      return fail(ErrorCode::kWarehouseUnsupported, error.message(), error.hint());
    }
    return {};
  }

  Status read_path() {
    const Value* path = find_key(credentials_, "path");
    if (path != nullptr && !path->is_string())
      return fail(profile_error(project_, "\"path\" is not a text",
                                "write the path of a file, or \":memory:\""));
    settings_.path = path == nullptr || path->as_string().empty() ? ":memory:" : path->as_string();
    if (settings_.path.starts_with("md:") || settings_.path.starts_with("motherduck:"))
      return fail(ErrorCode::kWarehouseUnsupported,
                  fmt::format("MotherDuck is not supported: path \"{}\"", settings_.path),
                  "use a local file");
    if (settings_.path != ":memory:")
      settings_.path = normalize_path(join_path(project_.root, settings_.path));
    return {};
  }

  Status read_pairs(std::string_view key) {
    const Value* pairs = find_key(credentials_, key);
    if (pairs == nullptr) return {};
    if (!pairs->is_dict())
      return fail(profile_error(project_, fmt::format("\"{}\" is not a mapping", key),
                                "write one setting a line, e.g. memory_limit: 2GB"));
    for (const auto& entry : pairs->as_dict().entries()) {
      if (entry.value.is_none()) continue;
      if (!entry.key.is_string() || !is_scalar(entry.value))
        return fail(profile_error(project_,
                                  fmt::format("a value under \"{}\" is not a text or number", key),
                                  "settings are plain values"));
      settings_.settings.emplace_back(entry.key.as_string(), scalar_text(entry.value));
    }
    return {};
  }

  Status read_extensions() {
    const Value* extensions = find_key(credentials_, "extensions");
    if (extensions == nullptr) return {};
    if (!extensions->is_sequence())
      return fail(
          profile_error(project_, "\"extensions\" is not a list", "write e.g. [httpfs, parquet]"));
    for (const Value& item : extensions->as_items()) {
      std::string name = item.is_string() ? item.as_string() : text_of(find_key(item, "name"));
      if (name.empty())
        return fail(profile_error(project_, "an entry of \"extensions\" has no name",
                                  "write e.g. - httpfs"));
      settings_.extensions.push_back(std::move(name));
    }
    return {};
  }

  // One value of a secret: texts quoted, lists and maps in DuckDB's literal form.
  std::string literal(const Value& value) const {
    if (value.is_sequence()) {
      std::string text = "[";
      for (const Value& item : value.as_items())
        text += (text.size() > 1 ? ", " : "") + literal(item);
      return text + "]";
    }
    if (value.is_dict()) {
      std::string text = "MAP {";
      for (const auto& entry : value.as_dict().entries())
        text += (text.back() == '{' ? "" : ", ") + literal(entry.key) + ": " + literal(entry.value);
      return text + "}";
    }
    return value.is_string() ? dialect_.quote_string(value.as_string()) : scalar_text(value);
  }

  Status read_secrets() {
    const Value* secrets = find_key(credentials_, "secrets");
    if (secrets == nullptr) return {};
    if (!secrets->is_sequence())
      return fail(profile_error(project_, "\"secrets\" is not a list",
                                "begin each secret with \"- type:\""));
    for (const Value& secret : secrets->as_items()) {
      if (text_of(find_key(secret, "type")).empty())
        return fail(profile_error(project_, "a secret has no \"type\"", "add e.g. type: s3"));
      settings_.start_statements.push_back(create_secret(secret));
      ++num_secrets_;
    }
    return {};
  }

  std::string create_secret(const Value& secret) const {
    const std::string given = text_of(find_key(secret, "name"));
    const std::string name = given.empty() ? fmt::format("_sluice_secret_{}", num_secrets_) : given;
    const Value* persistent = find_key(secret, "persistent");
    const bool keeps = persistent != nullptr && persistent->is_bool() && persistent->as_bool();
    std::string text = fmt::format("CREATE OR REPLACE {}SECRET {} (TYPE {}",
                                   keeps ? "PERSISTENT " : "", dialect_.quote_identifier(name),
                                   dialect_.quote_identifier(text_of(find_key(secret, "type"))));
    static constexpr std::string_view kOwnKeys[] = {"type", "name", "persistent", "storage"};
    for (const auto& entry : secret.as_dict().entries()) {
      if (!entry.key.is_string() || entry.value.is_none()) continue;
      const std::string& key = entry.key.as_string();
      if (std::find(std::begin(kOwnKeys), std::end(kOwnKeys), key) != std::end(kOwnKeys)) continue;
      text += fmt::format(", {} {}", dialect_.quote_identifier(key), literal(entry.value));
    }
    return text + ")";
  }

  Status read_attach() {
    const Value* attach = find_key(credentials_, "attach");
    if (attach == nullptr) return {};
    if (!attach->is_sequence())
      return fail(profile_error(project_, "\"attach\" is not a list",
                                "begin each database with \"- path:\""));
    for (const Value& entry : attach->as_items()) {
      std::string path = text_of(find_key(entry, "path"));
      if (path.empty())
        return fail(profile_error(project_, "an entry of \"attach\" has no \"path\"",
                                  "add path: other.duckdb"));
      const bool is_plain_file = path.find(':') == std::string::npos;
      if (is_plain_file) path = normalize_path(join_path(project_.root, path));
      std::string text = "ATTACH IF NOT EXISTS " + dialect_.quote_string(path);
      const std::string alias = text_of(find_key(entry, "alias"));
      if (!alias.empty()) text += " AS " + dialect_.quote_identifier(alias);
      const std::string options = attach_options(entry);
      if (!options.empty()) text += " (" + options + ")";
      settings_.start_statements.push_back(std::move(text));
    }
    return {};
  }

  std::string attach_options(const Value& entry) const {
    std::vector<std::string> options;
    const std::string type = text_of(find_key(entry, "type"));
    if (!type.empty()) options.push_back("TYPE " + dialect_.quote_identifier(type));
    const std::string secret = text_of(find_key(entry, "secret"));
    if (!secret.empty()) options.push_back("SECRET " + dialect_.quote_identifier(secret));
    const Value* read_only = find_key(entry, "read_only");
    if (read_only != nullptr && read_only->is_bool() && read_only->as_bool())
      options.emplace_back("READ_ONLY");
    const Value* more = find_key(entry, "options");
    if (more != nullptr && more->is_dict())
      for (const auto& option : more->as_dict().entries())
        if (option.key.is_string())
          options.push_back(dialect_.quote_identifier(option.key.as_string()) + " " +
                            literal(option.value));
    return fmt::format("{}", fmt::join(options, ", "));
  }

  const project::Project& project_;
  const Value& credentials_;
  const warehouse::Dialect& dialect_;
  WarehouseSettings settings_;
  size_t num_secrets_ = 0;
};

}  // namespace

Result<WarehouseSettings> duckdb_settings(const project::Project& project) {
  return SettingsReader(project).read();
}

Result<std::unique_ptr<warehouse::Warehouse>> open_warehouse(FileSystem& fs,
                                                             const project::Project& project) {
  const std::string& type = project.profile.adapter_type;
  if (type == "duckdb") {
    SLUICE_ASSIGN(const WarehouseSettings settings, duckdb_settings(project));
    const size_t slash = settings.path.rfind('/');
    if (slash != std::string::npos && slash > 0)
      SLUICE_TRY(fs.make_directories(settings.path.substr(0, slash)));
    return warehouse::open_duckdb(settings);
  }
  const warehouse::Dialect* dialect = warehouse::find_dialect(type);
  if (dialect == nullptr) {
    const std::string nearest =
        nearest_name(type, std::array<std::string_view, 2>{"duckdb", "trino"});
    return fail(profile_error(
        project, fmt::format("unknown adapter type \"{}\"", type),
        nearest.empty() ? "use type: duckdb" : fmt::format("did you mean \"{}\"?", nearest)));
  }
  return warehouse::open_compile_only(*dialect);
}

}  // namespace sluice::run
