// Versions of models, and the dates from which models should not be used any more.
#include <fmt/format.h>

#include "compile/project_parser.h"
#include "jinja/modules_datetime.h"
#include "jinja/ops.h"
#include "project/model_versions.h"

namespace sluice::compile {

using jinja::Value;

namespace {

struct Moment {
  std::string text;  // ISO 8601 with an offset
  int64_t micros = 0;
};

// A date, a datetime or a text of one; what names no time zone is UTC.
std::optional<Moment> read_moment(const Value& given) {
  Value value = given;
  if (given.is_string()) {
    Result<Value> parsed = jinja::parse_iso_datetime(given.as_string());
    if (!parsed) return std::nullopt;
    value = std::move(*parsed);
  }
  if (const auto* date = value.object_as<jinja::DateObject>()) {
    Result<std::string> text = date->str();
    if (!text) return std::nullopt;
    return Moment{*text + "T00:00:00+00:00", date->days() * jinja::kMicrosPerDay};
  }
  const auto* moment = value.object_as<jinja::DateTimeObject>();
  if (moment == nullptr) return std::nullopt;
  Result<std::string> text = moment->str();
  if (!text) return std::nullopt;
  if (const size_t blank = text->find(' '); blank != std::string::npos) (*text)[blank] = 'T';
  if (!moment->zone()) *text += "+00:00";
  return Moment{std::move(*text), moment->utc_micros()};
}

std::string date_of(const Node& node) {
  return jinja::to_str(node.deprecation_date).value_or(std::string());
}

}  // namespace

void ProjectParser::take_version(const project::NodeProperties& properties, Node& node) {
  if (properties.version.is_none()) return;
  node.version = properties.version;
  node.latest_version = properties.latest_version;
  node.fqn.push_back("v" + properties.version_text);
  node.unique_id += ".v" + properties.version_text;
}

void ProjectParser::take_deprecation_date(const project::NodeProperties& properties, Node& node) {
  const Value* given =
      properties.entry.is_dict() ? properties.entry.as_dict().find("deprecation_date") : nullptr;
  if (given == nullptr || given->is_none() || properties.yaml_key != "models") return;
  if (std::optional<Moment> moment = read_moment(*given)) {
    node.deprecation_date = Value::string(moment->text);
    node.deprecated_at_micros = moment->micros;
    return;
  }
  Error error(ErrorCode::kPropertyInvalid,
              fmt::format("deprecation_date of model '{}' is no date: \"{}\"", properties.name,
                          jinja::to_str(*given).value_or(std::string())),
              "write it as 2027-01-31, or with a time: 2027-01-31 12:00:00+00:00");
  diagnostics_.add_error(std::move(error.add_span(properties.span)));
}

// What is deprecated, and who uses it.
void ProjectParser::warn_deprecated_models() {
  const int64_t now = shared_.options.started_at_micros;
  bool any = false;
  for (const auto& node : shared_.manifest.nodes) {
    if (node->deprecation_date.is_none()) continue;
    any = true;
    if (node->deprecated_at_micros >= now) continue;
    Error warning(ErrorCode::kPropertyInvalid,
                  fmt::format("model {} has passed its deprecation date of {}",
                              node->versioned_name(), date_of(*node)),
                  "disable or remove the model");
    diagnostics_.add_warning(std::move(warning.add_span(node->span)), "DeprecatedModel");
  }
  if (!any) return;
  for (const auto& user : shared_.manifest.nodes)
    if (user->type == ResourceType::kModel)
      for (const RefCall& call : user->refs) warn_deprecated_reference(*user, call);
}

void ProjectParser::warn_deprecated_reference(const Node& user, const RefCall& call) {
  const Node* target = shared_.references.find_ref(call, user.package);
  if (target == nullptr || target->deprecation_date.is_none()) return;
  const bool past = target->deprecated_at_micros < shared_.options.started_at_micros;
  std::string message =
      fmt::format("while compiling '{}': found a reference to {}, which {} on '{}'", user.name,
                  target->versioned_name(), past ? "was deprecated" : "is slated for deprecation",
                  date_of(*target));
  std::string hint = "refer to another model";
  if (!target->version.is_none() &&
      project::is_older_version(target->version, target->latest_version))
    hint = fmt::format("a new version is available: {{{{ ref('{}', '{}', v='{}') }}}}",
                       target->package_name, target->name,
                       jinja::to_str(target->latest_version).value_or(std::string()));
  Error warning(ErrorCode::kPropertyInvalid, std::move(message), std::move(hint));
  warning.add_span(call_place(user, call.line, call.name)).set_node(user.unique_id);
  diagnostics_.add_warning(std::move(warning),
                           past ? "DeprecatedReference" : "UpcomingReferenceDeprecation");
}

// A name cannot be that of a model with versions and of one without.
void ProjectParser::check_versions() {
  std::unordered_map<std::string, const Node*> versioned;
  for (const auto& node : shared_.manifest.nodes)
    if (!node->version.is_none())
      versioned.emplace(fmt::format("{} {}", node->package, node->name), node.get());
  if (versioned.empty()) return;
  for (const auto& node : shared_.manifest.nodes) {
    if (!node->is_refable() || !node->version.is_none()) continue;
    const auto clash = versioned.find(fmt::format("{} {}", node->package, node->name));
    if (clash == versioned.end()) continue;
    Error error(
        ErrorCode::kDuplicateResource,
        fmt::format("found versioned and unversioned models with the name '{}'", node->name),
        fmt::format("rename {}, or add it to the versions of '{}'", node->original_file_path,
                    node->name));
    error.add_span(node->span).add_span(clash->second->span).set_node(node->unique_id);
    diagnostics_.add_error(std::move(error));
  }
}

void tell_of_prerelease(const SharedState& shared, const Node* node, const RefCall& call,
                        const Node& target) {
  if (node == nullptr || !call.version.empty() || target.version.is_none()) return;
  const Node* newest = &target;
  for (const Node* version : shared.references.versions_of(call))
    if (version->package == target.package &&
        project::is_older_version(newest->version, version->version))
      newest = version;
  if (newest == &target) return;
  const std::string latest = target.version_text();
  const std::string next = newest->version_text();
  const std::string call_text =
      fmt::format("{{{{ ref('{}', '{}', v=", target.package_name, target.name);
  shared.emit(EventLevel::kInfo, "UnpinnedRefNewVersionAvailable",
              fmt::format("While compiling '{0}':\n"
                          "Found an unpinned reference to versioned model '{1}' in project '{2}'.\n"
                          "Resolving to latest version: {3}\n"
                          "A prerelease version {4} is available. It has not yet been marked "
                          "'latest' by its maintainer.\n"
                          "When that happens, this reference will resolve to {5} instead.\n\n"
                          "  Try out v{4}: {6}'{4}') }}}}\n"
                          "  Pin to  v{7}: {6}'{7}') }}}}\n",
                          node->name, target.name, target.package_name, target.versioned_name(),
                          next, newest->versioned_name(), call_text, latest),
              node->unique_id);
}

}  // namespace sluice::compile
