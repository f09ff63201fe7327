#include "project/vars.h"

#include <fmt/format.h>

#include "project/yaml_value.h"
#include "yaml/node.h"

namespace sluice::project {

using jinja::Value;

Result<Value> parse_cli_vars(const std::string& text) {
  constexpr std::string_view kHint = "write --vars '{name: value}' or --vars 'name: value'";
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) return Value::dict();
  Result<yaml::Document> document = yaml::parse(text, "--vars");
  if (!document) {
    const Error& cause = document.error();
    Error error(ErrorCode::kBadArgument, fmt::format("--vars cannot be read: {}", cause.message()),
                cause.hint());
    for (const Span& span : cause.spans()) error.add_span(span);
    error.set_excerpt(cause.excerpt());
    return fail(std::move(error));
  }
  const yaml::Node& root = document->root();
  if (!root.is_mapping())
    return fail(ErrorCode::kBadArgument,
                fmt::format("--vars must be a mapping, not {}", describe(root)),
                std::string(kHint));
  for (const auto& [key, value] : root.entries)
    if (!key->is_string())
      return fail(ErrorCode::kBadArgument,
                  fmt::format("the name of a var must be text, not {}", describe(*key)),
                  fmt::format("put it in quotes: '{}'", key->text));
  return to_value(root);
}

namespace {

// Dicts to look a var up in, the strongest first.
std::vector<const Value*> var_layers(const Project& project, size_t package) {
  std::vector<const Value*> layers = {&project.cli_vars};
  const auto add_project = [&](const Package& owner) {
    if (!owner.vars.is_dict()) return;
    // Those under the package's name win over the project's global ones.
    const Value* own = owner.vars.as_dict().find(project.packages[package].name);
    if (own != nullptr) layers.push_back(own);
    layers.push_back(&owner.vars);
  };
  add_project(project.root_pkg());
  if (package != project.root_package) add_project(project.packages[package]);
  return layers;
}

}  // namespace

const Value* find_var(const Project& project, size_t package, std::string_view name) {
  for (const Value* layer : var_layers(project, package)) {
    if (!layer->is_dict()) continue;
    if (const Value* found = layer->as_dict().find(name)) return found;
  }
  return nullptr;
}

Value merged_vars(const Project& project, size_t package) {
  Value out = Value::dict();
  const std::vector<const Value*> layers = var_layers(project, package);
  for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer) {
    if (!(*layer)->is_dict()) continue;
    for (const auto& entry : (*layer)->as_dict().entries())
      out.as_dict().set(entry.key, entry.value);
  }
  return out;
}

}  // namespace sluice::project
