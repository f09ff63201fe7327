// What an earlier run's run_results.json says of the batches of microbatch models. Pure.
#pragma once

#include <map>
#include <string>

#include "jinja/value.h"
#include "run/node_result.h"

namespace sluice::run {

// By unique id, of the models that have batches of both kinds: for
// ProjectRunOptions::previous_batches. `run_results` is the parsed artifact; entries that do not
// read as batches are left out.
std::map<std::string, BatchResults> batches_to_retry(const jinja::Value& run_results);

}  // namespace sluice::run
