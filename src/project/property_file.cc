#include "project/property_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "jinja/ops.h"
#include "project/function_signature.h"
#include "project/model_versions.h"
#include "project/shape.h"
#include "project/yaml_renderer.h"
#include "project/yaml_value.h"
#include "yaml/node.h"

namespace sluice::project {

using jinja::Value;

namespace {

using Names = std::span<const std::string_view>;

constexpr std::array<std::string_view, 6> kNodeSections = {"models",   "seeds",      "snapshots",
                                                           "analyses", "data_tests", "functions"};
constexpr std::array<std::string_view, 7> kOtherSections = {
    "macros", "exposures", "groups", "metrics", "unit_tests", "semantic_models", "saved_queries"};
constexpr std::array<std::string_view, 16> kTopLevelKeys = {
    "version",         "models",        "seeds",     "snapshots", "analyses",   "sources",
    "macros",          "exposures",     "groups",    "metrics",   "unit_tests", "data_tests",
    "semantic_models", "saved_queries", "functions", "anchors"};
constexpr std::array<std::string_view, 24> kNodeKeys = {"name",
                                                        "description",
                                                        "columns",
                                                        "config",
                                                        "tests",
                                                        "data_tests",
                                                        "meta",
                                                        "docs",
                                                        "tags",
                                                        "access",
                                                        "group",
                                                        "contract",
                                                        "constraints",
                                                        "versions",
                                                        "latest_version",
                                                        "relation",
                                                        "deprecation_date",
                                                        "quote_columns",
                                                        "time_spine",
                                                        "freshness",
                                                        "primary_key",
                                                        "materialized",
                                                        "arguments",
                                                        "returns"};
constexpr std::array<std::string_view, 13> kColumnKeys = {
    "name", "description", "data_type", "tests",       "data_tests",  "quote",    "tags",
    "meta", "constraints", "config",    "granularity", "policy_tags", "dimension"};
constexpr std::array<std::string_view, 18> kSourceKeys = {"name",
                                                          "description",
                                                          "database",
                                                          "schema",
                                                          "loader",
                                                          "quoting",
                                                          "freshness",
                                                          "loaded_at_field",
                                                          "loaded_at_query",
                                                          "overrides",
                                                          "tables",
                                                          "config",
                                                          "meta",
                                                          "tags",
                                                          "tests",
                                                          "data_tests",
                                                          "external",
                                                          "catalog"};
constexpr std::array<std::string_view, 14> kTableKeys = {"name",
                                                         "description",
                                                         "identifier",
                                                         "quoting",
                                                         "freshness",
                                                         "loaded_at_field",
                                                         "loaded_at_query",
                                                         "external",
                                                         "columns",
                                                         "tests",
                                                         "data_tests",
                                                         "config",
                                                         "meta",
                                                         "tags"};
constexpr std::array<std::string_view, 14> kVersionKeys = {
    "v",    "defined_in", "description", "access", "config",   "constraints", "columns",
    "docs", "tests",      "data_tests",  "meta",   "contract", "group",       "deprecation_date"};
constexpr std::array<std::string_view, 3> kLateKeys = {"description", "tests", "data_tests"};
constexpr std::array<std::string_view, 3> kWithoutForNodes = {"columns", "tests", "data_tests"};
constexpr std::array<std::string_view, 4> kWithoutForColumns = {"name", "description", "tests",
                                                                "data_tests"};
constexpr std::array<std::string_view, 1> kWithoutForSources = {"tables"};
// Keys beside `config:` that mean the same as inside it.
constexpr std::array<std::string_view, 5> kShorthands = {"meta", "docs", "group", "contract",
                                                         "access"};

bool is_one_of(std::string_view name, Names names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_hook(std::string_view key) {
  return key == "pre-hook" || key == "post-hook" || key == "pre_hook" || key == "post_hook";
}

// Descriptions and tests are rendered later with more in scope, hooks when they run.
bool keep_in_node(const KeyPath& path) {
  if (is_one_of(path[0], kLateKeys)) return true;
  if (path.size() < 2) return false;
  if (path[0] == "config") return is_hook(path[1]);
  if (path[0] != "versions") return false;
  return is_one_of(path[1], kLateKeys) ||
         (path[1] == "config" && path.size() > 2 && is_hook(path[2])) ||
         (path[1] == "columns" && path.size() > 2 && is_one_of(path[2], kLateKeys));
}

bool keep_in_column(const KeyPath& path) { return is_one_of(path[0], kLateKeys); }

// A query for the newest row is rendered when it is run: it may name `this`.
bool keep_in_source(const KeyPath& path) {
  return keep_in_column(path) || path.back() == "loaded_at_query";
}

bool keep_in_macro(const KeyPath& path) {
  return path[0] == "description" ||
         (path[0] == "arguments" && path.size() > 1 && path[1] == "description");
}

bool keep_in_other(const KeyPath& path) {
  // Filters of metrics and saved queries are templates of the semantic layer's own.
  return std::any_of(path.begin(), path.end(), [](std::string_view key) {
    return key == "description" || key == "filter" || key == "where";
  });
}

bool keep_in_unit_test(const KeyPath& path) { return path[0] == "description"; }

class Reader {
 public:
  Reader(const yaml::Document& document, const PropertyFileName& name, const jinja::Scope& scope,
         PropertyFile& out)
      : document_(document),
        name_(name),
        shapes_(document, ErrorCode::kPropertyInvalid, out.diagnostics),
        renderer_(scope, document),
        out_(out) {}

  void read() {
    const yaml::Node& root = document_.root();
    if (root.is_null()) return;
    if (!root.is_mapping()) {
      shapes_.error(root, fmt::format("a property file must be a mapping, not {}", describe(root)),
                    "begin it with a key such as \"models:\"");
      return;
    }
    warn_misspelt(root, kTopLevelKeys);
    for (const std::string_view section : kNodeSections)
      each_entry(root, section, [&](const yaml::Node& entry) { read_node(entry, section); });
    each_entry(root, "sources", [&](const yaml::Node& entry) { read_source(entry); });
    for (const std::string_view section : kOtherSections)
      each_entry(root, section, [&](const yaml::Node& entry) { read_other(entry, section); });
  }

 private:
  void warn_misspelt(const yaml::Node& mapping, Names known) {
    if (name_.warn_misspelt) shapes_.warn_misspelt(mapping, known);
  }

  template <typename Body>
  void each_entry(const yaml::Node& mapping, std::string_view key, const Body& body) {
    const yaml::Node* list = mapping.find(key);
    if (list == nullptr) return;
    const std::string hint = "begin each entry with \"- name: …\", or remove the key";
    if (list->is_null())
      return shapes_.error(*mapping.find_key(key),
                           fmt::format("\"{}\" must be a list, not nothing", key), hint);
    if (!list->is_sequence()) return shapes_.wrong(*list, key, "a list", hint);
    for (const yaml::Node* entry : list->items)
      if (check_entry(*entry, key)) body(*entry);
  }

  bool check_entry(const yaml::Node& entry, std::string_view section) {
    if (entry.is_mapping()) return true;
    shapes_.error(
        entry,
        fmt::format("an entry of \"{}\" must be a mapping, not {}", section, describe(entry)),
        entry.is_scalar() ? fmt::format("write \"- name: {}\"", entry.text)
                          : std::string("write \"- name: …\""));
    return false;
  }

  // The name of an entry; nullopt and an error when it has none.
  std::optional<std::string> read_name(const yaml::Node& entry, std::string_view section) {
    if (ShapeReader::find(entry, "name") == nullptr) {
      shapes_.error(entry, fmt::format("an entry of \"{}\" has no name", section),
                    "add \"name:\" as its first key");
      return std::nullopt;
    }
    return shapes_.text(entry, "name");
  }

  std::string read_description(const yaml::Node& entry) {
    return shapes_.text(entry, "description").value_or(std::string());
  }

  Value render(const yaml::Node& entry, Names left_out, const KeepAsWritten& keep) {
    Result<Value> value = renderer_.render_without(entry, left_out, keep);
    if (value) return std::move(*value);
    shapes_.diagnostics().add_error(std::move(value.error()));
    return Value::dict();
  }

  std::vector<TestEntry> read_tests(const yaml::Node& entry) {
    std::vector<TestEntry> out;
    const bool both = entry.find("tests") != nullptr && entry.find("data_tests") != nullptr;
    if (both) {
      shapes_.error(*entry.find_key("tests"), "\"tests\" and \"data_tests\" cannot both be given",
                    "move all tests below \"data_tests\"");
      return out;
    }
    const std::string_view key = entry.find("tests") != nullptr ? "tests" : "data_tests";
    const yaml::Node* list = shapes_.sequence(entry, key);
    if (list == nullptr) return out;
    out.reserve(list->items.size());
    for (const yaml::Node* item : list->items) {
      if (item->is_string() || (item->is_mapping() && !item->entries.empty()))
        out.push_back({to_value(*item), document_.span(*item)});
      else
        shapes_.error(*item,
                      fmt::format("a test must be a name or a mapping, not {}", describe(*item)),
                      "write \"- not_null\" or \"- accepted_values: {values: […]}\"");
    }
    return out;
  }

  std::vector<ColumnProperties> read_columns(const yaml::Node& entry) {
    std::vector<ColumnProperties> out;
    const yaml::Node* list = shapes_.sequence(entry, "columns");
    if (list == nullptr) return out;
    out.reserve(list->items.size());
    for (const yaml::Node* column : list->items) read_column(*column, "columns", out);
    return out;
  }

  void read_column(const yaml::Node& column, std::string_view section,
                   std::vector<ColumnProperties>& out) {
    if (!check_entry(column, section)) return;
    warn_misspelt(column, kColumnKeys);
    std::optional<std::string> name = read_name(column, section);
    if (!name) return;
    shapes_.mapping(column, "config");
    shapes_.mapping(column, "meta");
    ColumnProperties properties;
    properties.name = std::move(*name);
    properties.description = read_description(column);
    properties.entry = render(column, kWithoutForColumns, keep_in_column);
    properties.tests = read_tests(column);
    properties.span = document_.span(*column.find("name"));
    out.push_back(std::move(properties));
  }

  // Its `config:`, with the shorthands beside it moved in.
  Value read_config(const yaml::Node& entry, const Value& rendered, bool with_shorthands) {
    Value config = Value::dict();
    const yaml::Node* node = shapes_.mapping(entry, "config");
    if (node != nullptr) {
      const Value* value = rendered.as_dict().find("config");
      if (value != nullptr && value->is_dict())
        for (const auto& item : value->as_dict().entries())
          config.as_dict().set(item.key, item.value);
    }
    if (!with_shorthands) return config;
    for (const std::string_view key : kShorthands) {
      const Value* value = rendered.as_dict().find(key);
      if (value == nullptr || value->is_none()) continue;
      if (config.as_dict().find(key) != nullptr)
        shapes_.error(*entry.find_key(key),
                      fmt::format("\"{}\" is given both here and inside \"config\"", key),
                      "keep the one inside \"config\"");
      else
        config.as_dict().set(key, *value);
    }
    return config;
  }

  void read_node(const yaml::Node& entry, std::string_view section) {
    warn_misspelt(entry, kNodeKeys);
    std::optional<std::string> name = read_name(entry, section);
    if (!name) return;
    for (const std::string_view key : {"meta", "docs", "contract"}) shapes_.mapping(entry, key);
    NodeProperties node;
    node.yaml_key = std::string(section);
    node.name = std::move(*name);
    node.description = read_description(entry);
    node.entry = render(entry, kWithoutForNodes, keep_in_node);
    node.config = read_config(entry, node.entry, true);
    if (section == "functions") {  // they have no columns, and nothing tests them
      check_function_signature(entry, node.name, shapes_);
    } else {
      node.columns = read_columns(entry);
      node.tests = read_tests(entry);
    }
    node.file = name_.path;
    node.span = document_.span(*entry.find("name"));
    node.package = name_.package;
    node.file_stem = node.name;
    if (section == "models" && read_versions(entry, node)) return;
    out_.nodes.push_back(std::move(node));
  }

  // False: the model has no versions.
  bool read_versions(const yaml::Node& entry, const NodeProperties& model) {
    const yaml::Node* list = shapes_.sequence(entry, "versions");
    if (list == nullptr || list->items.empty()) return false;
    std::vector<VersionProperties> versions;
    each_entry(entry, "versions", [&](const yaml::Node& version) {
      if (std::optional<VersionProperties> read = read_version(version, model.name))
        versions.push_back(std::move(*read));
    });
    std::vector<NodeProperties> expanded = expand_versions(
        model, std::move(versions), ShapeReader::find(entry, "latest_version"), shapes_);
    std::move(expanded.begin(), expanded.end(), std::back_inserter(out_.nodes));
    return true;
  }

  std::optional<VersionProperties> read_version(const yaml::Node& entry, const std::string& model) {
    const yaml::Node* number = ShapeReader::find(entry, "v");
    const Value value = number == nullptr ? Value::none() : to_value(*number);
    if (!value.is_string() && !value.is_int() && !value.is_float()) {
      shapes_.error(
          number == nullptr ? entry : *number,
          fmt::format("a version of model \"{}\" has no \"v\" that is a number or text", model),
          "write \"- v: 1\"");
      return std::nullopt;
    }
    warn_misspelt(entry, kVersionKeys);
    for (const std::string_view key : {"meta", "docs", "contract"}) shapes_.mapping(entry, key);
    VersionProperties version;
    version.version = value;
    version.text = jinja::to_str(version.version).value_or(std::string(number->text));
    version.defined_in = shapes_.text(entry, "defined_in");
    version.description = shapes_.text(entry, "description");
    version.entry = render(entry, kWithoutForNodes, keep_in_node);
    version.config = read_config(entry, version.entry, true);
    version.span = document_.span(*number);
    if (entry.find("tests") != nullptr || entry.find("data_tests") != nullptr)
      version.tests = read_tests(entry);
    if (const yaml::Node* columns = shapes_.sequence(entry, "columns"))
      version.columns = read_version_columns(*columns);
    return version;
  }

  std::optional<VersionColumns> read_version_columns(const yaml::Node& list) {
    VersionColumns out;
    for (const yaml::Node* item : list.items) {
      if (!item->is_mapping() || item->find("name") != nullptr) {
        read_column(*item, "columns", out.own);
        continue;
      }
      if (out.has_include_element) {
        shapes_.error(*item, "version can have at most one include/exclude element",
                      "merge the two into one: {include: all, exclude: [name]}");
        continue;
      }
      out.has_include_element = true;
      read_column_choice(*item, out);
    }
    return out;
  }

  void read_column_choice(const yaml::Node& item, VersionColumns& out) {
    const yaml::Node* include = item.find("include");
    if (include == nullptr) {
      shapes_.error(item, "an entry of \"columns\" has neither \"name\" nor \"include\"",
                    "write {include: all, exclude: [name]}, or \"- name: …\"");
      return;
    }
    if (include->is_string() && (include->text == "all" || include->text == "*")) {
      out.excluded = shapes_.texts(item, "exclude").value_or(std::vector<std::string>());
      return;
    }
    out.included = shapes_.texts(item, "include");
    if (item.find("exclude") != nullptr)
      shapes_.error(*item.find_key("exclude"),
                    "\"exclude\" goes together with \"include: all\" only",
                    "name the columns to keep under \"include\" and remove \"exclude\"");
  }

  void read_source(const yaml::Node& entry) {
    warn_misspelt(entry, kSourceKeys);
    std::optional<std::string> name = read_name(entry, "sources");
    if (!name) return;
    for (const std::string_view key : {"meta", "quoting"}) shapes_.mapping(entry, key);
    SourceProperties source;
    source.name = std::move(*name);
    source.description = read_description(entry);
    source.entry = render(entry, kWithoutForSources, keep_in_source);
    source.config = read_config(entry, source.entry, false);
    source.file = name_.path;
    source.span = document_.span(*entry.find("name"));
    source.package = name_.package;
    each_entry(entry, "tables", [&](const yaml::Node& table) {
      if (std::optional<SourceTableProperties> read = read_table(table))
        source.tables.push_back(std::move(*read));
    });
    out_.sources.push_back(std::move(source));
  }

  std::optional<SourceTableProperties> read_table(const yaml::Node& entry) {
    warn_misspelt(entry, kTableKeys);
    std::optional<std::string> name = read_name(entry, "tables");
    if (!name) return std::nullopt;
    for (const std::string_view key : {"meta", "quoting"}) shapes_.mapping(entry, key);
    SourceTableProperties table;
    table.name = std::move(*name);
    table.description = read_description(entry);
    table.entry = render(entry, kWithoutForNodes, keep_in_source);
    table.config = read_config(entry, table.entry, false);
    table.columns = read_columns(entry);
    table.tests = read_tests(entry);
    table.span = document_.span(*entry.find("name"));
    return table;
  }

  void read_other(const yaml::Node& entry, std::string_view section) {
    std::optional<std::string> name = read_name(entry, section);
    if (!name) return;
    OtherProperties other;
    other.yaml_key = std::string(section);
    other.name = std::move(*name);
    const KeepAsWritten keep = section == "unit_tests" ? KeepAsWritten(keep_in_unit_test)
                               : section == "macros"   ? KeepAsWritten(keep_in_macro)
                                                       : KeepAsWritten(keep_in_other);
    other.entry = render(entry, {}, keep);
    other.file = name_.path;
    other.span = document_.span(*entry.find("name"));
    other.package = name_.package;
    out_.others.push_back(std::move(other));
  }

  const yaml::Document& document_;
  const PropertyFileName& name_;
  ShapeReader shapes_;
  YamlRenderer renderer_;
  PropertyFile& out_;
};

}  // namespace

PropertyFile read_property_file(std::string text, const PropertyFileName& name,
                                const jinja::Scope& scope) {
  PropertyFile out;
  Result<yaml::Document> document = yaml::parse(std::move(text), name.shown_path);
  if (!document) {
    out.diagnostics.add_error(std::move(document.error()));
    return out;
  }
  out.diagnostics.append(document->warnings());
  Reader(*document, name, scope, out).read();
  return out;
}

}  // namespace sluice::project
