#include "compile/resource_shape.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>

#include "compile/config_defaults.h"

namespace sluice::compile {

namespace {

using jinja::Dict;
using jinja::Value;

// What every kind of resource says of itself, in dbt's order.
template <typename Resource>
void describe_identity(TreeSink& sink, const Resource& resource, ResourceType type) {
  sink.field("name", resource.name);
  sink.field("resource_type", project::resource_type_name(type));
  sink.field("package_name", resource.package_name);
  sink.field("path", resource.path);
  sink.field("original_file_path", resource.original_file_path);
  sink.field("unique_id", resource.unique_id);
}

const Value* member(const Value& dict, std::string_view key) {
  return dict.is_dict() ? dict.as_dict().find(key) : nullptr;
}

Value member_or_none(const Value& dict, std::string_view key) {
  const Value* found = member(dict, key);
  return found == nullptr ? Value::none() : *found;
}

// The entry's key, or null.
void copy_field(TreeSink& sink, std::string_view name, const Value& entry) {
  sink.field(name, member_or_none(entry, name));
}

void flag_or(TreeSink& sink, std::string_view name, const Value& entry, bool otherwise) {
  const Value* given = member(entry, name);
  sink.flag(name, given != nullptr && given->is_bool() ? given->as_bool() : otherwise);
}

// Every key of `entry` that is not in `known`.
template <size_t N>
void other_fields(TreeSink& sink, const Value& entry,
                  const std::array<std::string_view, N>& known) {
  if (!entry.is_dict()) return;
  for (const Dict::Entry& item : entry.as_dict().entries())
    if (item.key.is_string() &&
        std::find(known.begin(), known.end(), item.key.as_string()) == known.end())
      sink.field(item.key.as_string(), item.value);
}

void constraints(TreeSink& sink, const Value* given, bool of_model) {
  sink.key("constraints");
  sink.begin_array();
  if (given != nullptr && given->is_list()) {
    for (const Value& constraint : given->as_items()) {
      sink.begin_object();
      for (const std::string_view key : {"type", "name", "expression"})
        copy_field(sink, key, constraint);
      flag_or(sink, "warn_unenforced", constraint, true);
      flag_or(sink, "warn_unsupported", constraint, true);
      copy_field(sink, "to", constraint);
      sink.list_field("to_columns", member_or_none(constraint, "to_columns"));
      if (of_model) sink.list_field("columns", member_or_none(constraint, "columns"));
      sink.end_object();
    }
  }
  sink.end_array();
}

void describe_column(TreeSink& sink, const Column& column) {
  static constexpr std::array<std::string_view, 2> kConfig{"meta", "tags"};
  static constexpr std::array<std::string_view, 11> kKnown{
      "name",   "description", "meta",        "data_type", "constraints", "quote",
      "config", "tags",        "granularity", "tests",     "data_tests"};
  sink.begin_object();
  sink.field("name", column.name);
  sink.field("description", column.description);
  sink.dict_field("meta", column.meta);
  sink.optional_field("data_type", column.data_type);
  constraints(sink, member(column.entry, "constraints"), false);
  if (column.quote)
    sink.flag("quote", *column.quote);
  else
    sink.null_field("quote");
  sink.key("config");
  sink.begin_object();
  sink.dict_field("meta", column.meta);
  sink.texts("tags", column.tags);
  if (const Value* config = member(column.entry, "config")) other_fields(sink, *config, kConfig);
  sink.end_object();
  sink.texts("tags", column.tags);
  copy_field(sink, "granularity", column.entry);
  sink.texts("doc_blocks", column.doc_blocks);
  other_fields(sink, column.entry, kKnown);
  sink.end_object();
}

void describe_columns(TreeSink& sink, const std::vector<Column>& columns) {
  sink.key("columns");
  sink.begin_object();
  for (const Column& column : columns) {
    sink.key(column.name);
    describe_column(sink, column);
  }
  sink.end_object();
}

// A version that reads as a number was written as one.
void write_version(TreeSink& sink, const std::string& version) {
  if (version.empty()) return sink.null();
  int64_t whole = 0;
  const char* const end = version.data() + version.size();
  if (const auto [rest, problem] = std::from_chars(version.data(), end, whole);
      problem == std::errc() && rest == end)
    return sink.integer(whole);
  double number = 0;
  if (const auto [rest, problem] = std::from_chars(version.data(), end, number);
      problem == std::errc() && rest == end)
    return sink.number(number);
  sink.string(version);
}

void describe_refs(TreeSink& sink, const std::vector<RefCall>& refs) {
  sink.key("refs");
  sink.begin_array();
  for (const RefCall& ref : refs) {
    sink.begin_object();
    sink.field("name", ref.name);
    sink.optional_field("package", ref.package);
    sink.key("version");
    if (ref.version_is_text)
      sink.string(ref.version);
    else
      write_version(sink, ref.version);
    sink.end_object();
  }
  sink.end_array();
}

void describe_source_calls(TreeSink& sink, const std::vector<SourceCall>& sources) {
  sink.key("sources");
  sink.begin_array();
  for (const SourceCall& call : sources) {
    sink.begin_array();
    sink.string(call.source);
    sink.string(call.table);
    sink.end_array();
  }
  sink.end_array();
}

// ["revenue"] or ["package", "revenue"] for each call of metric() or function().
void describe_named_calls(TreeSink& sink, std::string_view key, const std::vector<RefCall>& calls) {
  sink.key(key);
  sink.begin_array();
  for (const RefCall& call : calls) {
    sink.begin_array();
    if (!call.package.empty()) sink.string(call.package);
    sink.string(call.name);
    sink.end_array();
  }
  sink.end_array();
}

void describe_depends_on(TreeSink& sink, const std::vector<SharedText>& macros,
                         const std::vector<SharedText>* nodes) {
  sink.key("depends_on");
  sink.begin_object();
  sink.texts("macros", macros);
  if (nodes != nullptr) sink.texts("nodes", *nodes);
  sink.end_object();
}

void created_at(TreeSink& sink, int64_t micros) {
  sink.key("created_at");
  sink.number(static_cast<double>(micros) / 1e6);
}

Value docs_of(const Value& given) {
  Value docs = Value::dict();
  docs.as_dict().set("show", Value::boolean(true));
  docs.as_dict().set("node_color", Value::none());
  if (given.is_dict())
    for (const Dict::Entry& entry : given.as_dict().entries())
      docs.as_dict().set(entry.key, entry.value);
  return docs;
}

// Keys that all nodes begin with.
void describe_head(TreeSink& sink, const Node& node) {
  sink.field("database", node.database);
  sink.field("schema", node.schema);
  describe_identity(sink, node, node.type);
  sink.texts("fqn", node.fqn);
  sink.field("alias", node.alias);
  // A generic test has no file of its own to be checked.
  const bool has_checksum = !node.test_metadata.has_value();
  sink.key("checksum");
  sink.begin_object();
  sink.field("name", std::string_view(!has_checksum           ? "none"
                                      : node.checksum_is_path ? "path"
                                                              : "sha256"));
  sink.field("checksum", has_checksum ? std::string_view(node.checksum) : std::string_view());
  sink.end_object();
  sink.key("config");
  sink.shared_value(node.config.is_none() ? Value::dict() : node.config);
  sink.texts("tags", node.tags);
  sink.field("description", node.description);
  describe_columns(sink, node.columns);
  sink.dict_field("meta", node.meta);
  sink.optional_field("group", node.group);
  sink.field("docs", docs_of(node.docs));
  sink.optional_field("patch_path", node.patch_path);
  sink.null_field("build_path");
  sink.dict_field("unrendered_config", node.unrendered_config);
  created_at(sink, node.created_at_micros);
  sink.optional_field("relation_name", node.relation_name);
  sink.field("raw_code", node.raw_code);
  sink.texts("doc_blocks", node.doc_blocks);
}

// What compiling gave.
void describe_compiled(TreeSink& sink, const Node& node) {
  sink.optional_field("compiled_path", node.compiled_path);
  if (node.compiled) {
    sink.flag("compiled", true);
    sink.field("compiled_code", node.compiled_code);
    sink.flag("extra_ctes_injected", node.extra_ctes_injected);
    sink.key("extra_ctes");
    sink.begin_array();
    for (const ExtraCte& cte : node.extra_ctes) {
      sink.begin_object();
      sink.field("id", cte.id);
      sink.field("sql", cte.sql);
      sink.end_object();
    }
    sink.end_array();
  }
  const Value contract = member_or_none(node.config, "contract");
  sink.key("contract");
  sink.begin_object();
  flag_or(sink, "enforced", contract, false);
  flag_or(sink, "alias_types", contract, true);
  sink.optional_field("checksum", node.contract_checksum);
  sink.end_object();
}

void describe_model_tail(TreeSink& sink, const Node& node,
                         const std::vector<std::string>& primary_key) {
  sink.field("access", node.access);
  constraints(sink, &node.constraints, true);
  sink.field("version", node.version);
  sink.field("latest_version", node.latest_version);
  sink.field("deprecation_date", node.deprecation_date);
  sink.texts("primary_key", primary_key);
  sink.field("time_spine", node.time_spine);
}

void describe_test_tail(TreeSink& sink, const Node& node) {
  sink.optional_field("column_name", node.column_name);
  sink.field("file_key_name", node.file_key_name);
  sink.optional_field("attached_node", node.attached_node);
  sink.key("test_metadata");
  sink.begin_object();
  sink.field("name", node.test_metadata->name);
  sink.dict_field("kwargs", node.test_metadata->kwargs);
  sink.optional_field("namespace", node.test_metadata->macro_namespace);
  sink.end_object();
}

void describe_owner(TreeSink& sink, const Value& owner) {
  static constexpr std::array<std::string_view, 2> kKnown{"email", "name"};
  sink.key("owner");
  sink.begin_object();
  for (const std::string_view key : kKnown) copy_field(sink, key, owner);
  other_fields(sink, owner, kKnown);
  sink.end_object();
}

void describe_quoting(TreeSink& sink, const Value& quoting) {
  sink.key("quoting");
  sink.begin_object();
  for (const std::string_view key : {"database", "schema", "identifier", "column"})
    copy_field(sink, key, quoting);
  sink.end_object();
}

// The config of a source with what its properties say outside of `config:`.
Value source_config(const Source& source) {
  Value config = Value::dict();
  if (source.config.is_dict())
    for (const Dict::Entry& entry : source.config.as_dict().entries())
      config.as_dict().set(entry.key, entry.value);
  config.as_dict().set("loaded_at_field", source.loaded_at_field);
  config.as_dict().set("loaded_at_query", source.loaded_at_query);
  fill_config_defaults(config, ResourceType::kSource);
  config.as_dict().set("freshness", source.freshness);  // null is null: it was refused
  return config;
}

// The config of an exposure with the meta and tags of its entry.
Value exposure_config(const Exposure& exposure) {
  Value config = exposure.config;
  fill_config_defaults(config, ResourceType::kExposure);
  Value meta = Value::dict();
  for (const Value& part : {member_or_none(exposure.entry, "meta"), member_or_none(config, "meta")})
    if (part.is_dict())
      for (const Dict::Entry& entry : part.as_dict().entries())
        meta.as_dict().set(entry.key, entry.value);
  config.as_dict().set("meta", std::move(meta));
  std::vector<Value> tags;
  for (const std::string& tag : exposure.tags) tags.push_back(Value::string(tag));
  config.as_dict().set("tags", Value::list(std::move(tags)));
  return config;
}

void describe_external(TreeSink& sink, const Value& external) {
  static constexpr std::array<std::string_view, 5> kKnown{"location", "file_format", "row_format",
                                                          "tbl_properties", "partitions"};
  sink.key("external");
  if (!external.is_dict()) return sink.value(external);
  sink.begin_object();
  for (const std::string_view key : kKnown) copy_field(sink, key, external);
  other_fields(sink, external, kKnown);
  sink.end_object();
}

// What the property file says of `database` or `schema`; null when it says nothing.
Value written_of_source(const Manifest& manifest, const Source& source, std::string_view key) {
  if (manifest.project != nullptr)
    for (const project::SourceProperties& properties : manifest.project->sources)
      if (properties.package == source.package && properties.name == source.source_name)
        return member_or_none(properties.entry, key);
  return Value::none();
}

// Words of "['sql', 'python']"; materializations without a list support SQL.
std::vector<std::string> languages(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_') {
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  if (!word.empty()) words.push_back(std::move(word));
  if (words.empty()) words.emplace_back("sql");
  return words;
}

}  // namespace

std::string_view below_resource_folder(const Manifest& manifest, size_t package,
                                       std::string_view file) {
  if (manifest.project == nullptr || package >= manifest.project->packages.size()) return file;
  const project::Package& owner = manifest.project->packages[package];
  for (const auto* folders :
       {&owner.model_paths, &owner.seed_paths, &owner.snapshot_paths, &owner.test_paths,
        &owner.analysis_paths, &owner.macro_paths, &owner.function_paths}) {
    for (const std::string& folder : *folders)
      if (file.size() > folder.size() && file.starts_with(folder) && file[folder.size()] == '/')
        return file.substr(folder.size() + 1);
  }
  return file;
}

void describe_node(TreeSink& sink, const Node& node, const std::vector<std::string>& primary_key) {
  const bool is_function = node.type == ResourceType::kFunction;
  sink.begin_object();
  if (is_function) sink.field("returns", node.returns);
  describe_head(sink, node);
  if (node.type == ResourceType::kSeed) {
    sink.optional_field("root_path", node.root_path);
    describe_depends_on(sink, node.depends_on_macros, nullptr);
    sink.end_object();
    return;
  }
  sink.field("language", node.language);
  describe_refs(sink, node.refs);
  describe_source_calls(sink, node.sources);
  describe_named_calls(sink, "metrics", node.metrics);
  describe_named_calls(sink, "functions", node.functions);
  describe_depends_on(sink, node.depends_on_macros, &node.depends_on_nodes);
  describe_compiled(sink, node);
  if (node.type == ResourceType::kModel) describe_model_tail(sink, node, primary_key);
  if (node.test_metadata) describe_test_tail(sink, node);
  if (is_function) sink.list_field("arguments", node.arguments);
  if (node.type == ResourceType::kOperation) {
    sink.key("index");
    sink.integer(node.hook_index);
  }
  sink.end_object();
}

void describe_source(TreeSink& sink, const Manifest& manifest, const Source& source) {
  const Value config = source_config(source);
  sink.begin_object();
  sink.field("database", source.database);
  sink.field("schema", source.schema);
  describe_identity(sink, source, ResourceType::kSource);
  sink.texts("fqn", source.fqn);
  sink.field("source_name", source.source_name);
  sink.field("source_description", source.source_description);
  sink.field("loader", source.loader);
  sink.field("identifier", source.identifier);
  describe_quoting(sink, source.quoting);
  for (const std::string_view key : {"loaded_at_field", "loaded_at_query", "freshness"})
    copy_field(sink, key, config);
  describe_external(sink, source.external);
  sink.field("description", source.description);
  describe_columns(sink, source.columns);
  sink.dict_field("meta", source.meta);
  sink.dict_field("source_meta", source.source_meta);
  sink.texts("tags", source.tags);
  sink.field("config", config);
  sink.null_field("patch_path");
  sink.dict_field("unrendered_config", source.unrendered_config);
  sink.optional_field("relation_name", source.relation_name);
  created_at(sink, source.created_at_micros);
  sink.field("unrendered_database", written_of_source(manifest, source, "database"));
  sink.field("unrendered_schema", written_of_source(manifest, source, "schema"));
  sink.texts("doc_blocks", source.doc_blocks);
  sink.end_object();
}

void describe_exposure(TreeSink& sink, const Manifest& manifest, const Exposure& exposure) {
  const Value config = exposure_config(exposure);
  sink.begin_object();
  sink.field("name", exposure.name);
  sink.field("resource_type", project::resource_type_name(ResourceType::kExposure));
  sink.field("package_name", exposure.package_name);
  sink.field("path", below_resource_folder(manifest, exposure.package, exposure.path));
  sink.field("original_file_path", exposure.original_file_path);
  sink.field("unique_id", exposure.unique_id);
  sink.texts("fqn", exposure.fqn);
  copy_field(sink, "type", exposure.entry);
  describe_owner(sink, member_or_none(exposure.entry, "owner"));
  const Value* description = member(exposure.entry, "description");
  sink.field("description", description != nullptr && description->is_string()
                                ? std::string_view(description->as_string())
                                : std::string_view());
  copy_field(sink, "label", exposure.entry);
  copy_field(sink, "maturity", exposure.entry);
  sink.dict_field("meta", member_or_none(config, "meta"));
  sink.texts("tags", exposure.tags);
  sink.field("config", config);
  sink.dict_field("unrendered_config", exposure.unrendered_config);
  copy_field(sink, "url", exposure.entry);
  describe_depends_on(sink, {}, &exposure.depends_on_nodes);
  describe_refs(sink, exposure.refs);
  describe_source_calls(sink, exposure.sources);
  describe_named_calls(sink, "metrics", exposure.metrics);
  created_at(sink, exposure.created_at_micros);
  sink.end_object();
}

void describe_macro(TreeSink& sink, const MacroResource& macro) {
  const Value docs = docs_of(macro.docs);
  sink.begin_object();
  describe_identity(sink, macro, ResourceType::kMacro);
  sink.field("macro_sql", macro.macro_sql);
  describe_depends_on(sink, macro.depends_on_macros, nullptr);
  sink.field("description", macro.description);
  sink.dict_field("meta", macro.meta);
  sink.field("docs", docs);
  sink.key("config");
  sink.begin_object();
  sink.dict_field("meta", macro.meta);
  sink.field("docs", docs);
  sink.end_object();
  sink.optional_field("patch_path", macro.patch_path);
  sink.key("arguments");
  sink.begin_array();
  for (const MacroArgument& argument : macro.arguments) {
    sink.begin_object();
    sink.field("name", argument.name);
    sink.optional_field("type", argument.type);
    sink.field("description", argument.description);
    sink.end_object();
  }
  sink.end_array();
  created_at(sink, macro.created_at_micros);
  if (macro.name.starts_with("materialization_") && macro.macro != nullptr)
    sink.texts("supported_languages", languages(macro.macro->supported_languages));
  else
    sink.null_field("supported_languages");
  sink.end_object();
}

void describe_doc(TreeSink& sink, const Doc& doc) {
  sink.begin_object();
  describe_identity(sink, doc, ResourceType::kDoc);
  sink.field("block_contents", doc.contents);
  sink.end_object();
}

void describe_group(TreeSink& sink, const Manifest& manifest,
                    const project::OtherProperties& group) {
  const std::string& package = manifest.project->packages[group.package].name;
  const Value own = member_or_none(group.entry, "config");
  // What dbt_project.yml says of models is said of groups as well.
  const Value config = project::project_config(*manifest.project, group.package,
                                               ResourceType::kGroup, {package, group.name});
  Value meta = Value::dict();
  for (const Value& given : {member_or_none(config, "meta"), member_or_none(own, "meta")})
    if (given.is_dict())
      for (const auto& entry : given.as_dict().entries())
        meta.as_dict().set(entry.key, entry.value);
  sink.begin_object();
  sink.field("name", group.name);
  sink.field("resource_type", project::resource_type_name(ResourceType::kGroup));
  sink.field("package_name", package);
  sink.field("path", below_resource_folder(manifest, group.package, group.file));
  sink.field("original_file_path", group.file);
  sink.field("unique_id", "group." + package + "." + group.name);
  describe_owner(sink, member_or_none(group.entry, "owner"));
  copy_field(sink, "description", group.entry);
  sink.key("config");
  sink.begin_object();
  sink.dict_field("meta", meta);
  constexpr std::array<std::string_view, 1> kMeta = {"meta"};
  other_fields(sink, config, kMeta);
  sink.end_object();
  sink.end_object();
}

}  // namespace sluice::compile
