#include "compile/macro_registry.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/suggest.h"

namespace sluice::compile {

namespace {

// `dbt_utils` in a template: its macros are attributes.
class PackageNamespace final : public jinja::Object {
 public:
  explicit PackageNamespace(std::string package) : package_(std::move(package)) {}
  void add(const MacroResource& macro) { macros_[macro.name] = &macro; }
  std::string_view type_name() const override { return "dict"; }
  Result<std::optional<jinja::Value>> attribute(std::string_view name) const override {
    // Names with a leading underscore are no attributes in the sandbox, but they are items, as in
    // dbt.
    if (name.starts_with('_')) return std::nullopt;
    return find(name);
  }
  Result<std::optional<jinja::Value>> item(const jinja::Value& key) const override {
    if (!key.is_string()) return std::nullopt;
    return find(key.as_string());
  }
  Result<std::optional<jinja::Value>> call_method(jinja::Interpreter& interpreter,
                                                  std::string_view name,
                                                  const jinja::CallArgs& args) override {
    auto found = macros_.find(name);
    if (found != macros_.end()) {
      SLUICE_ASSIGN(jinja::Value out, found->second->value.as_object().call(interpreter, args));
      return out;
    }
    if (name == "get" && !args.positional.empty()) {
      SLUICE_ASSIGN(auto value, item(args.positional[0]));
      if (value) return *value;
      return args.positional.size() > 1 ? args.positional[1] : jinja::Value::none();
    }
    return std::nullopt;
  }
  std::optional<size_t> length() const override { return macros_.size(); }
  bool is_mapping() const override { return true; }

 private:
  std::optional<jinja::Value> find(std::string_view name) const {
    auto found = macros_.find(name);
    return found == macros_.end() ? std::nullopt
                                  : std::optional<jinja::Value>(found->second->value);
  }
  std::string package_;
  std::unordered_map<std::string_view, const MacroResource*> macros_;
};

}  // namespace

void MacroRegistry::build(const Manifest& manifest, std::vector<std::string> prefixes) {
  manifest_ = &manifest;
  prefixes_ = std::move(prefixes);
  const project::Project& project = *manifest.project;
  root_ = project.root_package;
  by_package_.assign(project.packages.size(), {});
  std::vector<jinja::Ref<PackageNamespace>> namespaces;
  for (const project::Package& package : project.packages)
    namespaces.push_back(jinja::make_ref<PackageNamespace>(package.name));
  auto builtin = jinja::make_ref<PackageNamespace>("dbt");
  for (const auto& macro : manifest.macros) {
    by_package_[macro->package][macro->name] = macro.get();
    namespaces[macro->package]->add(*macro);
    if (!project.packages[macro->package].builtin) continue;
    builtin->add(*macro);
    builtin_[macro->name] = macro.get();
  }
  for (size_t i = 0; i < project.packages.size(); ++i)
    namespaces_[project.packages[i].name] = jinja::Value::object(namespaces[i]);
  namespaces_["dbt"] = jinja::Value::object(builtin);
}

const MacroResource* MacroRegistry::find(size_t package, std::string_view name) const {
  auto in = [&](const Names& names) -> const MacroResource* {
    auto found = names.find(name);
    return found == names.end() ? nullptr : found->second;
  };
  if (const MacroResource* macro = in(by_package_[package])) return macro;
  if (package != root_)
    if (const MacroResource* macro = in(by_package_[root_])) return macro;
  return in(builtin_);
}

const MacroResource* MacroRegistry::find_in_package(std::string_view package,
                                                    std::string_view name) const {
  if (package == "dbt") {
    auto found = builtin_.find(name);
    return found == builtin_.end() ? nullptr : found->second;
  }
  auto index = manifest_->project->package_by_name.find(package);
  if (index == manifest_->project->package_by_name.end()) return nullptr;
  auto found = by_package_[index->second].find(name);
  return found == by_package_[index->second].end() ? nullptr : found->second;
}

const jinja::Value* MacroRegistry::lookup(size_t package, std::string_view name) const {
  auto own = by_package_[package].find(name);
  if (own != by_package_[package].end()) return &own->second->value;
  if (package != root_) {
    auto root = by_package_[root_].find(name);
    if (root != by_package_[root_].end()) return &root->second->value;
  }
  auto space = namespaces_.find(name);
  if (space != namespaces_.end()) return &space->second;
  auto builtin = builtin_.find(name);
  return builtin == builtin_.end() ? nullptr : &builtin->second->value;
}

std::vector<std::string_view> MacroRegistry::dispatch_packages(
    std::string_view macro_namespace) const {
  for (const project::DispatchRule& rule : manifest_->project->dispatch)
    if (rule.macro_namespace == macro_namespace)
      return {rule.search_order.begin(), rule.search_order.end()};
  std::vector<std::string_view> out = {manifest_->project->root_pkg().name};
  if (macro_namespace != out.front()) out.push_back(macro_namespace);
  return out;
}

Result<const MacroResource*> MacroRegistry::dispatch(size_t package, std::string_view name,
                                                     const std::string& macro_namespace) const {
  std::string candidate;
  const auto search = [&](std::string_view in) -> const MacroResource* {
    for (const std::string& prefix : prefixes_) {
      candidate.assign(prefix).append("__").append(name);
      const MacroResource* macro =
          macro_namespace.empty() ? find(package, candidate) : find_in_package(in, candidate);
      if (macro != nullptr) return macro;
    }
    return nullptr;
  };
  std::vector<std::string_view> packages = {""};
  if (!macro_namespace.empty()) packages = dispatch_packages(macro_namespace);
  for (const std::string_view in : packages)
    if (const MacroResource* macro = search(in)) return macro;
  std::vector<std::string> attempts;
  for (const std::string_view in : packages)
    for (const std::string& prefix : prefixes_)
      attempts.push_back(in.empty() ? fmt::format("{}__{}", prefix, name)
                                    : fmt::format("{}.{}__{}", in, prefix, name));
  return fail(ErrorCode::kUnknownMacro,
              fmt::format("no macro named '{}' found within namespace: '{}'", name,
                          macro_namespace.empty() ? "None" : macro_namespace),
              fmt::format("define one of: {}", fmt::join(attempts, ", ")));
}

const MacroResource* MacroRegistry::find_materialization(std::string_view name) const {
  // dbt: an adapter's own implementation wins over `default`; at the same prefix the root project's
  // text wins over packages', and those over the built-in one.
  for (const std::string& prefix : prefixes_) {
    std::string wanted = fmt::format("materialization_{}_{}", name, prefix);
    auto in_root = by_package_[root_].find(wanted);
    if (in_root != by_package_[root_].end()) return in_root->second;
    for (size_t i = 0; i < by_package_.size(); ++i) {
      if (manifest_->project->packages[i].builtin) continue;
      auto found = by_package_[i].find(wanted);
      if (found != by_package_[i].end()) return found->second;
    }
    auto builtin = builtin_.find(wanted);
    if (builtin != builtin_.end()) return builtin->second;
  }
  return nullptr;
}

const MacroResource* MacroRegistry::find_test(size_t package, const std::string& macro_namespace,
                                              std::string_view name) const {
  std::string wanted = fmt::format("test_{}", name);
  return macro_namespace.empty() ? find(package, wanted) : find_in_package(macro_namespace, wanted);
}

std::string MacroRegistry::suggestion(size_t package, std::string_view name) const {
  std::vector<std::string_view> names;
  for (const Names* table : {&by_package_[package], &by_package_[root_], &builtin_})
    for (const auto& [known, macro] : *table) names.push_back(known);
  std::sort(names.begin(), names.end());
  return nearest_name(name, names);
}

}  // namespace sluice::compile
