#include "project/project_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "jinja/ops.h"
#include "project/config_trees.h"
#include "project/shape.h"
#include "project/yaml_renderer.h"
#include "project/yaml_value.h"

namespace sluice::project {

using jinja::Value;

namespace {

constexpr std::array<std::string_view, 44> kKnownKeys = {"name",
                                                         "config-version",
                                                         "version",
                                                         "profile",
                                                         "model-paths",
                                                         "seed-paths",
                                                         "test-paths",
                                                         "snapshot-paths",
                                                         "analysis-paths",
                                                         "macro-paths",
                                                         "docs-paths",
                                                         "asset-paths",
                                                         "function-paths",
                                                         "target-path",
                                                         "log-path",
                                                         "clean-targets",
                                                         "packages-install-path",
                                                         "require-dbt-version",
                                                         "vars",
                                                         "models",
                                                         "seeds",
                                                         "snapshots",
                                                         "tests",
                                                         "data_tests",
                                                         "unit_tests",
                                                         "sources",
                                                         "exposures",
                                                         "metrics",
                                                         "semantic-models",
                                                         "saved-queries",
                                                         "functions",
                                                         "on-run-start",
                                                         "on-run-end",
                                                         "quoting",
                                                         "dispatch",
                                                         "query-comment",
                                                         "restrict-access",
                                                         "flags",
                                                         "dbt-cloud",
                                                         "packages",
                                                         "analyses",
                                                         "project-root",
                                                         "source-paths",
                                                         "data-paths"};

constexpr std::array<std::string_view, 12> kSections = {
    "models",  "seeds",     "snapshots", "tests",           "data_tests",    "unit_tests",
    "sources", "exposures", "metrics",   "semantic-models", "saved-queries", "functions"};

bool is_hook_key(std::string_view key) {
  while (key.starts_with('+') || key.starts_with(' ')) key.remove_prefix(1);
  return key == "pre-hook" || key == "post-hook" || key == "pre_hook" || key == "post_hook";
}

// Hooks see a context that exists only when they run; vars are rendered where var() is called.
bool keep_as_written(const KeyPath& path) {
  if (path.empty()) return false;
  const std::string_view first = path[0];
  if (first == "on-run-start" || first == "on-run-end" || first == "query-comment" ||
      first == "vars")
    return true;
  if (first != "models" && first != "seeds" && first != "snapshots" && first != "tests" &&
      first != "functions")
    return false;
  return std::any_of(path.begin(), path.end(), is_hook_key);
}

bool is_valid_name(std::string_view name) {
  const auto is_word = [](char c) {
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           static_cast<unsigned char>(c) >= 0x80;
  };
  return !name.empty() && !(name[0] >= '0' && name[0] <= '9') &&
         std::all_of(name.begin(), name.end(), is_word);
}

class PackageReader {
 public:
  PackageReader(const yaml::Document& document, Diagnostics& diagnostics)
      : shapes_(document, ErrorCode::kProjectInvalid, diagnostics), root_(document.root()) {}

  Package read(const std::string& folder, const jinja::Scope& scope) {
    Package package;
    package.root = folder;
    package.config = Value::dict();
    package.vars = Value::dict();
    package.quoting = Value::dict();
    if (!root_.is_mapping()) {
      shapes_.error(root_, "dbt_project.yml must be a mapping",
                    "begin it with \"name: your_project\"");
      return package;
    }
    shapes_.refuse_unknown(root_, kKnownKeys);
    YamlRenderer renderer(scope, shapes_.document());
    Result<Value> rendered = renderer.render(root_, keep_as_written);
    if (!rendered) {
      shapes_.diagnostics().add_error(std::move(rendered.error()));
      return package;
    }
    package.config = std::move(*rendered);
    package.written_config = Value::dict();
    for (const std::string_view section : kSections)
      if (const yaml::Node* node = root_.find(section))
        package.written_config.as_dict().set(section, to_value(*node));
    read_identity(package);
    read_paths(package);
    read_mappings(package);
    read_hooks("on-run-start", package.on_run_start);
    read_hooks("on-run-end", package.on_run_end);
    return package;
  }

 private:
  // The rendered text of a key; `fallback` when absent.
  std::string rendered_text(const Package& package, std::string_view key, std::string fallback) {
    const Value* value = package.config.as_dict().find(key);
    if (value == nullptr || value->is_none()) return fallback;
    if (value->is_string()) return value->as_string();
    const yaml::Node* node = root_.find(key);
    // A number where text is meant (version: 1.0) reads as it was written.
    if (node->is_scalar() && !value->is_bool()) return std::string(node->text);
    shapes_.wrong(*node, key, "text", fmt::format("write one line of text after \"{}:\"", key));
    return fallback;
  }

  void read_identity(Package& package) {
    package.version = rendered_text(package, "version", "");
    if (ShapeReader::find(root_, "name") == nullptr) {
      shapes_.error(root_, "dbt_project.yml has no \"name\"", "add a line \"name: your_project\"");
      return;
    }
    package.name = rendered_text(package, "name", "");
    if (!package.name.empty() && !is_valid_name(package.name))
      shapes_.error(*root_.find("name"),
                    fmt::format("\"{}\" is no valid project name", package.name),
                    "use letters, digits and underscores, beginning with a letter");
  }

  std::vector<std::string> paths(const Package& package, std::string_view key,
                                 std::string_view old_key, std::vector<std::string> fallback) {
    const yaml::Node* node = ShapeReader::find(root_, key);
    if (node == nullptr && !old_key.empty()) {
      node = ShapeReader::find(root_, old_key);
      if (node != nullptr) {
        shapes_.warn(
            *root_.find_key(old_key), fmt::format("\"{}\" is an old name", old_key),
            fmt::format("rename it to \"{}\"", key),
            old_key == "data-paths" ? "ConfigDataPathDeprecation" : "ConfigSourcePathDeprecation");
        key = old_key;
      }
    }
    if (node == nullptr) return fallback;
    const Value* value = package.config.as_dict().find(key);
    if (!value->is_list()) {
      shapes_.sequence(root_, key);
      return fallback;
    }
    std::vector<std::string> out;
    for (size_t i = 0; i < value->as_items().size(); ++i) {
      const Value& item = value->as_items()[i];
      if (item.is_string())
        out.push_back(normalize_path(item.as_string()));
      else
        shapes_.wrong(*node->items[i], key, "a list of texts", "put the folder in quotes");
    }
    return out;
  }

  void read_paths(Package& package) {
    package.model_paths = paths(package, "model-paths", "source-paths", {"models"});
    package.seed_paths = paths(package, "seed-paths", "data-paths", {"seeds"});
    package.test_paths = paths(package, "test-paths", "", {"tests"});
    package.analysis_paths = paths(package, "analysis-paths", "", {"analyses"});
    package.macro_paths = paths(package, "macro-paths", "", {"macros"});
    package.snapshot_paths = paths(package, "snapshot-paths", "", {"snapshots"});
    package.docs_paths = paths(package, "docs-paths", "", {});
    package.asset_paths = paths(package, "asset-paths", "", {});
    package.function_paths = paths(package, "function-paths", "", {"functions"});
  }

  void read_mappings(Package& package) {
    const auto read = [&](std::string_view key, Value& into) {
      if (shapes_.mapping(root_, key) != nullptr) into = *package.config.as_dict().find(key);
    };
    read("vars", package.vars);
    read("quoting", package.quoting);
    for (const std::string_view section : kSections) shapes_.mapping(root_, section);
    const yaml::Node* tests = root_.find("tests");
    if (tests != nullptr && root_.find("data_tests") != nullptr)
      shapes_.error(*root_.find_key("tests"), "\"tests\" and \"data_tests\" cannot both be given",
                    "move all of \"tests\" below \"data_tests\"");
    package.config_trees =
        ConfigTrees::build(package.config, shapes_.document(), shapes_.diagnostics());
  }

  void read_hooks(std::string_view key, std::vector<Hook>& out) {
    const yaml::Node* node = ShapeReader::find(root_, key);
    if (node == nullptr) return;
    const auto add = [&](const yaml::Node& item) {
      if (item.is_string())
        out.push_back({std::string(item.text), shapes_.document().span(item)});
      else if (!item.is_null())
        shapes_.wrong(item, key, "text or a list of texts", "write each statement as text");
    };
    if (!node->is_sequence()) return add(*node);
    for (const yaml::Node* item : node->items) add(*item);
  }

  ShapeReader shapes_;
  const yaml::Node& root_;
};

void read_dispatch(const yaml::Node& root, ShapeReader& shapes, std::vector<DispatchRule>& out) {
  const yaml::Node* list = shapes.sequence(root, "dispatch");
  if (list == nullptr) return;
  for (const yaml::Node* item : list->items) {
    const std::string hint = "write {macro_namespace: package, search_order: [first, second]}";
    if (!item->is_mapping()) {
      shapes.wrong(*item, "dispatch", "a list of mappings", hint);
      continue;
    }
    const std::optional<std::string> name = shapes.text(*item, "macro_namespace");
    std::optional<std::vector<std::string>> order = shapes.texts(*item, "search_order");
    if (name && order)
      out.push_back({*name, std::move(*order)});
    else if (item->find("macro_namespace") == nullptr || item->find("search_order") == nullptr)
      shapes.error(*item, "a dispatch rule needs \"macro_namespace\" and \"search_order\"", hint);
  }
}

// dbt wants these on the command line, where they are not the default.
void warn_moved_path(ShapeReader& shapes, const yaml::Node& root, std::string_view key,
                     std::string_view usual, std::string event) {
  const yaml::Node* given = ShapeReader::find(root, key);
  if (given == nullptr || !given->is_string() || given->text == usual) return;
  std::string upper(key);
  std::transform(upper.begin(), upper.end(), upper.begin(), [](unsigned char c) {
    return c == '-' ? '_' : static_cast<char>(std::toupper(c));
  });
  shapes.warn(*root.find_key(key), fmt::format("\"{}\" in dbt_project.yml is deprecated", key),
              fmt::format("use the flag --{} or the environment variable DBT_{}", key, upper),
              std::move(event));
}

}  // namespace

std::optional<yaml::Document> read_yaml(FileSystem& fs, const std::string& path,
                                        const std::string& shown_name, Diagnostics& diagnostics) {
  Result<std::string> text = fs.read(path);
  if (!text) {
    diagnostics.add_error(std::move(text.error()));
    return std::nullopt;
  }
  Result<yaml::Document> document = yaml::parse(std::move(*text), shown_name);
  if (!document) {
    diagnostics.add_error(std::move(document.error()));
    return std::nullopt;
  }
  diagnostics.append(document->warnings());
  return std::move(*document);
}

std::optional<std::string> read_profile_name(const yaml::Document& document,
                                             const jinja::Scope& scope, Diagnostics& diagnostics) {
  const yaml::Node* node = ShapeReader::find(document.root(), "profile");
  if (node == nullptr) return std::nullopt;
  YamlRenderer renderer(scope, document);
  Result<Value> value = renderer.render(*node);
  if (!value) {
    diagnostics.add_error(std::move(value.error()));
    return std::nullopt;
  }
  if (value->is_string()) return value->as_string();
  ShapeReader shapes(document, ErrorCode::kProjectInvalid, diagnostics);
  shapes.wrong(*node, "profile", "text", "put the name in quotes");
  return std::nullopt;
}

Package read_package(const yaml::Document& document, const std::string& root,
                     const jinja::Scope& scope, Diagnostics& diagnostics) {
  return PackageReader(document, diagnostics).read(root, scope);
}

void read_root_settings(const yaml::Document& document, const Package& package,
                        const LoadOptions& options, Project& project, Diagnostics& diagnostics) {
  ShapeReader shapes(document, ErrorCode::kProjectInvalid, diagnostics);
  const yaml::Node& root = document.root();
  const auto setting = [&](std::string_view key, const std::string& flag, std::string fallback) {
    std::string value = std::move(fallback);
    if (shapes.text(root, key)) {
      const Value* rendered = package.config.as_dict().find(key);
      if (rendered != nullptr && rendered->is_string()) value = rendered->as_string();
    }
    return normalize_path(join_path(project.root, flag.empty() ? value : flag));
  };
  warn_moved_path(shapes, root, "log-path", "logs", "ConfigLogPathDeprecation");
  warn_moved_path(shapes, root, "target-path", "target", "ConfigTargetPathDeprecation");
  project.target_path = setting("target-path", options.target_path, "target");
  project.log_path = setting("log-path", options.log_path, "logs");
  project.packages_install_path = setting("packages-install-path", "", "dbt_packages");
  project.clean_targets =
      shapes.texts(root, "clean-targets").value_or(std::vector<std::string>{"target"});
  project.flags = shapes.mapping(root, "flags") != nullptr ? *package.config.as_dict().find("flags")
                                                           : Value::dict();
  const auto take_flag = [&project](std::string_view name, bool& flag) {
    const Value* given = project.flags.as_dict().find(name);
    if (given != nullptr && given->is_bool()) flag = given->as_bool();
  };
  BehaviourFlags& flags = project.behaviour_flags;
  take_flag("require_generic_test_arguments_property",
            flags.require_generic_test_arguments_property);
  take_flag("require_ref_searches_node_package_before_root",
            flags.require_ref_searches_node_package_before_root);
  take_flag("require_resource_names_without_spaces", flags.require_resource_names_without_spaces);
  take_flag("require_unique_project_resource_names", flags.require_unique_project_resource_names);
  take_flag("validate_macro_args", flags.validate_macro_args);
  take_flag("skip_nodes_if_on_run_start_fails", flags.skip_nodes_if_on_run_start_fails);
  project.has_query_comment = root.find("query-comment") != nullptr;
  if (project.has_query_comment)
    project.query_comment = *package.config.as_dict().find("query-comment");
  read_dispatch(root, shapes, project.dispatch);
}

}  // namespace sluice::project
