#include "run/project_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "base/suggest.h"
#include "yaml/node.h"

namespace sluice::run {
namespace {

std::vector<std::string_view> top_level_keys() {
  return {"version",   "incremental", "environments", "jobs",         "schedules",   "sensors",
          "freshness", "alerts",      "publish",      "ingest_paths", "price_per_tb"};
}

std::vector<std::string_view> incremental_keys() {
  return {"policy",    "tables",       "on_source_delete", "fingerprint",
          "cost_gate", "exact_floats", "price_per_tb",     "audit"};
}

void check_keys(const yaml::Document& document, const yaml::Node& mapping,
                const std::vector<std::string_view>& known, const std::string& where,
                Diagnostics& diagnostics) {
  for (const auto& [key, value] : mapping.entries) {
    if (std::find(known.begin(), known.end(), key->text) != known.end()) continue;
    const std::string nearest = nearest_name(key->text, known);
    Error error(ErrorCode::kProjectInvalid,
                fmt::format("unknown key in {}: \"{}\"", where, key->text),
                nearest.empty() ? std::string("see the list of settings in the manual")
                                : fmt::format("did you mean \"{}\"?", nearest));
    error.add_span(document.span(*key))
        .set_excerpt(make_excerpt(document.text(), document.span(*key)));
    diagnostics.add_error(std::move(error));
  }
}

void read_price(const yaml::Document& document, const yaml::Node& mapping,
                ProjectSettings& settings, Diagnostics& diagnostics) {
  const yaml::Node* price = mapping.find("price_per_tb");
  if (price == nullptr) return;
  if (price->tag == yaml::Tag::kInt && price->integer >= 0) {
    settings.price_per_tb = static_cast<double>(price->integer);
  } else if (price->tag == yaml::Tag::kFloat && price->floating >= 0) {
    settings.price_per_tb = price->floating;
  } else {
    Error error(ErrorCode::kProjectInvalid,
                fmt::format("price_per_tb is not an amount of dollars: \"{}\"", price->text),
                "write a number such as 6.25");
    error.add_span(document.span(*price))
        .set_excerpt(make_excerpt(document.text(), document.span(*price)));
    diagnostics.add_error(std::move(error));
  }
}

void add_value_error(const yaml::Document& document, const yaml::Node& value, std::string message,
                     std::string hint, Diagnostics& diagnostics) {
  Error error(ErrorCode::kProjectInvalid, std::move(message), std::move(hint));
  error.add_span(document.span(value))
      .set_excerpt(make_excerpt(document.text(), document.span(value)));
  diagnostics.add_error(std::move(error));
}

void read_incremental(const yaml::Document& document, const yaml::Node& mapping,
                      ProjectSettings& settings, Diagnostics& diagnostics) {
  if (const yaml::Node* policy = mapping.find("policy")) {
    // YAML reads `off` as false.
    const bool is_off = policy->tag == yaml::Tag::kBool && !policy->boolean;
    const auto parsed =
        is_off ? std::optional(IncrementalPolicy::kOff) : parse_policy(policy->text);
    if (parsed)
      settings.policy = *parsed;
    else
      add_value_error(document, *policy,
                      fmt::format("unknown incremental policy: \"{}\"", policy->text),
                      "use off, auto, exact or strict", diagnostics);
  }
  if (const yaml::Node* tables = mapping.find("tables"))
    settings.maintains_tables = tables->tag == yaml::Tag::kBool && tables->boolean;
  if (const yaml::Node* deletes = mapping.find("on_source_delete")) {
    if (deletes->text == "follow")
      settings.on_source_delete = SourceDeletes::kFollow;
    else if (deletes->text != "guard")
      add_value_error(document, *deletes,
                      fmt::format("on_source_delete: \"{}\" is not known here", deletes->text),
                      "use follow or guard", diagnostics);
  }
  if (const yaml::Node* gate = mapping.find("cost_gate")) {
    if (gate->tag == yaml::Tag::kBool)
      settings.has_cost_gate = gate->boolean;
    else
      add_value_error(document, *gate,
                      fmt::format("cost_gate: \"{}\" is not known here", gate->text),
                      "use on or off", diagnostics);
  }
  for (const char* key : {"fingerprint", "exact_floats", "audit"})
    if (const yaml::Node* value = mapping.find(key)) {
      Error warning(ErrorCode::kProjectInvalid,
                    fmt::format("incremental.{} has no effect in this version", key),
                    "remove it, or leave it for later");
      warning.add_span(document.span(*value));
      diagnostics.add_warning(std::move(warning));
    }
}

}  // namespace

std::optional<IncrementalPolicy> parse_policy(std::string_view text) {
  if (text == "off") return IncrementalPolicy::kOff;
  if (text == "auto") return IncrementalPolicy::kAuto;
  if (text == "exact") return IncrementalPolicy::kExact;
  if (text == "strict") return IncrementalPolicy::kStrict;
  return std::nullopt;
}

ProjectSettings read_project_settings(const FileSystem& fs, const std::string& project_root,
                                      Diagnostics& diagnostics) {
  ProjectSettings settings;
  const std::string path = join_path(project_root, "sluice.yml");
  if (!fs.exists(path)) return settings;
  Result<std::string> text = fs.read(path);
  if (!text) {
    diagnostics.add_error(std::move(text.error()));
    return settings;
  }
  Result<yaml::Document> document = yaml::parse(std::move(*text), "sluice.yml");
  if (!document) {
    diagnostics.add_error(std::move(document.error()));
    return settings;
  }
  diagnostics.append(document->warnings());
  const yaml::Node& root = document->root();
  if (root.is_null()) return settings;
  if (!root.is_mapping()) {
    Error error(ErrorCode::kProjectInvalid, "sluice.yml is not a mapping of settings",
                "begin with a line such as \"version: 1\"");
    error.add_span(document->span(root));
    diagnostics.add_error(std::move(error));
    return settings;
  }
  check_keys(*document, root, top_level_keys(), "sluice.yml", diagnostics);
  read_price(*document, root, settings, diagnostics);
  const yaml::Node* incremental = root.find("incremental");
  if (incremental != nullptr && incremental->is_mapping()) {
    check_keys(*document, *incremental, incremental_keys(), "sluice.yml under \"incremental\"",
               diagnostics);
    read_price(*document, *incremental, settings, diagnostics);
    read_incremental(*document, *incremental, settings, diagnostics);
  }
  return settings;
}

}  // namespace sluice::run
