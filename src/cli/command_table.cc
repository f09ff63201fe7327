// The commands as data: names, what they are for, examples.
#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "cli/option_table.h"

namespace sluice::cli {
namespace {

// What looks and changes nothing, most of it about maintained models.
std::vector<CommandSpec> maintenance_commands() {
  return {
      {Command::kCheck, "check", "", "check",
       "Find wrong names, types and broken contracts in all models without any data",
       "  sluice check\n  sluice check --select staging.* --output json\n", "", "", false},
      {Command::kPlan, "plan", "", "plan", "Show what a run would compute, read and cost, and why",
       "  sluice plan\n  sluice plan --select orders+ --output json\n", "", "", false},
      {Command::kExplain, "explain", "", "explain",
       "Show how a maintained model follows its inputs, and of which of their columns it is made",
       "  sluice explain --select daily_revenue\n  sluice explain --output json\n", "", "", false},
      {Command::kVerify, "verify", "", "verify",
       "Prove that maintained models equal a full refresh",
       "  sluice verify\n  sluice verify --audit 10\n  sluice verify --select daily_revenue "
       "--output json\n",
       "", "", false},
      {Command::kAudit, "audit", "", "audit",
       "Find incremental models whose tables are not what a full refresh would make",
       "  sluice audit\n  sluice audit --select orders+ --output json\n", "", "", false},
      {Command::kAdopt, "adopt", "", "adopt",
       "Maintain tables that were built otherwise, once they are proved equal to a full refresh",
       "  sluice adopt --select daily_revenue\n  sluice adopt --output json\n", "", "", false},
      {Command::kState, "state", "", "state", "Show what the ledger holds, or let it forget",
       "  sluice state\n  sluice state show daily_revenue --output json\n  sluice state reset "
       "daily_revenue --yes\n",
       "ACTION", "show or reset", false, "MODEL", "Names of models; default of show: all"},
      {Command::kCost, "cost", "", "cost",
       "Add up what runs have read and what full refreshes would have read",
       "  sluice cost\n  sluice cost --since 7d --output json\n", "", "", false},
  };
}

// About the project as a whole, its surroundings and the program.
std::vector<CommandSpec> project_commands() {
  return {
      {Command::kRunOperation, "run-operation", "", "run-operation", "Run a macro",
       "  sluice run-operation grant_select --args '{role: reporter}'\n  sluice run-operation "
       "my_package.cleanup\n",
       "MACRO", "Name of the macro, optionally package.name", true},
      {Command::kDebug, "debug", "", "debug", "Check the project, the profile and the connection",
       "  sluice debug\n  sluice debug --target production --profiles-dir profiles\n", "", "",
       false},
      {Command::kClean, "clean", "", "clean", "Remove the folders named in clean-targets",
       "  sluice clean\n  sluice clean --project-dir shop\n", "", "", false},
      {Command::kInit, "init", "", "init", "Write a small working project",
       "  sluice init shop\n  cd shop && sluice build\n  sluice init shop --profile warehouse\n",
       "NAME", "Name of the project and of its folder; asked for when it is missing", false},
      {Command::kSource, "source", "", "freshness", "Check how new the sources are",
       "  sluice source freshness\n  sluice source freshness --select source:raw.orders\n  sluice "
       "source freshness --output freshness.json\n",
       "ACTION", "freshness", true},
      {Command::kDeps, "deps", "", "deps", "Install the packages that the project names",
       "  sluice deps\n  sluice deps --upgrade\n  sluice deps --add-package "
       "dbt-labs/dbt_utils@1.3.0\n",
       "", "", false},
      {Command::kDocs, "docs", "", "generate",
       "Write what the database says of the project's tables",
       "  sluice docs generate\n  sluice docs generate --select tag:public\n  sluice docs generate "
       "--empty-catalog\n",
       "ACTION", "generate (serve comes with the service)", true},
      {Command::kGenStoreOrders, "gen", "", "gen", "Make sample data",
       "  sluice gen store-orders --days 90\n  sluice gen store-orders --days 40 --base-orders "
       "2000 --seed 7 --until 2026-03-31\n  sluice gen store-orders --late 2026-03-10:500 --until "
       "2026-03-31\n",
       "KIND", "What to make: store-orders", true},
      {Command::kExtensions, "extensions", "", "extensions",
       "Fetch and list the engine's extensions",
       "  sluice extensions fetch httpfs sqlite\n  sluice extensions fetch --from wheels ducklake\n"
       "  sluice extensions list\n",
       "ACTION", "fetch or list", true, "NAME",
       "Extensions to fetch; default: those that the profile lists"},
      {Command::kVersion, "version", "", "version", "Print the version",
       "  sluice version\n  sluice --version\n", "", "", false},
  };
}

}  // namespace

std::vector<CommandSpec> command_table() {
  std::vector<CommandSpec> commands = {
      {Command::kBuild, "build", "", "build",
       "Run seeds, models and tests in the order of the graph",
       "  sluice build\n  sluice build --select +orders --threads 4\n  sluice build --select "
       "tag:daily --full-refresh\n  sluice build --atomic\n",
       "", "", false},
      {Command::kRun, "run", "", "run", "Run models",
       "  sluice run\n  sluice run --select staging.* --exclude stg_returns\n  sluice run --vars "
       "'{start_date: 2026-01-01}'\n",
       "", "", false},
      {Command::kTest, "test", "", "test", "Run tests on what was built",
       "  sluice test\n  sluice test --select orders --store-failures\n", "", "", false},
      {Command::kSeed, "seed", "", "seed", "Load the CSV files of the project",
       "  sluice seed\n  sluice seed --select countries --full-refresh\n", "", "", false},
      {Command::kSnapshot, "snapshot", "", "snapshot", "Record how rows have changed",
       "  sluice snapshot\n  sluice snapshot --select orders_history\n", "", "", false},
      {Command::kCompile, "compile", "", "compile",
       "Write the SQL of nodes to target/compiled without running it",
       "  sluice compile\n  sluice compile --select orders\n  sluice compile --inline \"select * "
       "from {{ ref('orders') }}\"\n",
       "", "", false},
      {Command::kParse, "parse", "", "parse", "Read the project and write manifest.json",
       "  sluice parse\n  sluice parse --project-dir shop --no-write-json\n", "", "", false},
      {Command::kList, "list", "ls", "list", "List the resources of the project",
       "  sluice ls\n  sluice ls --select +orders --output path\n  sluice ls --resource-type model "
       "--output json --output-keys name unique_id\n",
       "", "", false},
      {Command::kShow, "show", "", "show", "Show the first rows of a node or of a query",
       "  sluice show --select orders --limit 20\n  sluice show --inline \"select count(*) from {{ "
       "ref('orders') }}\"\n  sluice show --select orders --output json\n",
       "", "", false},
      {Command::kClone, "clone", "", "clone",
       "Make the relations of an earlier run available in this target",
       "  sluice clone --state production\n  sluice clone --state production --select +orders "
       "--full-refresh\n",
       "", "", false},
      {Command::kRetry, "retry", "", "retry",
       "Run again what failed or was skipped in the last run",
       "  sluice retry\n  sluice retry --state yesterday --full-refresh\n", "", "", false},
  };
  // Behind `show`, where `--help` has what looks and changes nothing.
  const auto show = std::find_if(commands.begin(), commands.end(), [](const CommandSpec& spec) {
    return spec.command == Command::kShow;
  });
  const std::vector<CommandSpec> maintenance = maintenance_commands();
  commands.insert(std::next(show), maintenance.begin(), maintenance.end());
  const std::vector<CommandSpec> others = project_commands();
  commands.insert(commands.end(), others.begin(), others.end());
  return commands;
}

}  // namespace sluice::cli
