#include "run/duckdb_settings.h"

#include <fmt/format.h>

#include <array>
#include <string_view>
#include <utility>

#include "base/file_system.h"
#include "run/duckdb_statements.h"

namespace sluice::run {
namespace {

using jinja::Value;
using warehouse::WarehouseSettings;

constexpr std::string_view kMemoryPath = ":memory:";

// Keys of dbt-duckdb that are Python all the way down, and what does the same here.
struct PythonKey {
  std::string_view key;
  std::string_view instead;
};
constexpr std::array<PythonKey, 2> kPythonKeys = {{
    {"filesystems",
     "fsspec is Python: read s3://, gs:// and https:// paths with the extension httpfs and "
     "`secrets`"},
    {"remote",
     "a Buena Vista server is not spoken to: use a file, or `attach` a server's database"},
}};

// Plugins whose work the engine does itself, with or without an extension; the others are Python.
struct PluginFact {
  std::string_view module;
  std::string_view extension;  // "" with no `instead`: nothing to load
  std::string_view instead;    // not supported: what to use
};
constexpr std::array<PluginFact, 9> kPlugins = {{
    {"excel", "excel", ""},
    {"delta", "delta", ""},
    {"iceberg", "iceberg", ""},
    {"native", "", ""},
    {"sqlalchemy", "",
     "attach the database: `attach: [{path: ..., type: postgres}]`, or type sqlite, mysql"},
    {"postgres", "", "attach the database: `attach: [{path: ..., type: postgres}]`"},
    {"glue", "",
     "read the tables with the extension iceberg (`attach` with type iceberg and `endpoint_type: "
     "glue`), or from s3:// paths"},
    {"gsheet", "", "export the sheet as CSV and read it as a seed or an external_location"},
    {"motherduck", "", "use a local file, or attach one"},
}};

bool is_absent(const Value* value) {
  return value == nullptr || (value->is_bool() && !value->as_bool()) ||
         (value->is_string() && value->as_string().empty()) ||
         (value->is_sequence() && value->as_items().empty()) ||
         (value->is_dict() && value->as_dict().empty());
}

bool is_scalar(const Value& value) {
  return value.is_string() || value.is_bool() || value.is_int() || value.is_float();
}

bool is_motherduck(std::string_view path) {
  return path.starts_with("md:") || path.starts_with("motherduck:");
}

// Whether a path is for the engine to understand (ducklake:…, s3://…, host=…) and not a file's.
bool is_plain_file(std::string_view path) {
  return path.find(':') == std::string_view::npos && path.find('=') == std::string_view::npos;
}

std::string lookup(const EnvironmentMap& environment, const std::string& name) {
  const auto found = environment.find(name);
  return found == environment.end() ? std::string() : found->second;
}

// Profile → settings; the first wrong key is the error.
class SettingsReader {
 public:
  SettingsReader(const project::Project& project, const EnvironmentMap& environment)
      : project_(project), environment_(environment), credentials_(project.profile.credentials) {}

  Result<WarehouseSettings> read() {
    settings_.database = project_.profile.database;
    settings_.schema = project_.profile.schema;
    settings_.extension_directory = default_extension_directory(environment_);
    settings_.disable_transactions = is_on(find_key(credentials_, "disable_transactions"));
    SLUICE_TRY(refuse_python());
    SLUICE_TRY(read_path());
    SLUICE_TRY(read_pairs("config_options"));
    SLUICE_TRY(read_pairs("settings"));
    SLUICE_TRY(read_extensions());
    SLUICE_TRY(read_plugins());
    SLUICE_TRY(read_retries());
    SLUICE_TRY(read_secrets());
    SLUICE_TRY(read_credential_provider());
    SLUICE_TRY(read_attach());
    return std::move(settings_);
  }

 private:
  tl::unexpected<Error> wrong(ErrorCode code, std::string message, std::string hint) const {
    Error error(code,
                fmt::format("profile \"{}\", target \"{}\": {}", project_.profile.profile_name,
                            project_.profile.target_name, message),
                std::move(hint));
    error.add_span(Span{project_.profile.file, 0, 0, 0, 0});
    return fail(std::move(error));
  }
  tl::unexpected<Error> invalid(std::string message, std::string hint) const {
    return wrong(ErrorCode::kProfileInvalid, std::move(message), std::move(hint));
  }
  tl::unexpected<Error> unsupported(std::string message, std::string hint) const {
    return wrong(ErrorCode::kWarehouseUnsupported, std::move(message), std::move(hint));
  }

  Status refuse_python() const {
    for (const PythonKey& key : kPythonKeys)
      if (!is_absent(find_key(credentials_, key.key)))
        return unsupported(fmt::format("\"{}\" is not supported", key.key),
                           std::string(key.instead));
    if (!is_absent(find_key(credentials_, "motherduck_token")))
      return unsupported("MotherDuck is not supported", "use a local file, or `attach` one");
    return {};
  }

  std::string file_path(std::string path) const {
    if (path == "~" || path.starts_with("~/")) path = lookup(environment_, "HOME") + path.substr(1);
    return normalize_path(join_path(project_.root, path));
  }

  Status read_path() {
    const Value* path = find_key(credentials_, "path");
    if (path != nullptr && !path->is_string())
      return invalid("\"path\" is not a text", "write the path of a file, or \":memory:\"");
    settings_.path = path == nullptr || path->as_string().empty() ? kMemoryPath : path->as_string();
    if (is_motherduck(settings_.path))
      return unsupported(fmt::format("MotherDuck is not supported: path \"{}\"", settings_.path),
                         "use a local file");
    if (settings_.path.starts_with(kMemoryPath)) {
      settings_.path = kMemoryPath;
    } else if (!settings_.path.starts_with("ducklake:")) {
      settings_.path = file_path(settings_.path);
    }
    return {};
  }

  Status read_pairs(std::string_view key) {
    const Value* pairs = find_key(credentials_, key);
    if (pairs == nullptr) return {};
    if (!pairs->is_dict())
      return invalid(fmt::format("\"{}\" is not a mapping", key),
                     "write one setting a line, e.g. memory_limit: 2GB");
    for (const auto& entry : pairs->as_dict().entries()) {
      if (entry.value.is_none()) continue;
      if (!entry.key.is_string() || !is_scalar(entry.value))
        return invalid(fmt::format("a value under \"{}\" is not a text or number", key),
                       "settings are plain values");
      if (entry.key.as_string() == "extension_directory")
        settings_.extension_directory = file_path(scalar_text(entry.value));
      else
        settings_.settings.emplace_back(entry.key.as_string(), scalar_text(entry.value));
    }
    return {};
  }

  // Entries are names or {name, repo}. Where the file came from is settled when it is fetched, so
  // `repo` is not needed to load it.
  Status read_extensions() {
    const Value* extensions = find_key(credentials_, "extensions");
    if (extensions == nullptr) return {};
    if (!extensions->is_sequence())
      return invalid("\"extensions\" is not a list", "write e.g. [httpfs, parquet]");
    for (const Value& item : extensions->as_items()) {
      std::string name = item.is_string() ? item.as_string() : text_of(find_key(item, "name"));
      if (name.empty())
        return invalid("an entry of \"extensions\" has no name", "write e.g. - httpfs");
      if (text_of(find_key(item, "repo")) == "community")
        settings_.allow_community_extensions = true;
      settings_.extensions.push_back(std::move(name));
    }
    return {};
  }

  Status read_plugins() {
    const Value* plugins = find_key(credentials_, "plugins");
    if (plugins == nullptr) return {};
    if (!plugins->is_sequence())
      return invalid("\"plugins\" is not a list", "begin each plugin with \"- module:\"");
    for (const Value& plugin : plugins->as_items()) {
      const std::string module = text_of(find_key(plugin, "module"));
      if (module.empty())
        return invalid("an entry of \"plugins\" has no \"module\"", "add e.g. module: excel");
      SLUICE_TRY(read_plugin(module));
    }
    return {};
  }

  Status read_plugin(const std::string& module) {
    for (const PluginFact& fact : kPlugins) {
      if (fact.module != module) continue;
      if (!fact.instead.empty())
        return unsupported(
            fmt::format("the plugin \"{}\" needs Python, which is not run for plugins", module),
            std::string(fact.instead));
      if (!fact.extension.empty()) settings_.extensions.emplace_back(fact.extension);
      return {};
    }
    return unsupported(
        fmt::format("the plugin \"{}\" is Python, which is not run for plugins", module),
        "do its work in a Python model, in a macro, or before the run; excel, delta "
        "and iceberg work without Python");
  }

  Result<int> attempts(const Value& retries, std::string_view key) const {
    const Value* value = find_key(retries, key);
    if (value == nullptr) return 1;
    if (!value->is_int() || value->as_int() < 1 || value->as_int() > 1000)
      return invalid(fmt::format("retries: \"{}\" is not a number from 1 to 1000", key),
                     fmt::format("write e.g. {}: 3", key));
    return static_cast<int>(value->as_int());
  }

  Status read_retries() {
    const Value* retries = find_key(credentials_, "retries");
    if (retries == nullptr) return {};
    if (!retries->is_dict())
      return invalid("\"retries\" is not a mapping", "write e.g. {connect_attempts: 3}");
    SLUICE_ASSIGN(settings_.connect_attempts, attempts(*retries, "connect_attempts"));
    SLUICE_ASSIGN(settings_.query_attempts, attempts(*retries, "query_attempts"));
    const Value* exceptions = find_key(*retries, "retryable_exceptions");
    if (exceptions == nullptr) return {};
    if (!exceptions->is_sequence())
      return invalid("retries: \"retryable_exceptions\" is not a list", "write e.g. [IOException]");
    settings_.retryable_exceptions.clear();
    for (const Value& name : exceptions->as_items())
      settings_.retryable_exceptions.push_back(text_of(&name));
    return {};
  }

  // A list, or one secret alone.
  Status read_secrets() {
    const Value* secrets = find_key(credentials_, "secrets");
    if (secrets == nullptr) return {};
    std::vector<Value> items;
    if (secrets->is_dict())
      items.push_back(*secrets);
    else if (secrets->is_sequence())
      items.assign(secrets->as_items().begin(), secrets->as_items().end());
    else
      return invalid("\"secrets\" is not a list", "begin each secret with \"- type:\"");
    size_t number = 0;
    for (const Value& secret : items) {
      if (text_of(find_key(secret, "type")).empty())
        return invalid("a secret has no \"type\"", "add e.g. type: s3");
      settings_.start_statements.push_back(create_secret(secret, ++number));
    }
    return {};
  }

  Status read_credential_provider() {
    const Value* provider = find_key(credentials_, "use_credential_provider");
    if (is_absent(provider)) return {};
    if (text_of(provider) != "aws" && !is_on(provider))
      return unsupported("\"use_credential_provider\" is known for aws only",
                         "give the keys in `secrets`");
    settings_.extensions.emplace_back("httpfs");
    settings_.extensions.emplace_back("aws");
    settings_.start_statements.push_back(
        {"asking AWS's credential chain",
         "CREATE OR REPLACE SECRET _dbt_credential_chain (TYPE s3, PROVIDER credential_chain)"});
    return {};
  }

  Status read_attach() {
    const Value* attach = find_key(credentials_, "attach");
    if (attach == nullptr) return {};
    if (!attach->is_sequence())
      return invalid("\"attach\" is not a list", "begin each database with \"- path:\"");
    for (const Value& entry : attach->as_items()) {
      std::string path = text_of(find_key(entry, "path"));
      if (path.empty())
        return invalid("an entry of \"attach\" has no \"path\"", "add path: other.duckdb");
      const std::string type = text_of(find_key(entry, "type"));
      if (is_motherduck(path) || type == "motherduck")
        return unsupported(fmt::format("MotherDuck is not supported: attach \"{}\"", path),
                           "attach a local file");
      const bool is_file = is_plain_file(path) && (type.empty() || type == "duckdb" ||
                                                   type == "sqlite" || type == "ducklake");
      if (is_file || path.starts_with("~")) path = file_path(path);
      settings_.start_statements.push_back(attach_database(entry, path));
    }
    return {};
  }

  const project::Project& project_;
  const EnvironmentMap& environment_;
  const Value& credentials_;
  WarehouseSettings settings_;
};

}  // namespace

std::string default_extension_directory(const EnvironmentMap& environment) {
  if (std::string given = lookup(environment, "SLUICE_EXTENSION_DIR"); !given.empty()) return given;
  const std::string home = lookup(environment, "HOME");
  return home.empty() ? std::string() : join_path(home, ".duckdb/extensions");
}

Result<WarehouseSettings> duckdb_settings(const project::Project& project,
                                          const EnvironmentMap& environment) {
  return SettingsReader(project, environment).read();
}

}  // namespace sluice::run
