#include "compile/adapter_external.h"

#include <fmt/format.h>

#include "compile/call_arguments.h"
#include "compile/external_files.h"
#include "jinja/ops.h"

namespace sluice::compile::external_methods {

using jinja::CallArgs;
using jinja::Interpreter;
using jinja::Value;

namespace {

struct LocationCall {
  std::string location;
  Value options;
};

Result<LocationCall> location_call(std::string_view method, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound,
                bind_arguments(method, args, {{"write_location"}, {"rendered_options"}}));
  LocationCall call;
  SLUICE_ASSIGN(call.location, jinja::to_str(bound[0]));
  if (!bound[1].is_dict())
    return fail(
        ErrorCode::kJinjaRuntime,
        fmt::format("{} needs a dict of options, got a '{}'", method, jinja::type_name(bound[1])),
        "pass what render_write_options(config) gives");
  call.options = bound[1];
  return call;
}

}  // namespace

Answer external_root(NodeContext& ctx, Interpreter&, const CallArgs&) {
  const Value& credentials = ctx.shared.project().profile.credentials;
  const Value* root = credentials.is_dict() ? credentials.as_dict().find("external_root") : nullptr;
  return root != nullptr && root->is_string() ? *root : Value::string(".");
}

Answer external_write_options(NodeContext&, Interpreter&, const CallArgs& args) {
  SLUICE_ASSIGN(LocationCall call, location_call("adapter.external_write_options", args));
  SLUICE_ASSIGN(std::string text, compile::external_write_options(call.location, call.options));
  return Value::string(std::move(text));
}

Answer external_read_location(NodeContext&, Interpreter&, const CallArgs& args) {
  SLUICE_ASSIGN(const LocationCall call, location_call("adapter.external_read_location", args));
  SLUICE_ASSIGN(std::string text, compile::external_read_location(call.location, call.options));
  return Value::string(std::move(text));
}

Answer location_exists(NodeContext& ctx, Interpreter&, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, bind_arguments("adapter.location_exists", args, {{"location"}}));
  if (!ctx.executing()) return Value::boolean(false);
  SLUICE_ASSIGN(const std::string location, jinja::to_str(bound[0]));
  SLUICE_ASSIGN(warehouse::Connection * connection, ctx.require_connection());
  const auto described = connection->describe_query(
      fmt::format("select 1 from {} where 1=0", ctx.shared.dialect->quote_string(location)));
  if (!described && described.error().code() == ErrorCode::kCancelled)
    return fail(described.error());
  return Value::boolean(described.has_value());
}

Answer store_relation(NodeContext&, Interpreter&, const CallArgs& args) {
  std::string plugin = "?";
  if (!args.positional.empty()) {
    SLUICE_ASSIGN(plugin, jinja::to_str(args.positional[0]));
  }
  return fail(ErrorCode::kWarehouseUnsupported,
              fmt::format("plugin '{}' not found: plugins of dbt-duckdb are Python modules, which "
                          "are not run here",
                          plugin),
              "write files with the materialization 'external' without a plugin");
}

}  // namespace sluice::compile::external_methods
