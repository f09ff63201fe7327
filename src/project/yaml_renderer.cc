#include "project/yaml_renderer.h"

#include <fmt/format.h>

#include <algorithm>

#include "jinja/ops.h"
#include "project/yaml_value.h"

namespace sluice::project {

using jinja::Value;

namespace {

constexpr int64_t kMaxSteps = 50'000'000;  // a value that renders longer than this will never end

jinja::Environment native_environment() {
  jinja::Environment environment;
  environment.native = true;
  environment.max_steps = kMaxSteps;
  return environment;
}

// The engine knows places inside the string only; people look for the line of the file.
Error relocate(const Error& error, const yaml::Document& document, const yaml::Node& node) {
  Error out = error_at(error.code(), document, node,
                       fmt::format("cannot render this value: {}", error.message()), error.hint());
  for (const std::string& frame : error.trace()) out.add_trace(frame);
  for (const Error& cause : error.causes()) out.add_cause(cause);
  return out;
}

}  // namespace

YamlRenderer::YamlRenderer(const jinja::Scope& scope, const yaml::Document& document)
    : document_(document), environment_(native_environment()), interpreter_(environment_, scope) {}

Result<Value> YamlRenderer::render(const yaml::Node& node, const KeepAsWritten& keep) {
  keep_ = keep ? &keep : nullptr;
  path_.clear();
  return visit(node);
}

Result<Value> YamlRenderer::render_without(const yaml::Node& mapping,
                                           std::span<const std::string_view> left_out,
                                           const KeepAsWritten& keep) {
  keep_ = keep ? &keep : nullptr;
  path_.clear();
  return visit_mapping(mapping, left_out);
}

Result<Value> YamlRenderer::render_string(const yaml::Node& node) {
  Result<jinja::Template> compiled =
      jinja::compile_template(node.text, document_.file(), node.line);
  if (!compiled) return fail(relocate(compiled.error(), document_, node));
  Result<Value> value = interpreter_.render_native(*compiled);
  if (!value) return fail(relocate(value.error(), document_, node));
  if (value->is_undefined()) return fail(relocate(jinja::undefined_error(*value), document_, node));
  return value;
}

Result<Value> YamlRenderer::visit(const yaml::Node& node) {
  if (node.is_string()) {
    if (node.text.find('{') == std::string_view::npos || jinja::is_plain_text(node.text) ||
        (keep_ != nullptr && (*keep_)(path_)))
      return Value::string(node.text);
    return render_string(node);
  }
  if (node.is_sequence()) {
    std::vector<Value> items;
    items.reserve(node.items.size());
    for (const yaml::Node* item : node.items) {
      SLUICE_ASSIGN(Value value, visit(*item));
      items.push_back(std::move(value));
    }
    return Value::list(std::move(items));
  }
  return node.is_mapping() ? visit_mapping(node, {}) : to_value(node);
}

Result<Value> YamlRenderer::visit_mapping(const yaml::Node& node,
                                          std::span<const std::string_view> left_out) {
  Value out = Value::dict();
  for (const auto& [key, below] : node.entries) {
    if (std::find(left_out.begin(), left_out.end(), key->text) != left_out.end()) continue;
    path_.push_back(key->text);
    SLUICE_ASSIGN(Value value, visit(*below));
    path_.pop_back();
    if (key->is_string())
      out.as_dict().set(key->text, std::move(value));
    else
      out.as_dict().set(to_value(*key), std::move(value));
  }
  return out;
}

}  // namespace sluice::project
