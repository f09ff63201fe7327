// The commands. Each answers its exit code and has reported its own errors.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/invocation.h"
#include "run/node_result.h"

namespace sluice::cli {

int run_project_command(Invocation& invocation);  // build, run, test, seed, compile, clone
// The same for these nodes and no others.
int retry_nodes(Invocation& invocation, const std::vector<std::string>& unique_ids,
                const std::map<std::string, run::BatchResults>& previous_batches);
int retry_command(Invocation& invocation);
int show_command(Invocation& invocation);  // show, and compile --inline
int plan_command(Invocation& invocation);
int explain_command(Invocation& invocation);
int verify_command(Invocation& invocation);
int check_command(Invocation& invocation);
int cost_command(Invocation& invocation);
int audit_command(Invocation& invocation);
int adopt_command(Invocation& invocation);
int state_command(Invocation& invocation);
int list_command(Invocation& invocation);
int parse_command(Invocation& invocation);
int run_operation_command(Invocation& invocation);
int debug_command(Invocation& invocation);
int clean_command(Invocation& invocation);
int init_command(Invocation& invocation);
int source_command(Invocation& invocation);  // source freshness
int deps_command(Invocation& invocation);
int docs_command(Invocation& invocation);  // docs generate, docs serve
int gen_store_orders_command(Invocation& invocation);
int extensions_command(Invocation& invocation);

// "sluice 0.1.0"
std::string version_text();
std::string version_number();

}  // namespace sluice::cli
