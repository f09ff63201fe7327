// DuckDB's errors as ours: code, message, the place inside the SQL, and what to do. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace sluice::warehouse {

// Error of a statement. `raw` is the engine's message: JSON when the connection has errors_as_json,
// which carries the byte offset of the problem within `sql` (the printed "LINE n: …" is wrong for
// the second of several statements).
Error statement_error(std::string_view raw, const std::string& sql);

// Whether an error's message is of a kind that `exceptions` lists by their Python names:
// "IOException" is "IO Error: …", "TransactionException" "TransactionContext Error: …".
bool is_retryable(std::string_view message, const std::vector<std::string>& exceptions);

// Error of opening the file at `path`.
Error open_error(const std::string& raw, const std::string& path);

// Span of a byte offset within a text: line and column (in code points), from 1.
Span span_at(std::string_view text, size_t offset);

}  // namespace sluice::warehouse
