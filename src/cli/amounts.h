// Amounts as people read them: rows, bytes, seconds, dollars. Pure.
#pragma once

#include <cstdint>
#include <string>

namespace sluice::cli {

std::string format_count(int64_t count);     // "1,234,567"
std::string format_bytes(uint64_t bytes);    // "999 B", "5.6 MB" (powers of 1000, as prices are)
std::string format_seconds(double seconds);  // "0.05s", "12.30s", "3m 05s"
std::string format_dollars(double dollars);  // "$0.00", "$0.000012", "$31.25"
// Price of reading `bytes` at `price_per_tb` dollars for 10^12 bytes.
double scan_price(uint64_t bytes, double price_per_tb);

}  // namespace sluice::cli
