#include "compile/call_arguments.h"

#include <fmt/format.h>

#include "jinja/ops.h"

namespace sluice::compile {

Result<std::vector<jinja::Value>> bind_arguments(std::string_view function,
                                                 const jinja::CallArgs& args,
                                                 std::initializer_list<Parameter> parameters) {
  if (args.positional.size() > parameters.size())
    return fail(ErrorCode::kJinjaRuntime,
                fmt::format("{}() takes {} positional arguments but {} were given", function,
                            parameters.size(), args.positional.size()));
  std::vector<jinja::Value> out;
  out.reserve(parameters.size());
  size_t num_named = 0;
  for (const Parameter& parameter : parameters) {
    const jinja::Value* named = args.find(parameter.name);
    if (named) ++num_named;
    if (out.size() < args.positional.size()) {
      if (named)
        return fail(
            ErrorCode::kJinjaRuntime,
            fmt::format("{}() got multiple values for argument '{}'", function, parameter.name));
      out.push_back(args.positional[out.size()]);
    } else if (named) {
      out.push_back(*named);
    } else if (parameter.fallback) {
      out.push_back(*parameter.fallback);
    } else {
      return fail(ErrorCode::kJinjaRuntime,
                  fmt::format("{}() missing required argument '{}'", function, parameter.name));
    }
  }
  if (num_named != args.keyword.size()) {
    for (const jinja::KeywordArg& arg : args.keyword) {
      bool known = false;
      for (const Parameter& parameter : parameters) known = known || parameter.name == arg.name;
      if (!known)
        return fail(
            ErrorCode::kJinjaRuntime,
            fmt::format("{}() got an unexpected keyword argument '{}'", function, arg.name));
    }
  }
  return out;
}

Result<std::string> text_argument(const jinja::Value& value) { return jinja::to_str(value); }

Result<jinja::Value> item_or_default(const jinja::Object& object, const jinja::CallArgs& args) {
  SLUICE_ASSIGN(std::vector<jinja::Value> bound,
                bind_arguments("get", args, {{"key"}, {"default", jinja::Value::none()}}));
  SLUICE_ASSIGN(std::optional<jinja::Value> found, object.item(bound[0]));
  return found ? std::move(*found) : std::move(bound[1]);
}

}  // namespace sluice::compile
