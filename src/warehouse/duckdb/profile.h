// Reading the profiler's operator tree. Module-private.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "warehouse/duckdb/scan_meter.h"

namespace sluice::warehouse {

// Parses the engine's text of a MAP(VARCHAR, VARCHAR): {key=value, 'quoted key'='quoted
// \'value\''}.
std::map<std::string, std::string> parse_map_text(std::string_view text);
// Splits "a\nb".
std::vector<std::string> split_lines(std::string_view text);
// Adds the scans of the connection's last statement; true when it read files.
bool add_profile(duckdb_connection connection, ScanTally& tally);
// Whether `name` stands in `expression` as an identifier (outside of string literals).
bool names_column(std::string_view expression, std::string_view name);
// Bytes of one value of the type, for native tables.
uint64_t type_width(std::string_view type);

}  // namespace sluice::warehouse
