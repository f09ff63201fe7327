// The project of data/project.jsonl as a Manifest: one resource per line, as dbt parsed it.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "base/json.h"
#include "compile/manifest.h"

namespace sluice::graph {

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

class RecordedProject {
 public:
  explicit RecordedProject(const std::string& path) {
    auto project = std::make_shared<project::Project>();
    project->root = "/shop";
    project->packages.emplace_back().name = "shop";
    std::ifstream in(path);
    EXPECT_TRUE(in.good()) << path;
    for (std::string line; std::getline(in, line);) {
      const Result<Json> json = parse_json(line);
      EXPECT_TRUE(json.has_value()) << line;
      if (const Json* files = json->find("files"))
        for (const Json& file : files->items)
          project->packages[0].files.push_back(
              {project::SourceFile::Kind::kModel, file.text, file.text, {}, 0});
      else
        add(*json);
    }
    manifest.project = project;
    manifest.index();
  }

  compile::Manifest manifest;

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
    resource.unique_id = text(json, "id");
    resource.name = text(json, "name");
    resource.package_name = text(json, "package_name");
    resource.original_file_path = text(json, "original_file_path");
    resource.fqn = texts(json, "fqn");
    resource.tags = texts(json, "tags");
    resource.config = value(json, "config");
  }

  void add(const Json& json) {
    const std::string id = text(json, "id");
    const std::string kind = id.substr(0, id.find('.'));
    if (kind == "source") {
      auto source = std::make_unique<compile::Source>();
      fill(json, *source);
      source->source_name = text(json, "source_name");
      manifest.sources.push_back(std::move(source));
      return;
    }
    if (kind == "exposure") {
      auto exposure = std::make_unique<compile::Exposure>();
      fill(json, *exposure);
      exposure->depends_on_nodes = texts<SharedText>(json, "depends_on");
      manifest.exposures.push_back(std::move(exposure));
      return;
    }
    auto node = std::make_unique<compile::Node>();
    fill(json, *node);
    using project::ResourceType;
    for (const ResourceType type :
         {ResourceType::kModel, ResourceType::kSeed, ResourceType::kSnapshot, ResourceType::kTest,
          ResourceType::kAnalysis, ResourceType::kOperation})
      if (project::resource_type_name(type) == kind) node->type = type;
    node->patch_path = text(json, "patch_path");
    node->access = text(json, "access");
    node->group = text(json, "group");
    node->version = value(json, "version");
    node->latest_version = value(json, "latest_version");
    node->depends_on_nodes = texts<SharedText>(json, "depends_on");
    if (json.find("test_name") != nullptr)
      node->test_metadata = compile::TestMetadata{text(json, "test_name"), "", {}};
    node->is_singular_test = kind == "test" && !node->test_metadata;
    manifest.nodes.push_back(std::move(node));
  }
};

}  // namespace sluice::graph
