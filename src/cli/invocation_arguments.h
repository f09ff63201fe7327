// What a command was called with, as dbt's artifacts and templates show it.
#pragma once

#include <string>

#include "cli/options.h"
#include "jinja/value.h"
#include "project/project.h"

namespace sluice::cli {

// The flags of this invocation as a dict: what `invocation_args_dict` shows.
jinja::Value invocation_arguments(const Options& options);

// `args` of run_results.json: the same with folders and behaviour flags of the project.
jinja::Value recorded_arguments(const Options& options, const project::Project& project);

}  // namespace sluice::cli
