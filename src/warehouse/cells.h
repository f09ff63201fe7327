// Cells of small results read as what the query is known to give.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "warehouse/warehouse.h"

namespace sluice::warehouse {

// Empty for whatever is no text.
inline std::string text_of(const Cell& cell) {
  const auto* text = std::get_if<std::string>(&cell);
  return text == nullptr ? std::string() : *text;
}

// nullopt for NULL, which an empty text is not.
inline std::optional<std::string> optional_text_of(const Cell& cell) {
  const auto* text = std::get_if<std::string>(&cell);
  return text == nullptr ? std::nullopt : std::optional(*text);
}

// 0 for whatever is no integer.
inline int64_t number_of(const Cell& cell) {
  const auto* number = std::get_if<int64_t>(&cell);
  return number == nullptr ? 0 : *number;
}

}  // namespace sluice::warehouse
