#include <fmt/format.h>

#include <cctype>
#include <string>
#include <utility>
#include <vector>

#include "cli/commands.h"
#include "cli/workspace.h"

namespace sluice::cli {
namespace {

bool is_project_name(const std::string& name) {
  if (name.empty() || std::isdigit(static_cast<unsigned char>(name.front()))) return false;
  for (char byte : name)
    if (byte != '_' && !std::isalnum(static_cast<unsigned char>(byte))) return false;
  return true;
}

// {path, text} of a new project; NAME stands for its name.
std::vector<std::pair<std::string, std::string>> project_files() {
  return {
      {"dbt_project.yml", R"(name: NAME
version: '1.0.0'
profile: NAME

model-paths: [models]
seed-paths: [seeds]
test-paths: [tests]
macro-paths: [macros]
clean-targets: [target]

models:
  NAME:
    +materialized: table
)"},
      {"profiles.yml", R"(NAME:
  target: dev
  outputs:
    dev:
      type: duckdb
      path: NAME.duckdb
      schema: analytics
      threads: 4
)"},
      {"sluice.yml", R"(# Settings of sluice; dbt ignores this file.
version: 1

incremental:
  policy: auto        # incremental models without hand-written windows are kept exact
  price_per_tb: 6.25  # dollars; for the cost of each run
)"},
      {"seeds/orders.csv", R"(order_id,ordered_on,store,amount
1,2026-01-01,north,12.50
2,2026-01-01,south,8.00
3,2026-01-02,north,30.25
4,2026-01-02,south,4.75
5,2026-01-03,north,19.90
)"},
      {"models/daily_revenue.sql", R"(select
    ordered_on,
    store,
    count(*) as num_orders,
    sum(amount) as revenue
from {{ ref('orders') }}
group by ordered_on, store
)"},
      {"models/models.yml", R"(version: 2

models:
  - name: daily_revenue
    description: Orders and revenue of a store on a day.
    columns:
      - name: ordered_on
        data_tests: [not_null]
      - name: revenue
        data_tests: [not_null]
)"},
      {"tests/revenue_is_not_negative.sql", R"(-- A test passes when it finds no row.
select *
from {{ ref('daily_revenue') }}
where revenue < 0
)"},
      {".gitignore", R"(target/
logs/
*.duckdb
*.duckdb.wal
)"},
  };
}

std::string with_name(std::string text, const std::string& name) {
  for (size_t at = text.find("NAME"); at != std::string::npos;
       at = text.find("NAME", at + name.size()))
    text.replace(at, 4, name);
  return text;
}

}  // namespace

int init_command(Invocation& invocation) {
  const std::string& name = invocation.options.name;
  if (!is_project_name(name))
    return report_error(
        invocation, Error(ErrorCode::kBadArgument, fmt::format("not a project name: \"{}\"", name),
                          "use letters, digits and _, not beginning with a digit"));
  const std::string folder = join_path(invocation.working_directory, name);
  const Result<std::vector<FileInfo>> there = invocation.fs.list(folder);
  const bool is_occupied = (invocation.fs.exists(folder) && !invocation.fs.is_directory(folder)) ||
                           (there && !there->empty());
  if (is_occupied)
    return report_error(invocation,
                        Error(ErrorCode::kRunInvalid, fmt::format("\"{}\" exists already", folder),
                              "choose another name, or remove the folder"));
  for (const auto& [path, text] : project_files()) {
    Status written = invocation.fs.write_atomically(join_path(folder, path), with_name(text, name));
    if (!written) return report_error(invocation, written.error());
  }
  invocation.console.info(fmt::format("Made the project \"{}\".", name), "ProjectCreated");
  invocation.console.output(
      fmt::format("Next:\n  cd {}\n  sluice build\n  sluice show --select daily_revenue", name),
      "ProjectNextSteps");
  return kExitOk;
}

}  // namespace sluice::cli
