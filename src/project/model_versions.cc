#include "project/model_versions.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "jinja/ops.h"
#include "project/yaml_value.h"

namespace sluice::project {

using jinja::Dict;
using jinja::Value;

namespace {

std::string text_of(const Value& value) { return jinja::to_str(value).value_or(std::string()); }

// `value` as a value of the type of `like`, as Python's int(), float() and str() convert; nullopt
// when they cannot.
std::optional<Value> converted(const Value& value, const Value& like) {
  if (like.is_string()) return Value::string(text_of(value));
  if (like.is_float()) {
    if (value.is_float()) return value;
    if (value.is_int()) return Value::floating(static_cast<double>(value.as_int()));
    const std::optional<double> number =
        value.is_string() ? jinja::parse_float(value.as_string()) : std::nullopt;
    return number ? std::optional<Value>(Value::floating(*number)) : std::nullopt;
  }
  if (value.is_int()) return value;
  if (value.is_float()) return Value::integer(static_cast<int64_t>(value.as_float()));
  return value.is_string() ? jinja::parse_int(value.as_string()) : std::nullopt;
}

bool is_less(const Value& a, const Value& b) {
  if (a.is_string()) return a.as_string() < b.as_string();
  const auto number = [](const Value& value) {
    return value.is_float() ? value.as_float() : static_cast<double>(value.as_int());
  };
  return number(a) < number(b);
}

bool is_in(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// The model's columns that the version takes, in their order, its own in their place or behind.
std::vector<ColumnProperties> version_columns(const std::vector<ColumnProperties>& of_model,
                                              VersionColumns given) {
  std::vector<ColumnProperties> out;
  for (const ColumnProperties& column : of_model)
    if ((!given.included || is_in(*given.included, column.name)) &&
        !is_in(given.excluded, column.name))
      out.push_back(column);
  for (ColumnProperties& own : given.own) {
    const auto known = std::find_if(out.begin(), out.end(), [&](const ColumnProperties& column) {
      return column.name == own.name;
    });
    if (known == out.end()) {
      out.push_back(std::move(own));
      continue;
    }
    // Everything is the version's save the tests, which add up.
    own.tests.insert(own.tests.begin(), known->tests.begin(), known->tests.end());
    *known = std::move(own);
  }
  return out;
}

Value overlaid(const Value& base, const Value& overlay) {
  Value out = deep_copy(base);
  for (const Dict::Entry& entry : overlay.as_dict().entries())
    out.as_dict().set(entry.key, entry.value);
  return out;
}

NodeProperties make_version(const NodeProperties& model, VersionProperties version,
                            const Value& latest) {
  NodeProperties out = model;
  out.version = version.version;
  out.version_text = std::move(version.text);
  out.latest_version = latest;
  out.file_stem = version.defined_in.value_or(fmt::format("{}_v{}", model.name, out.version_text));
  out.may_be_unsuffixed = !version.defined_in && text_of(latest) == out.version_text;
  if (version.description && !version.description->empty())
    out.description = std::move(*version.description);
  out.entry = overlaid(model.entry, version.entry);
  // A version ends by its own date, never by the model's.
  if (version.entry.as_dict().find("deprecation_date") == nullptr)
    out.entry.as_dict().erase(Value::string("deprecation_date"));
  out.version_config = std::move(version.config);
  if (version.columns) out.columns = version_columns(model.columns, std::move(*version.columns));
  if (version.tests) out.tests = std::move(*version.tests);
  out.span = std::move(version.span);
  return out;
}

}  // namespace

bool is_older_version(const Value& a, const Value& b) {
  if (const std::optional<Value> left = converted(a, b)) return is_less(*left, b);
  if (const std::optional<Value> right = converted(b, a)) return is_less(a, *right);
  return text_of(a) < text_of(b);
}

std::vector<NodeProperties> expand_versions(const NodeProperties& model,
                                            std::vector<VersionProperties> versions,
                                            const yaml::Node* latest, ShapeReader& shapes) {
  std::vector<std::string> known;
  Value newest = versions.empty() ? Value::none() : versions.front().version;
  for (const VersionProperties& version : versions) {
    if (is_in(known, version.text))
      shapes.diagnostics().add_error(
          Error(ErrorCode::kPropertyInvalid,
                fmt::format("found duplicate version '{}' in the versions of model '{}'",
                            version.text, model.name),
                "give each version a number of its own")
              .add_span(version.span));
    known.push_back(version.text);
    if (is_older_version(newest, version.version)) newest = version.version;
  }
  if (latest != nullptr) {
    newest = to_value(*latest);
    if (!versions.empty() && !is_in(known, text_of(newest)))
      shapes.error(*latest,
                   fmt::format("latest_version {} is not one of the versions of model '{}': {}",
                               text_of(newest), model.name, fmt::join(known, ", ")),
                   "name one of them, or remove the line: the highest is the latest then");
  }
  std::vector<NodeProperties> out;
  out.reserve(versions.size());
  known.clear();
  for (VersionProperties& version : versions) {
    if (is_in(known, version.text)) continue;
    known.push_back(version.text);
    out.push_back(make_version(model, std::move(version), newest));
  }
  return out;
}

}  // namespace sluice::project
