#include "warehouse/dialects.h"

#include <cctype>

namespace sluice::warehouse {
namespace {

bool equals_ignoring_case(std::string_view left, std::string_view right) {
  if (left.size() != right.size()) return false;
  for (size_t i = 0; i < left.size(); ++i) {
    const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
    if (lower(left[i]) != lower(right[i])) return false;
  }
  return true;
}

}  // namespace

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  for (const std::string_view candidate : names) {
    if (equals_ignoring_case(name, candidate)) return true;
  }
  return false;
}

std::string quote_with(char quote, std::string_view text) {
  std::string out(1, quote);
  for (const char c : text) {
    if (c == quote) out += quote;
    out += c;
  }
  out += quote;
  return out;
}

const Dialect* find_dialect(std::string_view adapter_type) {
  for (const Dialect* dialect : {&duckdb_dialect(), &trino_dialect()}) {
    if (dialect->adapter_type() == adapter_type) return dialect;
  }
  return nullptr;
}

}  // namespace sluice::warehouse
