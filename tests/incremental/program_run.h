// Runs the program within this process and reads what it left behind.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace sluice::incremental_test {

void write_file(const std::string& path, const std::string& text);
std::string read_file(const std::string& path);

// A folder for many small files: in memory where that can be had.
std::string fast_folder();

// Its exit code; what it prints goes into the file `log`.
int run_program(const std::vector<std::string>& words, const std::string& log);

// What a run says that it did for one model.
struct ModelOutcome {
  std::string model;   // name
  std::string status;  // "success", "error"…
  std::string message;
  std::string tier;    // "partition"; empty: it was not maintained, or an error
  std::string reason;  // of the tier
};
Result<std::vector<ModelOutcome>> read_outcomes(const std::string& run_results);

}  // namespace sluice::incremental_test
