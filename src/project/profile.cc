// Only the chosen output is rendered, so a variable that is missing in another target harms nobody.
#include "project/profile.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/suggest.h"
#include "jinja/ops.h"
#include "project/profile_target.h"
#include "project/project_file.h"
#include "project/shape.h"
#include "project/yaml_renderer.h"
#include "project/yaml_value.h"

namespace sluice::project {

using jinja::Dict;
using jinja::Value;

namespace {

constexpr std::string_view kDefaultTarget = "default";
constexpr std::string_view kMemoryPath = ":memory:";
constexpr std::string_view kProfilesFile = "profiles.yml";

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "\"" : ", \"") + name + "\"";
  return out.empty() ? "none" : out;
}

std::vector<std::string> key_names(const yaml::Node& mapping) {
  std::vector<std::string> names;
  for (const auto& [key, value] : mapping.entries) names.emplace_back(key->text);
  return names;
}

// Each on a line of its own, as dbt.
std::string listed(const yaml::Node& mapping) {
  std::string out;
  for (const std::string& name : key_names(mapping)) out += "\n   - " + name;
  return out;
}

std::string nearest_hint(std::string_view wanted, const std::vector<std::string>& names) {
  const std::vector<std::string_view> views(names.begin(), names.end());
  const std::string near = nearest_name(wanted, views);
  return near.empty() ? std::string() : fmt::format("did you mean \"{}\"?", near);
}

std::string hint_with_names(std::string_view what, std::string_view wanted,
                            const std::vector<std::string>& names) {
  const std::string near = nearest_hint(wanted, names);
  return near.empty() ? fmt::format("{}: {}", what, joined(names)) : near;
}

// Registers the texts that stand right under a secret key; a mapping below one ("secrets:") has
// keys of its own.
void register_secrets(const Value& value, bool is_secret, SecretScrubber& scrubber) {
  if (value.is_string()) {
    if (is_secret) scrubber.add(value.as_string());
  } else if (value.is_sequence()) {
    for (const Value& item : value.as_items()) register_secrets(item, is_secret, scrubber);
  } else if (value.is_dict()) {
    for (const Dict::Entry& entry : value.as_dict().entries())
      register_secrets(entry.value, entry.key.is_string() && is_secret_key(entry.key.as_string()),
                       scrubber);
  }
}

// The folders where profiles.yml may be, in order.
std::vector<std::string> search_folders(const LoadOptions& options,
                                        const std::string& project_root) {
  if (!options.profiles_dir.empty())
    return {join_path(options.working_directory, options.profiles_dir)};
  std::vector<std::string> folders = {options.working_directory};
  if (project_root != options.working_directory) folders.push_back(project_root);
  auto home = options.environment.find("HOME");
  if (home != options.environment.end()) folders.push_back(join_path(home->second, ".dbt"));
  return folders;
}

// `attach:` entries with all their keys, as dbt-duckdb shows them in `target`.
Value shown_attachments(const Value& attachments) {
  if (!attachments.is_list()) return attachments;
  static constexpr std::array<std::string_view, 7> kKeys = {
      "path", "type", "alias", "secret", "read_only", "options", "is_ducklake"};
  std::vector<Value> out;
  for (const Value& attachment : attachments.as_items()) {
    if (!attachment.is_dict()) {
      out.push_back(attachment);
      continue;
    }
    Value shown = Value::dict();
    for (const std::string_view key : kKeys) {
      const Value* value = attachment.as_dict().find(key);
      if (value != nullptr)
        shown.as_dict().set(key, *value);
      else
        shown.as_dict().set(key, key == "read_only" ? Value::boolean(false) : Value::none());
    }
    out.push_back(std::move(shown));
  }
  return Value::list(std::move(out));
}

// What templates see of a DuckDB target: dbt-duckdb's keys in its order, absent ones as none.
Value duckdb_target(const Dict& credentials, const Profile& profile) {
  Value out = Value::dict();
  Dict& target = out.as_dict();
  target.set("database", Value::string(profile.database));
  target.set("schema", Value::string(profile.schema));
  const auto copy = [&](std::string_view key, Value fallback) {
    const Value* value = credentials.find(key);
    target.set(key, value != nullptr ? *value : std::move(fallback));
  };
  copy("path", Value::string(kMemoryPath));
  copy("config_options", Value::none());
  copy("extensions", Value::none());
  copy("settings", Value::dict());
  copy("external_root", Value::string("."));
  copy("use_credential_provider", Value::none());
  const Value* attach = credentials.find("attach");
  target.set("attach", attach != nullptr ? shown_attachments(*attach) : Value::none());
  copy("filesystems", Value::none());
  copy("remote", Value::none());
  copy("plugins", Value::none());
  copy("disable_transactions", Value::boolean(false));
  return out;
}

// The database name that DuckDB gives a file: "dir/shop.duckdb" → "shop".
std::string database_of_path(std::string_view path) {
  if (path.empty() || path.starts_with(kMemoryPath)) return "memory";
  path = path.substr(0, path.find('?'));
  for (const std::string_view scheme : {"md:", "motherduck:", "ducklake:"})
    if (path.starts_with(scheme)) path.remove_prefix(scheme.size());
  const size_t slash = path.rfind('/');
  if (slash != std::string_view::npos) path.remove_prefix(slash + 1);
  const size_t dot = path.rfind('.');
  if (dot != std::string_view::npos && dot > 0) path = path.substr(0, dot);
  return std::string(path);
}

class ProfileReader {
 public:
  ProfileReader(const yaml::Document& document, std::string file, const LoadOptions& options,
                const jinja::Scope& scope, Diagnostics& diagnostics)
      : shapes_(document, ErrorCode::kProfileInvalid, diagnostics),
        document_(document),
        options_(options),
        renderer_(scope, document) {
    profile_.file = std::move(file);
  }

  std::optional<Profile> read(const std::string& profile_name, SecretScrubber& scrubber) {
    const size_t before = shapes_.diagnostics().num_errors();
    const yaml::Node* entry = find_profile(profile_name);
    if (entry == nullptr || !choose_target(*entry)) return std::nullopt;
    const yaml::Node* output = find_output(*entry);
    if (output == nullptr) return std::nullopt;
    Result<Value> rendered = renderer_.render(*output);
    if (!rendered) {
      shapes_.diagnostics().add_error(std::move(rendered.error()));
      return std::nullopt;
    }
    profile_.credentials = std::move(*rendered);
    register_secrets(profile_.credentials, false, scrubber);
    read_type(*output);
    read_threads(*output);
    read_schema_and_database(*output);
    if (shapes_.diagnostics().num_errors() != before) return std::nullopt;
    profile_.target = make_target();
    return std::move(profile_);
  }

 private:
  const yaml::Node* find_profile(const std::string& name) {
    profile_.profile_name = name;
    const yaml::Node& root = document_.root();
    if (!root.is_mapping()) {
      shapes_.error(root, "profiles.yml must be a mapping of profiles",
                    fmt::format("begin it with \"{}:\"", name));
      return nullptr;
    }
    const yaml::Node* entry = root.find(name);
    if (entry == nullptr) {
      Error error(ErrorCode::kProfileNotFound,
                  fmt::format("Could not find profile named '{}'", name),
                  fmt::format("looked in {}; {}", profile_.file,
                              hint_with_names("profiles there", name, key_names(root))));
      shapes_.diagnostics().add_error(std::move(error));
      return nullptr;
    }
    if (!entry->is_mapping()) {
      shapes_.wrong(*entry, name, "a mapping", "give it \"target:\" and \"outputs:\"");
      return nullptr;
    }
    return entry;
  }

  bool choose_target(const yaml::Node& entry) {
    profile_.target_name = kDefaultTarget;
    if (!options_.target_name.empty()) {
      profile_.target_name = options_.target_name;
      return true;
    }
    const yaml::Node* node = ShapeReader::find(entry, "target");
    if (node == nullptr) return true;
    Result<Value> value = renderer_.render(*node);
    if (!value) {
      shapes_.diagnostics().add_error(std::move(value.error()));
      return false;
    }
    if (!value->is_string()) {
      shapes_.wrong(*node, "target", "text", "put the name in quotes");
      return false;
    }
    profile_.target_name = value->as_string();
    return true;
  }

  const yaml::Node* find_output(const yaml::Node& entry) {
    const yaml::Node* outputs = shapes_.mapping(entry, "outputs");
    if (outputs == nullptr) {
      if (ShapeReader::find(entry, "outputs") == nullptr)
        shapes_.error(entry,
                      fmt::format("profile \"{}\" has no \"outputs\"", profile_.profile_name),
                      "add \"outputs:\" with one entry per target");
      return nullptr;
    }
    const yaml::Node* output = outputs->find(profile_.target_name);
    if (output == nullptr) {
      Error error =
          error_at(ErrorCode::kProfileInvalid, document_, *outputs,
                   fmt::format("The profile '{}' does not have a target named '{}'. The valid "
                               "target names for this profile are:{}",
                               profile_.profile_name, profile_.target_name, listed(*outputs)),
                   nearest_hint(profile_.target_name, key_names(*outputs)));
      shapes_.diagnostics().add_error(std::move(error));
      return nullptr;
    }
    if (!output->is_mapping()) {
      shapes_.wrong(*output, profile_.target_name, "a mapping", "give it \"type: duckdb\"");
      return nullptr;
    }
    return output;
  }

  const Value* credential(std::string_view key) const {
    const Value* value = profile_.credentials.as_dict().find(key);
    return value != nullptr && !value->is_none() ? value : nullptr;
  }

  // Text of a key; empty when absent or wrong (reported).
  std::string text(const yaml::Node& output, std::string_view key) {
    const Value* value = credential(key);
    if (value == nullptr) return {};
    if (value->is_string()) return value->as_string();
    shapes_.wrong(*output.find(key), key, "text", "put the value in quotes");
    return {};
  }

  void read_type(const yaml::Node& output) {
    profile_.adapter_type = text(output, "type");
    if (profile_.adapter_type.empty() && credential("type") == nullptr)
      shapes_.error(output, fmt::format("target \"{}\" has no \"type\"", profile_.target_name),
                    "add \"type: duckdb\"");
  }

  void read_threads(const yaml::Node& output) {
    const Value* value = credential("threads");
    if (value != nullptr) {
      std::optional<Value> number = *value;
      if (value->is_string()) number = jinja::parse_int(value->as_string());
      if (number && number->is_int() && number->as_int() >= 1 && number->as_int() <= 4096)
        profile_.threads = static_cast<int>(number->as_int());
      else
        shapes_.wrong(*output.find("threads"), "threads", "a number from 1 to 4096",
                      "write threads: 4");
    }
    if (options_.threads > 0) profile_.threads = options_.threads;
  }

  void read_schema_and_database(const yaml::Node& output) {
    profile_.schema = text(output, "schema");
    profile_.database = text(output, "database");
    if (profile_.adapter_type != "duckdb") {
      ProfileNames names = profile_names(profile_.adapter_type, profile_.credentials.as_dict());
      profile_.database = std::move(names.database);
      profile_.schema = std::move(names.schema);
      if (profile_.schema.empty() && !profile_.adapter_type.empty())
        shapes_.error(output, fmt::format("target \"{}\" has no \"schema\"", profile_.target_name),
                      "add \"schema: name\"");
      return;
    }
    if (profile_.schema.empty()) profile_.schema = "main";
    const std::string of_path = database_of_path(text(output, "path"));
    if (profile_.database.empty()) {
      profile_.database = of_path;
    } else if (profile_.database != of_path) {
      shapes_.error(*output.find("database"),
                    fmt::format("\"database\" is \"{}\", but \"path\" makes it \"{}\"",
                                profile_.database, of_path),
                    "remove \"database\", or name the file after it");
    }
  }

  Value make_target() const {
    const Dict& credentials = profile_.credentials.as_dict();
    Value out = profile_.adapter_type == "duckdb"
                    ? duckdb_target(credentials, profile_)
                    : connection_target(profile_.adapter_type, credentials, profile_.database,
                                        profile_.schema);
    Dict& target = out.as_dict();
    target.set("type", Value::string(profile_.adapter_type));
    target.set("threads", Value::integer(profile_.threads));
    target.set("name", Value::string(profile_.target_name));
    target.set("target_name", Value::string(profile_.target_name));
    target.set("profile_name", Value::string(profile_.profile_name));
    return out;
  }

  ShapeReader shapes_;
  const yaml::Document& document_;
  const LoadOptions& options_;
  YamlRenderer renderer_;
  Profile profile_;
};

}  // namespace

ProfilesPlace find_profiles_file(const FileSystem& fs, const LoadOptions& options,
                                 const std::string& project_root) {
  const std::vector<std::string> folders = search_folders(options, project_root);
  for (const std::string& folder : folders)
    if (fs.exists(join_path(folder, kProfilesFile))) return {folder, true};
  return {folders.back(), false};
}

std::optional<std::string> only_profile(FileSystem& fs, const ProfilesPlace& place) {
  if (!place.exists) return std::nullopt;
  Diagnostics reported_later;
  const std::optional<yaml::Document> document = read_yaml(
      fs, join_path(place.folder, kProfilesFile), std::string(kProfilesFile), reported_later);
  if (!document || !document->root().is_mapping()) return std::nullopt;
  std::vector<std::string> names = key_names(document->root());
  std::erase(names, "config");  // settings of old
  if (names.size() != 1) return std::nullopt;
  return std::move(names.front());
}

std::optional<Profile> read_profile(FileSystem& fs, const LoadOptions& options,
                                    const ProfileRequest& request, const jinja::Scope& scope,
                                    SecretScrubber& scrubber, Diagnostics& diagnostics) {
  const ProfilesPlace place = find_profiles_file(fs, options, request.project_root);
  if (place.exists) {
    const std::string path = join_path(place.folder, kProfilesFile);
    const std::optional<yaml::Document> document =
        read_yaml(fs, path, relative_path(path, request.project_root), diagnostics);
    if (!document) return std::nullopt;
    return ProfileReader(*document, path, options, scope, diagnostics)
        .read(request.profile_name, scrubber);
  }
  diagnostics.add_error(
      Error(ErrorCode::kProfileNotFound,
            fmt::format("Could not find profile named '{}'", request.profile_name),
            fmt::format("there is no profiles.yml in {}; put it there or name its folder with "
                        "--profiles-dir",
                        joined(search_folders(options, request.project_root)))));
  return std::nullopt;
}

}  // namespace sluice::project
