#include "run/hook_results.h"

#include <fmt/format.h>

#include <utility>

#include "base/clock.h"
#include "jinja/ops.h"
#include "run/sources_json.h"

namespace sluice::run {
namespace {

using jinja::Value;

Value text_or_none(const std::string& text) {
  return text.empty() ? Value::none() : Value::string(text);
}

Value timing_value(const NodeResult& result) {
  std::vector<Value> phases;
  for (const Timing& timing : result.timing) {
    Value phase = Value::dict();
    phase.as_dict().set("name", Value::string(timing.name));
    phase.as_dict().set("started_at", Value::string(iso_timestamp(timing.started_at_micros)));
    phase.as_dict().set("completed_at", Value::string(iso_timestamp(timing.completed_at_micros)));
    phases.push_back(std::move(phase));
  }
  return Value::list(std::move(phases));
}

Value adapter_response(const NodeResult& result) {
  Value response = Value::dict();
  if (!result.adapter_message.empty())
    response.as_dict().set("_message", Value::string(result.adapter_message));
  if (!result.adapter_code.empty())
    response.as_dict().set("code", Value::string(result.adapter_code));
  if (result.rows_affected)
    response.as_dict().set("rows_affected", Value::integer(*result.rows_affected));
  return response;
}

// One RunResult.
class RunResultObject final : public jinja::Object {
 public:
  RunResultObject(const compile::Manifest& manifest, NodeResult result)
      : manifest_(manifest), result_(std::move(result)) {}

  std::string_view type_name() const override { return "RunResult"; }

  Result<std::optional<Value>> attribute(std::string_view name) const override {
    if (name == "node") return node_value();
    if (name == "to_dict") {
      Value dict = to_dict();
      return jinja::make_closure(
          "to_dict",
          [dict](jinja::Interpreter&, const jinja::CallArgs&) -> Result<Value> { return dict; });
    }
    const Value dict = plain_fields();
    if (const Value* found = dict.as_dict().find(name)) return *found;
    return std::nullopt;
  }

  Result<std::string> repr() const override {
    return fmt::format("RunResult(status='{}', unique_id='{}')", status_name(result_.status),
                       result_.unique_id);
  }

  std::optional<Value> to_plain() const override { return to_dict(); }

 private:
  Value node_value() const {
    if (const compile::Source* source = manifest_.find_source(result_.unique_id))
      return compile::source_to_value(manifest_, *source);
    const compile::Node* node = manifest_.find_node(result_.unique_id);
    return node == nullptr ? Value::none() : compile::node_to_value(manifest_, *node);
  }

  Value plain_fields() const {
    Value dict = Value::dict();
    jinja::Dict& fields = dict.as_dict();
    fields.set("status", Value::string(status_name(result_.status)));
    fields.set("timing", timing_value(result_));
    fields.set("thread_id", Value::string(result_.thread_id));
    fields.set("execution_time", Value::floating(result_.execution_seconds));
    fields.set("adapter_response", adapter_response(result_));
    fields.set("message", text_or_none(result_.message));
    fields.set("failures", result_.failures ? Value::integer(*result_.failures) : Value::none());
    fields.set("unique_id", Value::string(result_.unique_id));
    if (result_.freshness) {
      fields.set("max_loaded_at",
                 jinja::make_utc_datetime(result_.freshness->max_loaded_at_micros));
      fields.set("snapshotted_at",
                 jinja::make_utc_datetime(result_.freshness->snapshotted_at_micros));
      fields.set("age", Value::floating(freshness_age_seconds(*result_.freshness)));
    }
    return dict;
  }

  Value to_dict() const {
    Value dict = plain_fields();
    dict.as_dict().set("node", node_value());
    return dict;
  }

  const compile::Manifest& manifest_;
  const NodeResult result_;
};

}  // namespace

Value hook_results(const compile::Manifest& manifest, const std::vector<NodeResult>& results) {
  std::vector<Value> items;
  items.reserve(results.size());
  for (const NodeResult& result : results)
    items.push_back(Value::object(
        jinja::Ref<jinja::Object>(jinja::make_ref<RunResultObject>(manifest, result))));
  return Value::list(std::move(items));
}

}  // namespace sluice::run
