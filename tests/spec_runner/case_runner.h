// Runs one spec case in a fresh folder and says how it went. Cases share nothing, so any number may
// run at once.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "spec_file.h"

namespace sluice::spec {

struct CaseOptions {
  std::string sluice;      // absolute path of the binary under test
  std::string repository;  // absolute path; `copy` takes its sources from here
  std::chrono::seconds timeout{120};
  bool bless = false;
  bool keep = false;  // leave the folder of the case for a look
};

// New lines for one block of the spec file.
struct BlessedBlock {
  std::size_t first_line = 0;
  std::size_t end_line = 0;
  std::vector<std::string> lines;
};

struct CaseResult {
  // Empty when the case passed; else the whole report, ready to print.
  std::string report;
  // What --bless would write, in the order of the file.
  std::vector<BlessedBlock> blessed;
};

CaseResult run_case(const SpecFile& spec, const CaseOptions& options);

// The text of the spec file with the blessed blocks put in.
std::string blessed_text(const SpecFile& spec, const std::vector<BlessedBlock>& blocks);

}  // namespace sluice::spec
