// Values of options that are not written on the command line: text of the environment and of
// dbt_project.yml.
#pragma once

#include <optional>
#include <string>

#include "cli/option_table.h"

namespace sluice::cli {

// "1", "true", "t", "yes", "y", "on" and their opposites, in any case; nothing is false.
std::optional<bool> parse_bool(std::string text);

// Sets the option's field from a text; false when it does not fit, and then nothing is changed.
bool set_from_text(Options& options, const OptionSpec& spec, const std::string& text);

}  // namespace sluice::cli
