// Finding metrics and measures, and what each metric depends on.
#include "compile/semantic_graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_map>

#include "base/suggest.h"
#include "jinja/ops.h"

namespace sluice::compile {

using jinja::Value;

namespace {

const Value& entry_of(const Value& dict, std::string_view key) {
  static const Value kNone;
  const Value* value = dict.is_dict() ? dict.as_dict().find(key) : nullptr;
  return value != nullptr ? *value : kNone;
}

Error unknown_measure(const SharedState& shared, const std::string& name) {
  std::vector<std::string> known;
  for (const auto& resource : shared.manifest.semantic_resources)
    if (resource->type == ResourceType::kSemanticModel)
      for (const Value& measure : items_of(resource->body, "measures"))
        known.push_back(text_of(measure, "name"));
  const std::string near =
      nearest_name(name, std::vector<std::string_view>(known.begin(), known.end()));
  return Error(ErrorCode::kUnknownRef,
               fmt::format("a semantic model having a measure `{}` does not exist but was "
                           "referenced",
                           name),
               near.empty() ? "add it under measures: of a semantic model"
                            : fmt::format("did you mean '{}'?", near));
}

// Resolves metrics depth first: what a metric is made of comes before it.
class MetricResolver {
 public:
  MetricResolver(SharedState& shared, Diagnostics& diagnostics)
      : shared_(shared), diagnostics_(diagnostics) {
    for (const auto& resource : shared.manifest.semantic_resources) {
      if (resource->type != ResourceType::kSemanticModel) continue;
      for (const Value& measure : items_of(resource->body, "measures"))
        models_.try_emplace(text_of(measure, "name"), resource.get());
    }
  }

  void resolve(SemanticResource& metric) {
    if (!done_.insert(&metric).second) return;
    const Value& params = entry_of(metric.body, "type_params");
    std::vector<Value> measures;
    for (const Value* measure : measures_of(params)) {
      measures.push_back(*measure);
      depend_on_model(metric, text_of(*measure, "name"));
    }
    for (const Value* input : metrics_of(params)) {
      const std::string name = text_of(*input, "name");
      SemanticResource* source = find_metric(shared_.manifest, {"", name, "", 0}, metric.package);
      if (source == nullptr) {
        Error error(ErrorCode::kUnknownRef,
                    fmt::format("the metric `{}` does not exist but was referenced by metric `{}`",
                                name, metric.name),
                    nearest_metric(name));
        add_error(metric, std::move(error));
        continue;
      }
      resolve(*source);
      add_once(metric.depends_on_nodes, source->unique_id);
      for (const Value& measure : items_of(entry_of(source->body, "type_params"), "input_measures"))
        add_measure(measures, measure);
    }
    if (params.is_dict()) params.as_dict().set("input_measures", Value::list(std::move(measures)));
  }

 private:
  static void add_once(std::vector<SharedText>& ids, SharedText id) {
    if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
  }

  static void add_measure(std::vector<Value>& measures, const Value& measure) {
    const bool is_known = std::any_of(measures.begin(), measures.end(), [&](const Value& other) {
      return jinja::to_repr(other).value_or("") == jinja::to_repr(measure).value_or("");
    });
    if (!is_known) measures.push_back(measure);
  }

  static std::vector<const Value*> measures_of(const Value& params) {
    std::vector<const Value*> found;
    const Value& conversion = entry_of(params, "conversion_type_params");
    for (const Value* measure :
         {&entry_of(params, "measure"), &entry_of(conversion, "base_measure"),
          &entry_of(conversion, "conversion_measure")})
      if (!measure->is_none()) found.push_back(measure);
    return found;
  }

  static std::vector<const Value*> metrics_of(const Value& params) {
    std::vector<const Value*> found;
    for (const Value* metric : {&entry_of(params, "numerator"), &entry_of(params, "denominator")})
      if (!metric->is_none()) found.push_back(metric);
    for (const Value& metric : items_of(params, "metrics")) found.push_back(&metric);
    return found;
  }

  void depend_on_model(SemanticResource& metric, const std::string& measure) {
    const auto found = models_.find(measure);
    if (found == models_.end()) return add_error(metric, unknown_measure(shared_, measure));
    add_once(metric.depends_on_nodes, found->second->unique_id);
  }

  std::string nearest_metric(const std::string& name) const {
    std::vector<std::string_view> names;
    for (const auto& resource : shared_.manifest.semantic_resources)
      if (resource->type == ResourceType::kMetric) names.push_back(resource->name);
    const std::string near = nearest_name(name, names);
    return near.empty() ? "add it under metrics:" : fmt::format("did you mean '{}'?", near);
  }

  void add_error(const SemanticResource& metric, Error error) {
    error.set_node(metric.unique_id).locate(metric.span);
    diagnostics_.add_error(std::move(error));
  }

  SharedState& shared_;
  Diagnostics& diagnostics_;
  std::unordered_map<std::string, const SemanticResource*> models_;  // by measure
  std::set<const SemanticResource*> done_;
};

}  // namespace

std::string text_of(const Value& dict, std::string_view key) {
  const Value* value = dict.is_dict() ? dict.as_dict().find(key) : nullptr;
  if (value == nullptr || value->is_none()) return {};
  return jinja::to_str(*value).value_or(std::string());
}

const std::vector<Value>& items_of(const Value& dict, std::string_view key) {
  static const std::vector<Value> kEmpty;
  const Value* value = dict.is_dict() ? dict.as_dict().find(key) : nullptr;
  return value != nullptr && value->is_list() ? value->as_items() : kEmpty;
}

SemanticResource* find_metric(const Manifest& manifest, const RefCall& call, size_t package) {
  SemanticResource* any = nullptr;
  for (const auto& resource : manifest.semantic_resources) {
    if (resource->type != ResourceType::kMetric || resource->name != call.name) continue;
    if (call.package.empty() ? resource->package == package
                             : resource->package_name == call.package)
      return resource.get();
    if (call.package.empty() && any == nullptr) any = resource.get();
  }
  return any;
}

Error unknown_metric_error(const SharedState& shared, const std::string& from,
                           const RefCall& call) {
  std::vector<std::string_view> names;
  for (const auto& resource : shared.manifest.semantic_resources)
    if (resource->type == ResourceType::kMetric) names.push_back(resource->name);
  for (const auto& resource : shared.manifest.disabled_semantic_resources)
    if (resource->type == ResourceType::kMetric && resource->name == call.name)
      return Error(
          ErrorCode::kDisabledRef,
          fmt::format("{} depends on a metric named '{}' which is disabled", from, call.name),
          fmt::format("enable it in {}", resource->original_file_path));
  const std::string near = nearest_name(call.name, names);
  return Error(
      ErrorCode::kUnknownRef,
      fmt::format("{} depends on a metric named '{}' which was not found", from, call.name),
      near.empty() ? "declare it under metrics: of a property file"
                   : fmt::format("did you mean '{}'?", near));
}

void resolve_metrics(SharedState& shared, Diagnostics& diagnostics) {
  MetricResolver resolver(shared, diagnostics);
  for (const auto& resource : shared.manifest.semantic_resources)
    if (resource->type == ResourceType::kMetric) resolver.resolve(*resource);
}

}  // namespace sluice::compile
