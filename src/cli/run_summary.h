// The end of a run: a line per model with its cost, totals, warnings and errors once more with
// place and hint, and dbt's "Done. PASS=…" line.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "cli/console.h"
#include "compile/manifest.h"
#include "run/node_result.h"

namespace sluice::cli {

struct RunSummaryOptions {
  double elapsed_seconds = 0;
  double price_per_tb = 0;
  bool cancelled = false;
  bool with_table = true;
  std::string target_path;  // absolute; shown relative to `root`
  std::string root;
};

// The results once more, for readers of the JSON log.
void tell_results(Console& console, const Clock& clock, const std::vector<run::NodeResult>& results,
                  bool success, double elapsed_seconds);

// dbt's line of what ran and how long it took: kinds "2 view models, 1 seed".
void tell_finished(Console& console, const std::string& kinds, double elapsed_seconds);

void print_run_summary(Console& console, const compile::Manifest& manifest,
                       const std::vector<run::NodeResult>& results,
                       const RunSummaryOptions& options);

}  // namespace sluice::cli
