#include "run/columns_json.h"

#include "base/json.h"

namespace sluice::run {

namespace {

void write_columns(JsonWriter& writer, const std::vector<warehouse::ColumnInfo>& columns) {
  writer.begin_array();
  for (const warehouse::ColumnInfo& column : columns)
    writer.begin_array().string(column.name).string(column.type).end_array();
  writer.end_array();
}

std::vector<warehouse::ColumnInfo> columns_in(const Json& list) {
  std::vector<warehouse::ColumnInfo> out;
  for (const Json& item : list.items)
    if (item.items.size() == 2) out.push_back({item.items[0].text, item.items[1].text});
  return out;
}

}  // namespace

std::string columns_json(const std::vector<warehouse::ColumnInfo>& columns) {
  JsonWriter writer;
  write_columns(writer, columns);
  return writer.take();
}

Result<std::vector<warehouse::ColumnInfo>> parse_columns_json(const std::string& json) {
  SLUICE_ASSIGN(const Json tree, parse_json(json));
  return columns_in(tree);
}

std::string input_columns_json(const InputColumns& input) {
  JsonWriter writer;
  writer.begin_object().key("columns");
  write_columns(writer, input.columns);
  if (input.key) {
    writer.key("key").begin_array();
    for (const std::string& name : *input.key) writer.string(name);
    writer.end_array();
  }
  if (input.snapshot) writer.field("snapshot", *input.snapshot);
  writer.end_object();
  return writer.take();
}

Result<InputColumns> parse_input_columns_json(const std::string& json) {
  SLUICE_ASSIGN(const Json tree, parse_json(json));
  if (tree.kind == Json::Kind::kArray) return InputColumns{columns_in(tree), {}, {}};
  InputColumns out;
  if (const Json* columns = tree.find("columns")) out.columns = columns_in(*columns);
  if (const Json* key = tree.find("key")) {
    out.key.emplace();
    for (const Json& name : key->items) out.key->push_back(name.text);
  }
  if (const Json* snapshot = tree.find("snapshot")) out.snapshot = snapshot->integer;
  return out;
}

}  // namespace sluice::run
