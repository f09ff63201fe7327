// `config`: collects at parse time, answers afterwards.
#include <fmt/format.h>

#include "compile/call_arguments.h"
#include "compile/node_context.h"
#include "compile/unrendered_config.h"
#include "jinja/ops.h"
#include "project/yaml_value.h"

namespace sluice::compile {

using jinja::CallArgs;
using jinja::Interpreter;
using jinja::Value;

namespace {

const Value* configured(const NodeContext& ctx, std::string_view name) {
  if (ctx.node && ctx.node->set_config.is_dict())
    if (const Value* value = ctx.node->set_config.as_dict().find(name)) return value;
  if (!ctx.node || !ctx.node->config.is_dict()) return nullptr;
  const Value* value = ctx.node->config.as_dict().find(name);
  if (!value && name == "pre_hook") value = ctx.node->config.as_dict().find("pre-hook");
  if (!value && name == "post_hook") value = ctx.node->config.as_dict().find("post-hook");
  return value;
}

// For a template that may change what it gets: a list or dict of the node's own, which other nodes
// and `graph` do not see.
Value handed_out(const NodeContext& ctx, std::string_view name, const Value& value) {
  if (!value.is_list() && !value.is_dict()) return value;
  Value& own = ctx.node->set_config;
  if (own.is_dict())
    if (const Value* known = own.as_dict().find(name)) return *known;
  if (!own.is_dict()) own = Value::dict();
  own.as_dict().set(name, project::deep_copy(value));
  return *own.as_dict().find(name);
}

Result<Value> collect(NodeContext& ctx, const CallArgs& args) {
  Value overlay = Value::dict();
  if (args.positional.size() == 1 && args.keyword.empty() && args.positional[0].is_dict()) {
    for (const auto& entry : args.positional[0].as_dict().entries())
      overlay.as_dict().set(entry.key, entry.value);
  } else if (!args.positional.empty()) {
    return fail(ErrorCode::kConfigInvalid, "invalid inline model config",
                "give keyword arguments, or one dict: config(materialized='table')");
  }
  for (const jinja::KeywordArg& arg : args.keyword) overlay.as_dict().set(arg.name, arg.value);
  if (ctx.phase != Phase::kParse) return Value::string("");
  const ResourceType type = ctx.node ? ctx.node->type : ResourceType::kModel;
  SLUICE_TRY(add_written_config(ctx.written_config, overlay, type));
  // Whether "+select" adds to what dbt_project.yml grants shows when all configs are merged.
  const Value* grants = overlay.as_dict().find("grants");
  const Value written = grants != nullptr && grants->is_dict() ? *grants : Value::none();
  SLUICE_TRY(project::merge_config(ctx.in_file_config, overlay, type));
  if (!written.is_none()) ctx.in_file_config.as_dict().set("grants", written);
  return Value::string("");
}

Result<Value> persist_docs(const NodeContext& ctx, std::string_view what) {
  const Value* persist = configured(ctx, "persist_docs");
  if (!persist || !persist->is_dict()) return Value::boolean(false);
  const Value* on = persist->as_dict().find(what);
  return Value::boolean(on && jinja::truth(*on).value_or(false));
}

Result<Value> missing(const NodeContext& ctx, std::string_view name) {
  return fail(ErrorCode::kConfigInvalid,
              fmt::format("model '{}' does not define a required config parameter '{}'.",
                          ctx.node ? ctx.node->unique_id : std::string("(none)"), name),
              fmt::format("add `{}` to the model's config", name));
}

Result<Value> meta_value(const NodeContext& ctx, const Value& key, const Value* fallback) {
  const Value* meta = configured(ctx, "meta");
  const Value own = meta && meta->is_dict() ? handed_out(ctx, "meta", *meta) : Value::none();
  const Value* value = own.is_dict() ? own.as_dict().find(key) : nullptr;
  if (value) return *value;
  if (fallback) return *fallback;
  SLUICE_ASSIGN(std::string name, jinja::to_str(key));
  return missing(ctx, "meta." + name);
}

class ConfigObject final : public jinja::Object {
 public:
  std::string_view type_name() const override { return "RuntimeConfigObject"; }
  bool callable() const override { return true; }
  Result<Value> call(Interpreter& interpreter, const CallArgs& args) override {
    return collect(NodeContext::of(interpreter), args);
  }
  Result<std::optional<Value>> call_method(Interpreter& interpreter, std::string_view name,
                                           const CallArgs& args) override {
    NodeContext& ctx = NodeContext::of(interpreter);
    if (name == "set") return set(ctx, args);
    if (name == "persist_relation_docs" || name == "persist_column_docs") {
      if (ctx.phase == Phase::kParse) return Value::boolean(false);
      SLUICE_ASSIGN(Value out,
                    persist_docs(ctx, name == "persist_relation_docs" ? "relation" : "columns"));
      return out;
    }
    bool required = name == "require" || name == "meta_require";
    if (!required && name != "get" && name != "meta_get") return std::nullopt;
    SLUICE_ASSIGN(
        auto bound,
        required
            ? bind_arguments(name, args, {{"name"}, {"validator", Value::none()}})
            : bind_arguments(name, args,
                             {{"name"}, {"default", Value::none()}, {"validator", Value::none()}}));
    // While parsing there is no config to read yet.
    if (ctx.phase == Phase::kParse) return Value::string("");
    if (name.starts_with("meta_")) {
      SLUICE_ASSIGN(Value out, meta_value(ctx, bound[0], required ? nullptr : &bound[1]));
      return out;
    }
    return read(ctx, interpreter, bound, required);
  }

 private:
  // get() and require(): `bound` is the name, for get() the default, and the validator.
  Result<std::optional<Value>> read(const NodeContext& ctx, Interpreter& interpreter,
                                    const std::vector<Value>& bound, bool required) {
    SLUICE_ASSIGN(std::string key, jinja::to_str(bound[0]));
    const Value* value = configured(ctx, key);
    if (required && (!value || value->is_none())) {
      SLUICE_ASSIGN(Value none, missing(ctx, key));
      return none;
    }
    return validated(interpreter, value ? handed_out(ctx, key, *value) : bound[1], bound.back(),
                     value != nullptr);
  }

  static Result<std::optional<Value>> set(NodeContext& ctx, const CallArgs& args) {
    SLUICE_ASSIGN(auto bound, bind_arguments("config.set", args, {{"name"}, {"value"}}));
    SLUICE_ASSIGN(std::string key, jinja::to_str(bound[0]));
    if (ctx.phase != Phase::kParse && ctx.node) {
      // Beside the config, which other threads may be reading through `graph`.
      if (!ctx.node->set_config.is_dict()) ctx.node->set_config = Value::dict();
      ctx.node->set_config.as_dict().set(key, bound[1]);
      return Value::string("");
    }
    jinja::KeywordArg keyword{key, bound[1]};
    SLUICE_ASSIGN(Value out, collect(ctx, CallArgs{{}, {&keyword, 1}}));
    return out;
  }

  Result<std::optional<Value>> validated(Interpreter& interpreter, Value value,
                                         const Value& validator, bool present) {
    if (present && !validator.is_none())
      SLUICE_TRY(jinja::call(interpreter, validator, CallArgs{{&value, 1}, {}}));
    return value;
  }
};

}  // namespace

Value make_config() { return Value::object(jinja::make_ref<ConfigObject>()); }

}  // namespace sluice::compile
