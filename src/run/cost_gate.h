// CostGate: whether a full rebuild is the cheaper way, by what earlier runs of the same model took.
// Every way is exact; this chooses among them. A way that took half a second longer than a full
// rebuild would have is left for that, and tried again after some runs: data change.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "run/cost_ledger.h"

namespace sluice::run {

class CostGate {
 public:
  CostGate() = default;
  explicit CostGate(std::map<std::string, ModelHistory> history) : history_(std::move(history)) {}

  // Why the model (by unique id) is better rebuilt than brought up to date by `action`, with
  // `input_bytes` to read from; nullopt: it is not, or there is little to read.
  std::optional<std::string> objection(const std::string& unique_id, const std::string& action,
                                       uint64_t input_bytes) const;

 private:
  std::map<std::string, ModelHistory> history_;
};

}  // namespace sluice::run
