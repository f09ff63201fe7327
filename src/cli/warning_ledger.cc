#include "cli/warning_ledger.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/warning_policy.h"

namespace sluice::cli {

bool WarningLedger::take(std::string_view event) {
  if (!is_deprecation(event)) return true;
  for (auto& [known, count] : deprecations_) {
    if (known != event) continue;
    ++count;
    return show_all_;
  }
  deprecations_.emplace_back(event, 1);
  return true;
}

std::string WarningLedger::summary() const {
  if (deprecations_.empty()) return {};
  std::string out = "Summary of encountered deprecations:";
  for (const auto& [event, count] : deprecations_)
    out += fmt::format("\n- {}: {} occurrence{}", event, count, count == 1 ? "" : "s");
  const bool several =
      std::ranges::any_of(deprecations_, [](const auto& entry) { return entry.second > 1; });
  if (several && !show_all_)
    out += "\nTo see all of them, run the command again with --show-all-deprecations.";
  return out;
}

}  // namespace sluice::cli
