#include "compile/manifest_json.h"

#include <algorithm>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/parallel.h"
#include "compile/resource_shape.h"
#include "compile/semantic_resource.h"

namespace sluice::compile {

namespace {

using jinja::Value;

// "2026-11-21T11:37:54.793182+00:00", as Python's isoformat.
std::string offset_timestamp(int64_t micros) {
  std::string text = iso_timestamp(micros);
  if (text.ends_with('Z')) text.replace(text.size() - 1, 1, "+00:00");
  return text;
}

class ManifestWriter {
 public:
  ManifestWriter(const Manifest& manifest, const ManifestJsonRequest& request,
                 const std::function<void(std::string_view)>& output)
      : manifest_(manifest), request_(request), output_(output), sink_(writer_) {}

  void write() {
    collect_unique_tests();
    sink_.begin_object();
    write_metadata();
    write_nodes();
    write_sources();
    write_macros();
    write_docs();
    write_exposures();
    write_semantic("metrics", ResourceType::kMetric);
    write_groups();
    sink_.dict_field("selectors", manifest_.selectors);
    write_disabled();
    pass_on(0);
    write_maps();
    write_group_map();
    write_semantic("saved_queries", ResourceType::kSavedQuery);
    write_semantic("semantic_models", ResourceType::kSemanticModel);
    write_unit_tests();
    write_functions();
    sink_.end_object();
    pass_on(0);
  }

 private:
  static constexpr size_t kNodesPerPiece = 128;  // some 350 KB
  static constexpr size_t kMapPieceBytes = 256 * 1024;

  // Hands what is written so far to the output once it is at least `bytes` long.
  void pass_on(size_t bytes) {
    if (writer_.text().size() >= bytes) output_(writer_.take_piece());
  }

  // Columns that the tests of one model speak of.
  struct ColumnTests {
    std::set<std::string> unique;
    std::set<std::string> not_null;
  };

  void write_metadata() {
    const project::Project& project = *manifest_.project;
    sink_.key("metadata");
    sink_.begin_object();
    sink_.field("dbt_schema_version",
                std::string_view("https://schemas.getdbt.com/dbt/manifest/v12.json"));
    sink_.field("dbt_version", request_.dbt_version);
    sink_.field("generated_at", iso_timestamp(request_.generated_at_micros));
    sink_.field("invocation_id", request_.invocation_id);
    sink_.field("invocation_started_at", offset_timestamp(request_.started_at_micros));
    sink_.key("env");
    sink_.begin_object();
    for (const auto& [name, value] : request_.custom_environment) sink_.field(name, value);
    sink_.end_object();
    sink_.field("project_name", project.root_pkg().name);
    sink_.field("project_id", md5_hex(project.root_pkg().name));
    sink_.null_field("user_id");
    sink_.flag("send_anonymous_usage_stats", false);
    sink_.field("adapter_type", project.profile.adapter_type);
    write_quoting(project.root_pkg().quoting);
    sink_.field("run_started_at", offset_timestamp(request_.started_at_micros));
    sink_.end_object();
  }

  void write_quoting(const Value& given) {
    sink_.key("quoting");
    sink_.begin_object();
    for (const std::string_view key : {"database", "schema", "identifier"}) {
      const Value* value = given.is_dict() ? given.as_dict().find(key) : nullptr;
      sink_.flag(key, value == nullptr || !value->is_bool() || value->as_bool());
    }
    sink_.null_field("column");
    sink_.end_object();
  }

  void collect_unique_tests() {
    for (const auto& nodes : {&manifest_.nodes, &manifest_.disabled_nodes}) {
      for (const auto& node : *nodes) {
        if (!node->test_metadata || node->attached_node.empty()) continue;
        ColumnTests& tests = column_tests_[node->attached_node];
        if (node->test_metadata->name == "unique")
          tests.unique.insert(node->column_name);
        else if (node->test_metadata->name == "not_null")
          tests.not_null.insert(node->column_name);
      }
    }
  }

  // Columns of a primary key constraint; else those that are tested unique and not null; else those
  // tested unique.
  std::vector<std::string> primary_key(const Node& node) const {
    std::vector<std::string> key;
    if (node.type != ResourceType::kModel) return key;
    if (node.constraints.is_list()) {
      for (const Value& constraint : node.constraints.as_items()) add_key_columns(constraint, key);
      if (!key.empty()) return key;
    }
    for (const Column& column : node.columns) {
      const Value* constraints =
          column.entry.is_dict() ? column.entry.as_dict().find("constraints") : nullptr;
      if (constraints == nullptr || !constraints->is_list()) continue;
      for (const Value& constraint : constraints->as_items())
        if (is_primary_key(constraint)) key.push_back(column.name);
    }
    if (!key.empty()) return key;
    const auto found = column_tests_.find(node.unique_id);
    if (found == column_tests_.end()) return key;
    const ColumnTests& tests = found->second;
    std::set_intersection(tests.unique.begin(), tests.unique.end(), tests.not_null.begin(),
                          tests.not_null.end(), std::back_inserter(key));
    if (key.empty()) key.assign(tests.unique.begin(), tests.unique.end());
    return key;
  }

  static bool is_primary_key(const Value& constraint) {
    const Value* type = constraint.is_dict() ? constraint.as_dict().find("type") : nullptr;
    return type != nullptr && type->is_string() && type->as_string() == "primary_key";
  }

  static void add_key_columns(const Value& constraint, std::vector<std::string>& key) {
    if (!is_primary_key(constraint)) return;
    const Value* columns = constraint.as_dict().find("columns");
    if (columns == nullptr || !columns->is_list()) return;
    for (const Value& column : columns->as_items())
      if (column.is_string()) key.push_back(column.as_string());
  }

  void write_nodes() {
    sink_.key("nodes");
    sink_.begin_object();
    pass_on(0);
    // Unit tests and functions have places of their own.
    std::vector<const Node*> nodes;
    nodes.reserve(manifest_.nodes.size());
    for (const auto& node : manifest_.nodes)
      if (!node->unit_test && node->type != ResourceType::kFunction) nodes.push_back(node.get());
    const auto produce = [&](size_t piece) {
      const size_t begin = piece * kNodesPerPiece;
      JsonWriter writer(piece == 0 ? "" : ",");
      JsonSink sink(writer);
      for (size_t i = begin; i < std::min(begin + kNodesPerPiece, nodes.size()); ++i) {
        sink.key(nodes[i]->unique_id);
        describe_node(sink, *nodes[i], primary_key(*nodes[i]));
      }
      return writer.take();
    };
    parallel_in_order((nodes.size() + kNodesPerPiece - 1) / kNodesPerPiece, request_.parallelism,
                      produce, output_);
    sink_.end_object();
  }

  void write_semantic(std::string_view key, ResourceType type) {
    sink_.key(key);
    sink_.begin_object();
    for (const auto& resource : manifest_.semantic_resources) {
      if (resource->type != type) continue;
      sink_.key(resource->unique_id);
      describe_semantic_resource(sink_, manifest_, *resource);
    }
    sink_.end_object();
  }

  void write_unit_tests() {
    sink_.key("unit_tests");
    sink_.begin_object();
    for (const auto& node : manifest_.nodes) {
      if (!node->unit_test) continue;
      sink_.key(node->unique_id);
      describe_unit_test(sink_, manifest_, *node);
    }
    sink_.end_object();
  }

  void write_functions() {
    sink_.key("functions");
    sink_.begin_object();
    for (const auto& node : manifest_.nodes) {
      if (node->type != ResourceType::kFunction) continue;
      sink_.key(node->unique_id);
      describe_node(sink_, *node, {});
    }
    sink_.end_object();
  }

  void write_sources() {
    sink_.key("sources");
    sink_.begin_object();
    for (const auto& source : manifest_.sources) {
      sink_.key(source->unique_id);
      describe_source(sink_, manifest_, *source);
    }
    sink_.end_object();
  }

  void write_macros() {
    sink_.key("macros");
    sink_.begin_object();
    for (const auto& macro : manifest_.macros) {
      sink_.key(macro->unique_id);
      describe_macro(sink_, *macro);
    }
    sink_.end_object();
  }

  void write_docs() {
    sink_.key("docs");
    sink_.begin_object();
    for (const Doc& doc : manifest_.docs) {
      sink_.key(doc.unique_id);
      describe_doc(sink_, doc);
    }
    sink_.end_object();
  }

  void write_exposures() {
    sink_.key("exposures");
    sink_.begin_object();
    for (const auto& exposure : manifest_.exposures) {
      sink_.key(exposure->unique_id);
      describe_exposure(sink_, manifest_, *exposure);
    }
    sink_.end_object();
  }

  void write_groups() {
    sink_.key("groups");
    sink_.begin_object();
    for (const project::OtherProperties& group : manifest_.project->others) {
      if (group.yaml_key != "groups") continue;
      sink_.key("group." + manifest_.project->packages[group.package].name + "." + group.name);
      describe_group(sink_, manifest_, group);
    }
    sink_.end_object();
  }

  // Each id with the list of its disabled definitions.
  void write_disabled() {
    std::vector<std::string_view> ids;
    std::unordered_map<std::string_view, std::vector<const Node*>> nodes;
    std::unordered_map<std::string_view, std::vector<const Source*>> sources;
    for (const auto& node : manifest_.disabled_nodes) {
      if (nodes[node->unique_id].empty()) ids.push_back(node->unique_id);
      nodes[node->unique_id].push_back(node.get());
    }
    for (const auto& source : manifest_.disabled_sources) {
      if (sources[source->unique_id].empty()) ids.push_back(source->unique_id);
      sources[source->unique_id].push_back(source.get());
    }
    sink_.key("disabled");
    sink_.begin_object();
    for (const std::string_view id : ids) {
      sink_.key(id);
      sink_.begin_array();
      for (const Node* node : nodes[id]) {
        if (node->unit_test)
          describe_unit_test(sink_, manifest_, *node);
        else
          describe_node(sink_, *node, primary_key(*node));
      }
      for (const Source* source : sources[id]) describe_source(sink_, manifest_, *source);
      sink_.end_array();
    }
    for (const auto& resource : manifest_.disabled_semantic_resources) {
      sink_.key(resource->unique_id);
      sink_.begin_array();
      describe_semantic_resource(sink_, manifest_, *resource);
      sink_.end_array();
    }
    sink_.end_object();
  }

  using Edges = std::vector<std::pair<std::string_view, std::vector<std::string_view>>>;

  void write_edges(std::string_view key, Edges& edges) {
    sink_.key(key);
    sink_.begin_object();
    for (auto& [id, others] : edges) {
      std::sort(others.begin(), others.end());
      others.erase(std::unique(others.begin(), others.end()), others.end());
      sink_.key(id);
      sink_.begin_array();
      for (const std::string_view other : others) sink_.string(other);
      sink_.end_array();
      pass_on(kMapPieceBytes);
    }
    sink_.end_object();
  }

  // parent_map and child_map: every node, source and exposure, neighbours sorted.
  void write_maps() {
    Edges parents;
    for (const auto& node : manifest_.nodes)
      parents.emplace_back(node->unique_id,
                           std::vector<std::string_view>(node->depends_on_nodes.begin(),
                                                         node->depends_on_nodes.end()));
    for (const auto& source : manifest_.sources)
      parents.emplace_back(source->unique_id, std::vector<std::string_view>());
    for (const auto& exposure : manifest_.exposures)
      parents.emplace_back(exposure->unique_id,
                           std::vector<std::string_view>(exposure->depends_on_nodes.begin(),
                                                         exposure->depends_on_nodes.end()));
    for (const auto& resource : manifest_.semantic_resources)
      parents.emplace_back(resource->unique_id,
                           std::vector<std::string_view>(resource->depends_on_nodes.begin(),
                                                         resource->depends_on_nodes.end()));
    Edges children;
    std::unordered_map<std::string_view, size_t> position;
    for (const auto& [id, ignored] : parents) {
      position.emplace(id, children.size());
      children.emplace_back(id, std::vector<std::string_view>());
    }
    for (const auto& [id, those] : parents)
      for (const std::string_view parent : those)
        if (const auto found = position.find(parent); found != position.end())
          children[found->second].second.push_back(id);
    write_edges("parent_map", parents);
    write_edges("child_map", children);
  }

  void write_group_map() {
    sink_.key("group_map");
    sink_.begin_object();
    for (const project::OtherProperties& group : manifest_.project->others) {
      if (group.yaml_key != "groups") continue;
      sink_.key(group.name);
      sink_.begin_array();
      for (const auto& node : manifest_.nodes)
        if (node->group == group.name) sink_.string(node->unique_id);
      for (const auto& resource : manifest_.semantic_resources)
        if (resource->group == group.name) sink_.string(resource->unique_id);
      sink_.end_array();
    }
    sink_.end_object();
  }

  const Manifest& manifest_;
  const ManifestJsonRequest& request_;
  const std::function<void(std::string_view)>& output_;
  JsonWriter writer_;
  JsonSink sink_;
  std::unordered_map<std::string_view, ColumnTests> column_tests_;
};

}  // namespace

void write_manifest_json(const Manifest& manifest, const ManifestJsonRequest& request,
                         const std::function<void(std::string_view)>& sink) {
  ManifestWriter(manifest, request, sink).write();
}

std::string manifest_to_json(const Manifest& manifest, const ManifestJsonRequest& request) {
  std::string out;
  write_manifest_json(manifest, request, [&](std::string_view piece) { out += piece; });
  return out;
}

}  // namespace sluice::compile
