#include "compile/result_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "compile/call_arguments.h"
#include "jinja/ops.h"

namespace sluice::compile {

using jinja::CallArgs;
using jinja::Value;

namespace {

struct TableData {
  std::vector<std::string> names;
  std::vector<std::string> types;
  std::vector<std::vector<Value>> rows;
};
using SharedTable = std::shared_ptr<const TableData>;

std::optional<size_t> column_index(const TableData& table, std::string_view name) {
  for (size_t i = 0; i < table.names.size(); ++i)
    if (table.names[i] == name) return i;
  return std::nullopt;
}

// Python's subscript of a sequence: negative counts from the end.
std::optional<size_t> sequence_index(int64_t index, size_t size) {
  if (index < 0) index += static_cast<int64_t>(size);
  if (index < 0 || index >= static_cast<int64_t>(size)) return std::nullopt;
  return static_cast<size_t>(index);
}

Value names_tuple(const std::vector<std::string>& names) {
  std::vector<Value> items;
  for (const std::string& name : names) items.push_back(Value::string(name));
  return Value::tuple(std::move(items));
}

// What rows, columns and their collections share: agate's MappedSequence – values with names beside
// them.
class MappedSequence : public jinja::Object {
 public:
  virtual size_t size() const = 0;
  virtual Value at(size_t index) const = 0;
  virtual std::optional<size_t> find(std::string_view name) const = 0;
  virtual Value keys() const = 0;

  bool is_sequence() const override { return true; }
  std::optional<size_t> length() const override { return size(); }
  Result<std::optional<std::vector<Value>>> iterate() const override {
    std::vector<Value> out;
    for (size_t i = 0; i < size(); ++i) out.push_back(at(i));
    return out;
  }
  Result<std::optional<Value>> item(const Value& key) const override {
    if (key.is_int()) {
      auto index = sequence_index(key.as_int(), size());
      return index ? std::optional<Value>(at(*index)) : std::nullopt;
    }
    if (!key.is_string()) return std::nullopt;
    auto index = find(key.as_string());
    return index ? std::optional<Value>(at(*index)) : std::nullopt;
  }
  Result<std::optional<Value>> call_method(jinja::Interpreter& interpreter, std::string_view name,
                                           const CallArgs& args) override {
    if (name == "values") {
      SLUICE_ASSIGN(auto items, iterate());
      return Value::tuple(std::move(*items));
    }
    if (name == "keys") return keys();
    if (name == "items") {
      SLUICE_ASSIGN(std::vector<Value> names, jinja::iterate(keys()));
      std::vector<Value> pairs;
      for (size_t i = 0; i < names.size() && i < size(); ++i)
        pairs.push_back(Value::tuple({names[i], at(i)}));
      return Value::list(std::move(pairs));
    }
    if (name == "dict") {
      SLUICE_ASSIGN(std::vector<Value> names, jinja::iterate(keys()));
      Value out = Value::dict();
      for (size_t i = 0; i < names.size() && i < size(); ++i) out.as_dict().set(names[i], at(i));
      return out;
    }
    if (name == "get") return item_or_default(*this, args);
    return jinja::Object::call_method(interpreter, name, args);
  }
  Result<std::string> repr() const override {
    SLUICE_ASSIGN(auto items, iterate());
    std::string shown;
    for (const Value& item : *items) {
      SLUICE_ASSIGN(std::string text, jinja::to_repr(item));
      shown += shown.empty() ? text : ", " + text;
    }
    return fmt::format("<agate.{}: ({})>", type_name(), shown);
  }
};

class RowObject final : public MappedSequence {
 public:
  RowObject(SharedTable table, size_t row) : table_(std::move(table)), row_(row) {}
  std::string_view type_name() const override { return "Row"; }
  size_t size() const override { return table_->names.size(); }
  Value at(size_t index) const override { return table_->rows[row_][index]; }
  std::optional<size_t> find(std::string_view name) const override {
    return column_index(*table_, name);
  }
  Value keys() const override { return names_tuple(table_->names); }
  Result<std::optional<Value>> attribute(std::string_view) const override { return std::nullopt; }

 private:
  SharedTable table_;
  size_t row_;
};

class ColumnValues final : public MappedSequence {
 public:
  ColumnValues(SharedTable table, size_t column) : table_(std::move(table)), column_(column) {}
  std::string_view type_name() const override { return "Column"; }
  size_t size() const override { return table_->rows.size(); }
  Value at(size_t index) const override { return table_->rows[index][column_]; }
  std::optional<size_t> find(std::string_view) const override { return std::nullopt; }
  Value keys() const override { return Value::none(); }
  Result<std::optional<Value>> attribute(std::string_view name) const override {
    if (name == "name") return Value::string(table_->names[column_]);
    if (name == "index") return Value::integer(static_cast<int64_t>(column_));
    if (name == "data_type") return Value::string(table_->types[column_]);
    return std::nullopt;
  }
  Result<std::optional<Value>> call_method(jinja::Interpreter& interpreter, std::string_view name,
                                           const CallArgs& args) override {
    if (name == "values_distinct" || name == "values_without_nulls" || name == "values_sorted")
      return filtered(name);
    return MappedSequence::call_method(interpreter, name, args);
  }

 private:
  Result<std::optional<Value>> filtered(std::string_view name) const {
    std::vector<Value> out;
    for (size_t i = 0; i < size(); ++i) {
      Value value = at(i);
      if (name == "values_without_nulls" && value.is_none()) continue;
      if (name == "values_distinct" && std::any_of(out.begin(), out.end(), [&](const Value& seen) {
            return jinja::equals(seen, value);
          }))
        continue;
      out.push_back(std::move(value));
    }
    if (name == "values_sorted")
      std::stable_sort(out.begin(), out.end(), [](const Value& a, const Value& b) {
        if (a.is_none() || b.is_none()) return !a.is_none() && b.is_none();
        return jinja::compare(a, b).value_or(0) < 0;
      });
    return Value::tuple(std::move(out));
  }
  SharedTable table_;
  size_t column_;
};

class RowsObject final : public MappedSequence {
 public:
  explicit RowsObject(SharedTable table) : table_(std::move(table)) {}
  std::string_view type_name() const override { return "MappedSequence"; }
  size_t size() const override { return table_->rows.size(); }
  Value at(size_t index) const override {
    return Value::object(jinja::make_ref<RowObject>(table_, index));
  }
  std::optional<size_t> find(std::string_view) const override { return std::nullopt; }
  Value keys() const override { return Value::none(); }

 private:
  SharedTable table_;
};

class ColumnsObject final : public MappedSequence {
 public:
  explicit ColumnsObject(SharedTable table) : table_(std::move(table)) {}
  std::string_view type_name() const override { return "MappedSequence"; }
  size_t size() const override { return table_->names.size(); }
  Value at(size_t index) const override {
    return Value::object(jinja::make_ref<ColumnValues>(table_, index));
  }
  std::optional<size_t> find(std::string_view name) const override {
    return column_index(*table_, name);
  }
  Value keys() const override { return names_tuple(table_->names); }
  Result<std::optional<Value>> attribute(std::string_view name) const override {
    auto index = find(name);
    return index ? std::optional<Value>(at(*index)) : std::nullopt;
  }

 private:
  SharedTable table_;
};

// Agate's name for a column's type: what its first value is; a column without values counts as
// integer there.
std::string_view agate_type(const TableData& table, size_t column) {
  for (const std::vector<Value>& row : table.rows) {
    const Value& value = row[column];
    if (value.is_none()) continue;
    if (value.is_bool()) return "Boolean";
    if (value.is_int() || value.kind() == jinja::Kind::kBigInt) return "Integer";
    std::string_view type = jinja::type_name(value);
    if (type == "Decimal") return "Number";
    if (type == "date") return "Date";
    if (type == "datetime") return "DateTime";
    return "Text";
  }
  return "Integer";
}

std::string structure(const TableData& table) {
  size_t name_width = std::string_view("column").size(),
         type_width = std::string_view("data_type").size();
  for (size_t i = 0; i < table.names.size(); ++i) {
    name_width = std::max(name_width, jinja::utf8_length(table.names[i]));
    type_width = std::max(type_width, agate_type(table, i).size());
  }
  std::string out =
      fmt::format("| {:<{}} | {:<{}} |\n| {:-<{}} | {:-<{}} |\n", "column", name_width, "data_type",
                  type_width, "", name_width, "", type_width);
  for (size_t i = 0; i < table.names.size(); ++i)
    out += fmt::format("| {:<{}} | {:<{}} |\n", table.names[i], name_width, agate_type(table, i),
                       type_width);
  return out;
}

class TableObject final : public jinja::Object {
 public:
  explicit TableObject(SharedTable table) : table_(std::move(table)) {}
  const TableData& data() const { return *table_; }
  std::string_view type_name() const override { return "Table"; }
  // str(table) shows its structure, as agate's does.
  Result<std::string> str() const override { return structure(*table_); }
  Result<std::string> repr() const override { return structure(*table_); }
  std::optional<size_t> length() const override { return table_->rows.size(); }
  bool truth() const override { return true; }
  Result<std::optional<std::vector<Value>>> iterate() const override {
    return RowsObject(table_).iterate();
  }
  Result<std::optional<Value>> item(const Value& key) const override {
    return RowsObject(table_).item(key);
  }

  Result<std::optional<Value>> attribute(std::string_view name) const override {
    if (name == "rows") return Value::object(jinja::make_ref<RowsObject>(table_));
    if (name == "columns") return Value::object(jinja::make_ref<ColumnsObject>(table_));
    if (name == "column_names") return names_tuple(table_->names);
    if (name == "column_types") return names_tuple(table_->types);
    if (name == "row_names") return Value::none();
    return std::nullopt;
  }

  Result<std::optional<Value>> call_method(jinja::Interpreter& interpreter, std::string_view name,
                                           const CallArgs& args) override {
    if (name == "print_table" || name == "print_csv" || name == "print_json" ||
        name == "print_structure") {
      return fail(ErrorCode::kJinjaRuntime,
                  fmt::format("table.{} would print outside the log", name),
                  "log the rows with log(row, info=true) instead");
    }
    if (name == "select" || name == "exclude") {
      SLUICE_ASSIGN(auto bound, bind_arguments(name, args, {{"key"}}));
      return project(name == "select", bound[0]);
    }
    if (name == "limit") {
      SLUICE_ASSIGN(auto bound, bind_arguments(name, args, {{"start_or_stop"}}));
      TableData out = *table_;
      if (bound[0].is_int() && bound[0].as_int() >= 0 &&
          static_cast<size_t>(bound[0].as_int()) < out.rows.size())
        out.rows.resize(static_cast<size_t>(bound[0].as_int()));
      return wrap(std::move(out));
    }
    if (name == "rename") {
      SLUICE_ASSIGN(auto bound, bind_arguments(name, args, {{"column_names"}}));
      return rename(bound[0]);
    }
    if (name == "order_by") {
      SLUICE_ASSIGN(auto bound,
                    bind_arguments(name, args, {{"key"}, {"reverse", Value::boolean(false)}}));
      return order_by(bound[0], jinja::truth(bound[1]).value_or(false));
    }
    return jinja::Object::call_method(interpreter, name, args);
  }

 private:
  static Value wrap(TableData table) {
    return Value::object(
        jinja::make_ref<TableObject>(std::make_shared<const TableData>(std::move(table))));
  }

  Result<std::vector<size_t>> columns_named(const Value& key) const {
    std::vector<Value> names;
    if (key.is_string())
      names.push_back(key);
    else {
      SLUICE_ASSIGN(names, jinja::iterate(key));
    }
    std::vector<size_t> out;
    for (const Value& name : names) {
      auto index = name.is_string() ? column_index(*table_, name.as_string()) : std::nullopt;
      if (!index) {
        SLUICE_ASSIGN(std::string shown, jinja::to_str(name));
        return fail(ErrorCode::kJinjaRuntime, fmt::format("the table has no column '{}'", shown));
      }
      out.push_back(*index);
    }
    return out;
  }

  Result<std::optional<Value>> project(bool keep, const Value& key) const {
    SLUICE_ASSIGN(std::vector<size_t> named, columns_named(key));
    std::vector<size_t> kept;
    if (keep)
      kept = named;
    else
      for (size_t i = 0; i < table_->names.size(); ++i)
        if (std::find(named.begin(), named.end(), i) == named.end()) kept.push_back(i);
    TableData out;
    for (size_t i : kept) {
      out.names.push_back(table_->names[i]);
      out.types.push_back(table_->types[i]);
    }
    for (const std::vector<Value>& row : table_->rows) {
      std::vector<Value> cells;
      for (size_t i : kept) cells.push_back(row[i]);
      out.rows.push_back(std::move(cells));
    }
    return wrap(std::move(out));
  }

  Result<std::optional<Value>> rename(const Value& names) const {
    TableData out = *table_;
    if (names.is_dict()) {
      for (std::string& name : out.names) {
        const Value* renamed = names.as_dict().find(name);
        if (renamed && renamed->is_string()) name = renamed->as_string();
      }
    } else {
      SLUICE_ASSIGN(std::vector<Value> list, jinja::iterate(names));
      for (size_t i = 0; i < list.size() && i < out.names.size(); ++i) {
        SLUICE_ASSIGN(out.names[i], jinja::to_str(list[i]));
      }
    }
    return wrap(std::move(out));
  }

  Result<std::optional<Value>> order_by(const Value& key, bool reverse) const {
    SLUICE_ASSIGN(std::vector<size_t> columns, columns_named(key));
    TableData out = *table_;
    std::stable_sort(out.rows.begin(), out.rows.end(), [&](const auto& a, const auto& b) {
      for (size_t i : columns) {
        if (jinja::equals(a[i], b[i])) continue;
        if (a[i].is_none() || b[i].is_none()) return b[i].is_none() != reverse;
        int order = jinja::compare(a[i], b[i]).value_or(0);
        return reverse ? order > 0 : order < 0;
      }
      return false;
    });
    return wrap(std::move(out));
  }

  SharedTable table_;
};

}  // namespace

Value cell_to_raw_value(const warehouse::Cell& cell) {
  struct Visitor {
    Value operator()(std::monostate) const { return Value::none(); }
    Value operator()(bool value) const { return Value::boolean(value); }
    Value operator()(int64_t value) const { return Value::integer(value); }
    Value operator()(double value) const { return Value::floating(value); }
    Value operator()(const std::string& value) const { return Value::string(value); }
    Value operator()(warehouse::DateDays value) const { return jinja::make_date(value.days); }
    Value operator()(warehouse::TimestampMicros value) const {
      return value.utc ? jinja::make_utc_datetime(value.micros)
                       : jinja::make_datetime(value.micros);
    }
    Value operator()(const warehouse::Decimal& value) const {
      // Integers too large for 64 bits come as Decimal digits without a point.
      if (value.digits.find('.') == std::string::npos)
        if (auto integer = jinja::parse_int(value.digits)) return *integer;
      return jinja::make_decimal(value.digits);
    }
    Value operator()(const warehouse::Nested& value) const { return Value::string(value.text); }
  };
  return std::visit(Visitor{}, cell);
}

Value cell_to_value(const warehouse::Cell& cell) {
  // A decimal holds finite numbers only.
  if (const double* value = std::get_if<double>(&cell); value && std::isfinite(*value))
    return jinja::make_decimal(jinja::float_repr(*value));
  return cell_to_raw_value(cell);
}

Value make_result_table(const warehouse::ResultTable& table) {
  auto data = std::make_shared<TableData>();
  for (const warehouse::ResultColumn& column : table.columns) {
    data->names.push_back(column.name);
    data->types.push_back(column.type);
  }
  for (const auto& row : table.rows) {
    std::vector<Value> cells;
    cells.reserve(row.size());
    for (const warehouse::Cell& cell : row) cells.push_back(cell_to_value(cell));
    data->rows.push_back(std::move(cells));
  }
  return Value::object(jinja::make_ref<TableObject>(std::move(data)));
}

Result<Value> with_timestamps_as_text(const Value& table) {
  const TableObject* known = table.object_as<TableObject>();
  if (known == nullptr)
    return fail(ErrorCode::kJinjaRuntime, "convert_datetimes_to_strs needs a table",
                "pass what run_query returned");
  TableData data = known->data();
  for (size_t column = 0; column < data.types.size(); ++column) {
    // Of a query the engine's name of the type, of a seed the kind of its values.
    if (!data.types[column].starts_with("TIMESTAMP") && data.types[column] != "datetime") continue;
    data.types[column] = "text";
    for (std::vector<Value>& row : data.rows) {
      if (row[column].is_none()) continue;
      SLUICE_ASSIGN(std::string text, jinja::to_str(row[column]));
      row[column] = Value::string(std::move(text));
    }
  }
  return Value::object(
      jinja::make_ref<TableObject>(std::make_shared<const TableData>(std::move(data))));
}

Value make_empty_table() { return make_result_table({}); }

Value make_result_data(const warehouse::ResultTable& table) {
  std::vector<Value> rows;
  for (const auto& row : table.rows) {
    std::vector<Value> cells;
    for (const warehouse::Cell& cell : row) cells.push_back(cell_to_raw_value(cell));
    rows.push_back(Value::tuple(std::move(cells)));
  }
  return Value::list(std::move(rows));
}

}  // namespace sluice::compile
