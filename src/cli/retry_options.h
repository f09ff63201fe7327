// What `retry` does again: the options of the earlier command, as run_results.json has them, with
// what the command line of the retry says on top. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/options.h"
#include "jinja/value.h"

namespace sluice::cli {

// The command that wrote the results, and its options. kStateInvalid when it is one that cannot be
// done again.
Result<Options> options_to_retry(const Options& given, const jinja::Value& run_results);

// Unique ids of the nodes that did not end well: failed, skipped, or done in part. Hooks are left
// out: they run with every command.
std::vector<std::string> ids_to_retry(const jinja::Value& run_results);

}  // namespace sluice::cli
