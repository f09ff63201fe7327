// A Manifest with the contents of a recorded manifest.json, so that what we write of it can be
// compared with what dbt wrote.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "base/json.h"
#include "compile/manifest.h"

namespace sluice::compile {

inline jinja::Value to_value(const Json& json) {
  switch (json.kind) {
    case Json::Kind::kNull:
      return jinja::Value::none();
    case Json::Kind::kBool:
      return jinja::Value::boolean(json.boolean);
    case Json::Kind::kInt:
      return jinja::Value::integer(json.integer);
    case Json::Kind::kFloat:
      return jinja::Value::floating(json.floating);
    case Json::Kind::kString:
      return jinja::Value::string(json.text);
    case Json::Kind::kArray: {
      std::vector<jinja::Value> items;
      for (const Json& item : json.items) items.push_back(to_value(item));
      return jinja::Value::list(std::move(items));
    }
    case Json::Kind::kObject:
      break;
  }
  jinja::Value dict = jinja::Value::dict();
  for (const auto& [key, value] : json.fields) dict.as_dict().set(key, to_value(value));
  return dict;
}

class RecordedManifest {
 public:
  explicit RecordedManifest(const Json& recorded) {
    auto project = std::make_shared<project::Project>();
    project::Package& package = project->packages.emplace_back();
    package.name = text(*recorded.find("metadata"), "project_name");
    package.model_paths = {"models"};
    project->profile.adapter_type = text(*recorded.find("metadata"), "adapter_type");
    for (const auto& [id, group] : recorded.find("groups")->fields)
      project->others.push_back({"groups",
                                 text(group, "name"),
                                 to_value(group),
                                 text(group, "original_file_path"),
                                 {},
                                 0});
    manifest.project = project;
    for (const auto& [id, node] : recorded.find("nodes")->fields)
      manifest.nodes.push_back(make_node(node));
    for (const auto& [id, nodes] : recorded.find("disabled")->fields)
      for (const Json& node : nodes.items) manifest.disabled_nodes.push_back(make_node(node));
    for (const auto& [id, source] : recorded.find("sources")->fields) add_source(source);
    for (const auto& [id, exposure] : recorded.find("exposures")->fields) add_exposure(exposure);
    for (const auto& [id, macro] : recorded.find("macros")->fields) add_macro(macro);
    for (const auto& [id, doc] : recorded.find("docs")->fields)
      manifest.docs.push_back({id, text(doc, "name"), text(doc, "package_name"), text(doc, "path"),
                               text(doc, "original_file_path"), text(doc, "block_contents")});
    manifest.index();
  }

  Manifest manifest;

 private:
  static std::string text(const Json& json, std::string_view key) {
    const Json* found = json.find(key);
    return found == nullptr ? std::string() : found->text;
  }
  template <typename Text = std::string>
  static std::vector<Text> texts(const Json& json, std::string_view key) {
    std::vector<Text> out;
    if (const Json* found = json.find(key))
      for (const Json& item : found->items) out.push_back(item.text);
    return out;
  }
  static jinja::Value value(const Json& json, std::string_view key) {
    const Json* found = json.find(key);
    return found == nullptr ? jinja::Value::none() : to_value(*found);
  }

  template <typename Resource>
  static void fill(const Json& json, Resource& resource) {
    resource.unique_id = text(json, "unique_id");
    resource.name = text(json, "name");
    resource.package_name = text(json, "package_name");
    resource.path = text(json, "path");
    resource.original_file_path = text(json, "original_file_path");
    if (const Json* created = json.find("created_at"))
      resource.created_at_micros = std::llround(created->floating * 1e6);
  }

  static std::vector<Column> columns(const Json& json) {
    std::vector<Column> out;
    for (const auto& [name, entry] : json.find("columns")->fields) {
      Column column;
      column.name = name;
      column.description = text(entry, "description");
      column.data_type = text(entry, "data_type");
      if (const Json* quote = entry.find("quote"); quote->kind == Json::Kind::kBool)
        column.quote = quote->boolean;
      column.tags = texts(entry, "tags");
      column.meta = value(entry, "meta");
      column.entry = to_value(entry);
      column.entry.as_dict().erase(jinja::Value::string("doc_blocks"));
      out.push_back(std::move(column));
    }
    return out;
  }

  static void references(const Json& json, std::vector<RefCall>& refs,
                         std::vector<SourceCall>& sources) {
    if (const Json* calls = json.find("refs"))
      for (const Json& call : calls->items) {
        const Json& version = *call.find("version");
        RefCall ref;
        ref.package = text(call, "package");
        ref.name = text(call, "name");
        ref.version =
            version.kind == Json::Kind::kInt ? std::to_string(version.integer) : version.text;
        refs.push_back(std::move(ref));
      }
    if (const Json* calls = json.find("sources"))
      for (const Json& call : calls->items) {
        SourceCall source;
        source.source = call.items[0].text;
        source.table = call.items[1].text;
        sources.push_back(std::move(source));
      }
  }

  static ResourceType type(const std::string& name) {
    for (const ResourceType type :
         {ResourceType::kModel, ResourceType::kSeed, ResourceType::kSnapshot, ResourceType::kTest,
          ResourceType::kAnalysis, ResourceType::kOperation})
      if (project::resource_type_name(type) == name) return type;
    ADD_FAILURE() << name;
    return ResourceType::kModel;
  }

  static std::unique_ptr<Node> make_node(const Json& json) {
    auto node = std::make_unique<Node>();
    fill(json, *node);
    node->type = type(text(json, "resource_type"));
    node->database = text(json, "database");
    node->schema = text(json, "schema");
    node->alias = text(json, "alias");
    node->fqn = texts(json, "fqn");
    node->checksum = text(*json.find("checksum"), "checksum");
    node->config = value(json, "config");
    node->tags = texts(json, "tags");
    node->description = text(json, "description");
    node->columns = columns(json);
    node->meta = value(json, "meta");
    node->group = text(json, "group");
    node->docs = value(json, "docs");
    node->patch_path = text(json, "patch_path");
    node->unrendered_config = value(json, "unrendered_config");
    node->relation_name = text(json, "relation_name");
    node->owned_raw_code = text(json, "raw_code");
    node->raw_code = node->owned_raw_code;
    node->root_path = text(json, "root_path");
    references(json, node->refs, node->sources);
    node->depends_on_macros = texts<SharedText>(*json.find("depends_on"), "macros");
    node->depends_on_nodes = texts<SharedText>(*json.find("depends_on"), "nodes");
    node->compiled_path = text(json, "compiled_path");
    if (json.find("compiled") != nullptr) {
      node->compiled = true;
      node->compiled_code = text(json, "compiled_code");
      node->extra_ctes_injected = json.find("extra_ctes_injected")->boolean;
      for (const Json& cte : json.find("extra_ctes")->items)
        node->extra_ctes.push_back({text(cte, "id"), text(cte, "sql")});
    }
    node->access = text(json, "access");
    node->constraints = value(json, "constraints");
    node->version = value(json, "version");
    node->latest_version = value(json, "latest_version");
    node->deprecation_date = value(json, "deprecation_date");
    node->column_name = text(json, "column_name");
    node->file_key_name = text(json, "file_key_name");
    node->attached_node = text(json, "attached_node");
    if (const Json* test = json.find("test_metadata"))
      node->test_metadata =
          TestMetadata{text(*test, "name"), text(*test, "namespace"), value(*test, "kwargs")};
    if (const Json* index = json.find("index")) node->hook_index = static_cast<int>(index->integer);
    return node;
  }

  void add_source(const Json& json) {
    auto source = std::make_unique<Source>();
    fill(json, *source);
    source->source_name = text(json, "source_name");
    source->fqn = texts(json, "fqn");
    source->database = text(json, "database");
    source->schema = text(json, "schema");
    source->identifier = text(json, "identifier");
    source->relation_name = text(json, "relation_name");
    source->description = text(json, "description");
    source->source_description = text(json, "source_description");
    source->loader = text(json, "loader");
    source->columns = columns(json);
    source->tags = texts(json, "tags");
    source->meta = value(json, "meta");
    source->source_meta = value(json, "source_meta");
    source->config = value(json, "config");
    source->quoting = value(json, "quoting");
    source->external = value(json, "external");
    source->unrendered_config = value(json, "unrendered_config");
    // These two are written from the property entry when the config lacks them.
    source->freshness = value(json, "freshness");
    source->loaded_at_field = value(json, "loaded_at_field");
    source->config.as_dict().erase(jinja::Value::string("freshness"));
    source->config.as_dict().erase(jinja::Value::string("loaded_at_field"));
    manifest.sources.push_back(std::move(source));
  }

  void add_exposure(const Json& json) {
    auto exposure = std::make_unique<Exposure>();
    fill(json, *exposure);
    exposure->path = exposure->original_file_path;
    exposure->fqn = texts(json, "fqn");
    exposure->entry = to_value(json);
    exposure->tags = texts(json, "tags");
    exposure->config = value(json, "config");
    exposure->depends_on_nodes = texts<SharedText>(*json.find("depends_on"), "nodes");
    references(json, exposure->refs, exposure->sources);
    manifest.exposures.push_back(std::move(exposure));
  }

  void add_macro(const Json& json) {
    auto macro = std::make_unique<MacroResource>();
    fill(json, *macro);
    macro_texts_.push_back(std::make_unique<std::string>(text(json, "macro_sql")));
    macro->macro_sql = *macro_texts_.back();
    macro->description = text(json, "description");
    macro->patch_path = text(json, "patch_path");
    macro->meta = value(json, "meta");
    macro->docs = value(json, "docs");
    for (const Json& argument : json.find("arguments")->items)
      macro->arguments.push_back(
          {text(argument, "name"), text(argument, "type"), text(argument, "description")});
    manifest.macros.push_back(std::move(macro));
  }

  std::vector<std::unique_ptr<std::string>> macro_texts_;
};

}  // namespace sluice::compile
