// Between which values the columns of a file lie, as the footers of Parquet files say: a file whose
// order_date has one value is as good a partition by it as one whose path names that date. Known
// are dates, timestamps without time zone, and integers of one value, where no row is NULL. The
// footers are believed.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "detect/files.h"
#include "warehouse/warehouse.h"

namespace sluice::detect {

struct ValueRange {
  std::string least, greatest;  // as text of the column's type
  bool operator==(const ValueRange&) const = default;
};
using ValueRanges = std::map<std::string, ValueRange>;  // by column

// {"order_date": ["2026-01-01", "2026-01-31"]}; nothing is known of a text that is none such.
std::string ranges_text(const ValueRanges& ranges);
ValueRanges parse_ranges(std::string_view text);

// Fills in the ranges of the files and partitions of the listing. Only footers of files whose
// content is not that of `known` are read. Errors: those of the engine where it reads a footer.
Status add_ranges(FileListing& listing, const FileReader& reader,
                  const std::vector<warehouse::ColumnInfo>& columns, const FileRecords& known,
                  warehouse::Connection& connection);

}  // namespace sluice::detect
