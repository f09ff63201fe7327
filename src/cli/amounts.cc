#include "cli/amounts.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace sluice::cli {

std::string format_count(int64_t count) {
  std::string digits = std::to_string(count);
  const size_t first = digits.front() == '-' ? 1 : 0;
  for (size_t at = digits.size(); at > first + 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

std::string format_bytes(uint64_t bytes) {
  static constexpr std::array<std::string_view, 5> kUnits = {"kB", "MB", "GB", "TB", "PB"};
  if (bytes < 1000) return fmt::format("{} B", bytes);
  double amount = static_cast<double>(bytes);
  size_t unit = 0;
  for (amount /= 1000; amount >= 999.95 && unit + 1 < kUnits.size(); amount /= 1000) ++unit;
  return fmt::format("{:.1f} {}", amount, kUnits[unit]);
}

std::string format_seconds(double seconds) {
  if (seconds < 60) return fmt::format("{:.2f}s", seconds);
  const auto whole = static_cast<int64_t>(seconds);
  if (whole < 3600) return fmt::format("{}m {:02}s", whole / 60, whole % 60);
  return fmt::format("{}h {:02}m {:02}s", whole / 3600, whole / 60 % 60, whole % 60);
}

std::string format_dollars(double dollars) {
  if (dollars == 0 || dollars >= 0.01) return fmt::format("${:.2f}", dollars);
  return dollars < 0.000001 ? "<$0.000001" : fmt::format("${:.6f}", dollars);
}

double scan_price(uint64_t bytes, double price_per_tb) {
  return static_cast<double>(bytes) / 1e12 * price_per_tb;
}

}  // namespace sluice::cli
