#include "cli/project_options.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "cli/option_table.h"
#include "cli/option_value.h"
#include "jinja/ops.h"

namespace sluice::cli {
namespace {

// Those that dbt takes from a project; others of the same name as an option are ignored, as there.
constexpr std::array<std::string_view, 20> kProjectOptions = {
    "cache_selected_only", "debug",           "fail_fast",          "indirect_selection",
    "log_format",          "log_format_file", "log_level",          "log_level_file",
    "partial_parse",       "populate_cache",  "printer_width",      "send_anonymous_usage_stats",
    "static_parser",       "use_colors",      "use_colors_file",    "use_experimental_parser",
    "version_check",       "warn_error",      "warn_error_options", "write_json"};

const jinja::Value* flag_of(const jinja::Value& flags, const OptionSpec& spec) {
  for (const std::string& key : option_keys(spec))
    if (std::ranges::find(kProjectOptions, key) != kProjectOptions.end())
      if (const jinja::Value* value = flags.as_dict().find(key)) return value;
  return nullptr;
}

Result<std::string> text_of(const jinja::Value& value) {
  return value.is_dict() ? jinja::to_json(value) : jinja::to_str(value);
}

}  // namespace

Status apply_project_flags(const jinja::Value& flags, Options& options) {
  if (!flags.is_dict() || flags.as_dict().empty()) return {};
  for (const OptionSpec& spec : option_table()) {
    const std::string names(spec.names);
    if (options.given.contains(names) || options.from_environment.contains(names)) continue;
    const jinja::Value* value = flag_of(flags, spec);
    if (value == nullptr || value->is_none()) continue;
    // --warn-error and --warn-error-options exclude each other; the command line comes first.
    if (names == "--warn-error-options" && options.warn_error) continue;
    SLUICE_ASSIGN(const std::string text, text_of(*value));
    // dbt ignores a value that does not fit.
    if (!set_from_text(options, spec, text)) continue;
    if (names.find("--use-colors,") != std::string::npos) options.use_colors_given = true;
  }
  if (options.log_format == "default" || options.log_format == "debug") options.log_format = "text";
  return {};
}

}  // namespace sluice::cli
