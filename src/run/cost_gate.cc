#include "run/cost_gate.h"

#include <fmt/format.h>

namespace sluice::run {
namespace {

// Less than this is noise, and a full rebuild reads more.
constexpr double kLeastSaving = 0.5;  // seconds
// A model that reads less than this is never slow; how long it took says what else the machine did.
constexpr uint64_t kLeastInput = uint64_t{16} << 20;  // bytes
// Full rebuilds after which the other way is tried again.
constexpr int64_t kPatience = 10;

}  // namespace

std::optional<std::string> CostGate::objection(const std::string& unique_id,
                                               const std::string& action,
                                               uint64_t input_bytes) const {
  if (input_bytes < kLeastInput) return std::nullopt;
  const auto model = history_.find(unique_id);
  if (model == history_.end()) return std::nullopt;
  const auto full = model->second.find("full");
  const auto own = model->second.find(action);
  if (full == model->second.end() || own == model->second.end()) return std::nullopt;
  double rebuild = full->second.seconds;
  if (full->second.input_bytes > 0)
    rebuild *= static_cast<double>(input_bytes) / static_cast<double>(full->second.input_bytes);
  if (own->second.seconds < rebuild + kLeastSaving) return std::nullopt;
  if (own->second.runs_since >= kPatience) return std::nullopt;
  return fmt::format("a full rebuild takes about {:.1f} s, and \"{}\" took {:.1f} s the last time",
                     rebuild, action, own->second.seconds);
}

}  // namespace sluice::run
