#include "run/columns_json.h"

#include "base/json.h"

namespace sluice::run {

std::string columns_json(const std::vector<warehouse::ColumnInfo>& columns) {
  JsonWriter writer;
  writer.begin_array();
  for (const warehouse::ColumnInfo& column : columns)
    writer.begin_array().string(column.name).string(column.type).end_array();
  writer.end_array();
  return writer.take();
}

Result<std::vector<warehouse::ColumnInfo>> parse_columns_json(const std::string& json) {
  SLUICE_ASSIGN(const Json tree, parse_json(json));
  std::vector<warehouse::ColumnInfo> out;
  for (const Json& item : tree.items)
    if (item.items.size() == 2) out.push_back({item.items[0].text, item.items[1].text});
  return out;
}

}  // namespace sluice::run
