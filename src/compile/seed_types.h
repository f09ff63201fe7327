// Column types of seeds, inferred as dbt (agate) infers them: the first of integer, number, date,
// datetime, boolean that fits every value, else text. '' and 'null' are null. The rules are those
// of recorded runs (tests/macros/seed_types.jsonl).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "warehouse/warehouse.h"

namespace sluice::compile {

enum class SeedType : uint8_t { kInteger, kNumber, kDate, kDateTime, kBoolean, kText };
// "integer", "number", "date", "datetime", "boolean", "text": what Dialect::seed_type reads.
std::string_view seed_type_name(SeedType type);

bool is_seed_null(std::string_view text);
SeedType infer_seed_type(const std::vector<std::string_view>& values);
// The value as its column's type. REQUIRES: the type was inferred over this text.
warehouse::Cell seed_cell(SeedType type, std::string_view text);

}  // namespace sluice::compile
