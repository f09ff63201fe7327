// Renders the Jinja in YAML values natively (one expression keeps its type). Internal to project/.
// One renderer belongs to one thread; the scope behind it may be shared.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "jinja/template.h"
#include "yaml/node.h"

namespace sluice::project {

// Keys from the root of what is rendered down to the value; list positions are left out.
using KeyPath = std::vector<std::string_view>;
// True for values that stay as written (hooks, descriptions, tests: they are rendered later, with
// more in scope).
using KeepAsWritten = std::function<bool(const KeyPath&)>;

class YamlRenderer {
 public:
  YamlRenderer(const jinja::Scope& scope, const yaml::Document& document);
  // The node as a value, every string with Jinja rendered save those that `keep` holds back. Errors
  // name the value's place. Strings without Jinja cost nothing.
  Result<jinja::Value> render(const yaml::Node& node, const KeepAsWritten& keep = nullptr);
  // The same for a mapping, without the keys in `left_out`.
  Result<jinja::Value> render_without(const yaml::Node& mapping,
                                      std::span<const std::string_view> left_out,
                                      const KeepAsWritten& keep);

 private:
  Result<jinja::Value> visit(const yaml::Node& node);
  Result<jinja::Value> visit_mapping(const yaml::Node& node,
                                     std::span<const std::string_view> left_out);
  Result<jinja::Value> render_string(const yaml::Node& node);

  const yaml::Document& document_;
  jinja::Environment environment_;
  jinja::Interpreter interpreter_;
  const KeepAsWritten* keep_ = nullptr;
  KeyPath path_;
};

}  // namespace sluice::project
