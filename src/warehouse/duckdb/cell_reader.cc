#include "warehouse/duckdb/cell_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>

namespace sluice::warehouse {
namespace {

// Long division of a 128-bit magnitude by ten, in 32-bit limbs: no compiler extension needed.
std::string magnitude_text(uint64_t upper, uint64_t lower) {
  uint32_t limbs[4] = {static_cast<uint32_t>(upper >> 32U), static_cast<uint32_t>(upper),
                       static_cast<uint32_t>(lower >> 32U), static_cast<uint32_t>(lower)};
  std::string digits;
  while (limbs[0] != 0 || limbs[1] != 0 || limbs[2] != 0 || limbs[3] != 0) {
    uint64_t remainder = 0;
    for (uint32_t& limb : limbs) {
      const uint64_t current = (remainder << 32U) | limb;
      limb = static_cast<uint32_t>(current / 10);
      remainder = current % 10;
    }
    digits += static_cast<char>('0' + remainder);
  }
  if (digits.empty()) digits = "0";
  std::reverse(digits.begin(), digits.end());
  return digits;
}

std::string with_scale(std::string digits, bool negative, int scale) {
  const auto places = static_cast<size_t>(scale);
  if (places > 0) {
    if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
    digits.insert(digits.size() - places, 1, '.');
  }
  return negative ? "-" + digits : digits;
}

std::string uuid_text(duckdb_hugeint value) {
  // Stored with the top bit flipped, so that it sorts as text does.
  const uint64_t upper = static_cast<uint64_t>(value.upper) ^ (uint64_t{1} << 63U);
  const uint64_t lower = value.lower;
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", upper >> 32U, (upper >> 16U) & 0xFFFFU,
                     upper & 0xFFFFU, lower >> 48U, lower & 0xFFFFFFFFFFFFULL);
}

Cell hugeint_cell(duckdb_hugeint value) {
  const bool fits = value.upper == (static_cast<int64_t>(value.lower) < 0 ? -1 : 0);
  if (fits) return static_cast<int64_t>(value.lower);
  return Decimal{hugeint_text(value, 0)};
}

Cell unsigned_cell(uint64_t value) {
  if (value <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max()))
    return static_cast<int64_t>(value);
  return Decimal{fmt::format("{}", value)};
}

Cell uhugeint_cell(duckdb_uhugeint value) {
  if (value.upper == 0) return unsigned_cell(value.lower);
  return Decimal{uhugeint_text(value)};
}

Cell date_cell(int32_t days) {
  if (days == std::numeric_limits<int32_t>::max()) return Nested{"infinity"};
  if (days == -std::numeric_limits<int32_t>::max()) return Nested{"-infinity"};
  return DateDays{days};
}

int64_t floor_divide(int64_t value, int64_t divisor) {
  const int64_t quotient = value / divisor;
  return value % divisor < 0 ? quotient - 1 : quotient;
}

Cell timestamp_cell(int64_t value, duckdb_type type) {
  if (value == std::numeric_limits<int64_t>::max()) return Nested{"infinity"};
  if (value == -std::numeric_limits<int64_t>::max()) return Nested{"-infinity"};
  switch (type) {
    case DUCKDB_TYPE_TIMESTAMP_S:
      return TimestampMicros{value * 1'000'000, false};
    case DUCKDB_TYPE_TIMESTAMP_MS:
      return TimestampMicros{value * 1'000, false};
    case DUCKDB_TYPE_TIMESTAMP_NS:
      return TimestampMicros{floor_divide(value, 1'000), false};
    default:
      return TimestampMicros{value, type == DUCKDB_TYPE_TIMESTAMP_TZ};
  }
}

// The types that have a plain C++ form.
constexpr duckdb_type kPlainTypes[] = {
    DUCKDB_TYPE_BOOLEAN,      DUCKDB_TYPE_TINYINT,      DUCKDB_TYPE_SMALLINT,
    DUCKDB_TYPE_INTEGER,      DUCKDB_TYPE_BIGINT,       DUCKDB_TYPE_UTINYINT,
    DUCKDB_TYPE_USMALLINT,    DUCKDB_TYPE_UINTEGER,     DUCKDB_TYPE_UBIGINT,
    DUCKDB_TYPE_HUGEINT,      DUCKDB_TYPE_UHUGEINT,     DUCKDB_TYPE_FLOAT,
    DUCKDB_TYPE_DOUBLE,       DUCKDB_TYPE_DECIMAL,      DUCKDB_TYPE_VARCHAR,
    DUCKDB_TYPE_UUID,         DUCKDB_TYPE_ENUM,         DUCKDB_TYPE_DATE,
    DUCKDB_TYPE_TIMESTAMP,    DUCKDB_TYPE_TIMESTAMP_S,  DUCKDB_TYPE_TIMESTAMP_MS,
    DUCKDB_TYPE_TIMESTAMP_NS, DUCKDB_TYPE_TIMESTAMP_TZ, DUCKDB_TYPE_SQLNULL};

bool needs_engine_text(duckdb_type type) {
  return std::find(std::begin(kPlainTypes), std::end(kPlainTypes), type) == std::end(kPlainTypes);
}

Cell decimal_cell(const ColumnReader& reader, const VectorView& view, idx_t row) {
  const auto small = [&](int64_t value) {
    return Decimal{hugeint_text({static_cast<uint64_t>(value), value < 0 ? -1 : 0}, reader.scale)};
  };
  switch (reader.internal_type) {
    case DUCKDB_TYPE_SMALLINT:
      return small(view.at<int16_t>(row));
    case DUCKDB_TYPE_INTEGER:
      return small(view.at<int32_t>(row));
    case DUCKDB_TYPE_BIGINT:
      return small(view.at<int64_t>(row));
    default:
      return Decimal{hugeint_text(view.at<duckdb_hugeint>(row), reader.scale)};
  }
}

Cell enum_cell(const ColumnReader& reader, const VectorView& view, idx_t row) {
  switch (reader.internal_type) {
    case DUCKDB_TYPE_UTINYINT:
      return reader.dictionary[view.at<uint8_t>(row)];
    case DUCKDB_TYPE_USMALLINT:
      return reader.dictionary[view.at<uint16_t>(row)];
    default:
      return reader.dictionary[view.at<uint32_t>(row)];
  }
}

Cell integer_cell(duckdb_type type, const VectorView& view, idx_t row) {
  switch (type) {
    case DUCKDB_TYPE_TINYINT:
      return static_cast<int64_t>(view.at<int8_t>(row));
    case DUCKDB_TYPE_SMALLINT:
      return static_cast<int64_t>(view.at<int16_t>(row));
    case DUCKDB_TYPE_INTEGER:
      return static_cast<int64_t>(view.at<int32_t>(row));
    case DUCKDB_TYPE_BIGINT:
      return view.at<int64_t>(row);
    case DUCKDB_TYPE_UTINYINT:
      return static_cast<int64_t>(view.at<uint8_t>(row));
    case DUCKDB_TYPE_USMALLINT:
      return static_cast<int64_t>(view.at<uint16_t>(row));
    case DUCKDB_TYPE_UINTEGER:
      return static_cast<int64_t>(view.at<uint32_t>(row));
    case DUCKDB_TYPE_UBIGINT:
      return unsigned_cell(view.at<uint64_t>(row));
    case DUCKDB_TYPE_HUGEINT:
      return hugeint_cell(view.at<duckdb_hugeint>(row));
    default:
      return uhugeint_cell(view.at<duckdb_uhugeint>(row));
  }
}

bool is_timestamp(duckdb_type type) {
  return type == DUCKDB_TYPE_TIMESTAMP || type == DUCKDB_TYPE_TIMESTAMP_S ||
         type == DUCKDB_TYPE_TIMESTAMP_MS || type == DUCKDB_TYPE_TIMESTAMP_NS ||
         type == DUCKDB_TYPE_TIMESTAMP_TZ;
}

}  // namespace

std::string uhugeint_text(duckdb_uhugeint value) {
  return magnitude_text(value.upper, value.lower);
}

std::string hugeint_text(duckdb_hugeint value, int scale) {
  const bool negative = value.upper < 0;
  auto upper = static_cast<uint64_t>(value.upper);
  uint64_t lower = value.lower;
  if (negative) {
    lower = ~lower + 1;
    upper = ~upper + (lower == 0 ? 1 : 0);
  }
  return with_scale(magnitude_text(upper, lower), negative, scale);
}

ColumnReader make_reader(duckdb_logical_type type) {
  ColumnReader reader;
  reader.type = duckdb_get_type_id(type);
  if (needs_engine_text(reader.type)) {
    reader.nested = make_nested_reader(type);
    reader.engine_text = !reader.nested;
  }
  if (reader.type == DUCKDB_TYPE_DECIMAL) {
    reader.internal_type = duckdb_decimal_internal_type(type);
    reader.scale = duckdb_decimal_scale(type);
  } else if (reader.type == DUCKDB_TYPE_ENUM) {
    reader.internal_type = duckdb_enum_internal_type(type);
    const uint32_t size = duckdb_enum_dictionary_size(type);
    for (uint32_t i = 0; i < size; ++i)
      reader.dictionary.push_back(take_string(duckdb_enum_dictionary_value(type, i)));
  }
  return reader;
}

Cell read_cell(const ColumnReader& reader, const VectorView& view, idx_t row) {
  if (view.is_null(row)) return std::monostate{};
  if (is_timestamp(reader.type)) return timestamp_cell(view.at<int64_t>(row), reader.type);
  switch (reader.type) {
    case DUCKDB_TYPE_SQLNULL:
      return std::monostate{};
    case DUCKDB_TYPE_BOOLEAN:
      return view.at<bool>(row);
    case DUCKDB_TYPE_FLOAT:
      return static_cast<double>(view.at<float>(row));
    case DUCKDB_TYPE_DOUBLE:
      return view.at<double>(row);
    case DUCKDB_TYPE_DECIMAL:
      return decimal_cell(reader, view, row);
    case DUCKDB_TYPE_ENUM:
      return enum_cell(reader, view, row);
    case DUCKDB_TYPE_VARCHAR:
      return view.string_at(row);
    case DUCKDB_TYPE_UUID:
      return uuid_text(view.at<duckdb_hugeint>(row));
    case DUCKDB_TYPE_DATE:
      return date_cell(view.at<int32_t>(row));
    default:
      return integer_cell(reader.type, view, row);
  }
}

}  // namespace sluice::warehouse
