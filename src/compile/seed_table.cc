// load_agate_table(): a seed's CSV as a table, its column types inferred.
#include <fmt/format.h>

#include "compile/node_context.h"
#include "compile/result_table.h"
#include "compile/seed_types.h"
#include "jinja/ops.h"

namespace sluice::compile {

using jinja::CallArgs;
using jinja::Interpreter;
using jinja::Value;

namespace {

using CsvRow = std::vector<std::string>;

Error csv_error(const Node& node, uint32_t line, std::string message, std::string hint) {
  Error error(ErrorCode::kPropertyInvalid, std::move(message), std::move(hint));
  error.add_span({node.original_file_path, line, 0, 0, 0}).set_node(node.unique_id);
  return error;
}

// RFC 4180 with a chosen delimiter; quoted fields may hold delimiters, newlines and doubled quotes.
class CsvReader {
 public:
  CsvReader(std::string_view text, char delimiter) : text_(text), delimiter_(delimiter) {
    if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);
  }
  Result<std::vector<CsvRow>> read(const Node& node) {
    for (at_ = 0; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\n') ++line_;
      quoted_ ? inside_quotes(text_[at_]) : outside_quotes(text_[at_]);
    }
    if (quoted_)
      return fail(csv_error(node, quote_line_, "a quoted field is never closed",
                            "add the missing double quote"));
    end_row();
    return std::move(rows_);
  }

 private:
  void inside_quotes(char c) {
    if (c != '"')
      field_ += c;
    else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"')
      field_ += text_[++at_];
    else
      quoted_ = false;
  }
  void outside_quotes(char c) {
    if (c == '\n') return end_row();
    if (c == '\r') return;
    has_content_ = true;
    if (c == '"' && field_.empty()) {
      quoted_ = true;
      quote_line_ = line_;
    } else if (c == delimiter_) {
      end_field();
    } else {
      field_ += c;
    }
  }
  void end_field() {
    row_.push_back(std::move(field_));
    field_.clear();
  }
  void end_row() {
    if (!has_content_) return;  // a blank line
    end_field();
    rows_.push_back(std::move(row_));
    row_.clear();
    has_content_ = false;
  }

  std::string_view text_;
  char delimiter_;
  size_t at_ = 0;
  uint32_t line_ = 1;
  uint32_t quote_line_ = 0;
  bool quoted_ = false;
  bool has_content_ = false;
  std::string field_;
  CsvRow row_;
  std::vector<CsvRow> rows_;
};

Result<char> delimiter_of(const Node& node) {
  const Value* value = node.config.is_dict() ? node.config.as_dict().find("delimiter") : nullptr;
  if (value == nullptr || !value->is_string()) return ',';
  if (value->as_string().size() == 1) return value->as_string()[0];
  return fail(Error(ErrorCode::kConfigInvalid, "\"delimiter\" must be a 1-character string",
                    "leave it out for a comma; for tab-separated files: delimiter: \"\\t\""));
}

Result<warehouse::ResultTable> read_seed(const SharedState& shared, const Node& node) {
  SLUICE_ASSIGN(std::string text,
                shared.options.fs->read(join_path(node.root_path, node.original_file_path)));
  SLUICE_ASSIGN(const char delimiter, delimiter_of(node));
  SLUICE_ASSIGN(std::vector<CsvRow> rows, CsvReader(text, delimiter).read(node));
  if (rows.empty())
    return fail(csv_error(node, 1, "the seed file is empty", "its first line names the columns"));
  size_t width = rows[0].size();
  for (size_t i = 1; i < rows.size(); ++i) {
    if (rows[i].size() > width)
      return fail(csv_error(
          node, static_cast<uint32_t>(i + 1),
          fmt::format("row {} has {} values, but there are {} columns", i, rows[i].size(), width),
          "quote values that hold the delimiter"));
    rows[i].resize(width);
  }
  const Value* column_types = node.config.as_dict().find("column_types");
  warehouse::ResultTable table;
  std::vector<SeedType> types;
  for (size_t column = 0; column < width; ++column) {
    bool declared =
        column_types && column_types->is_dict() && column_types->as_dict().find(rows[0][column]);
    std::vector<std::string_view> values;
    for (size_t i = 1; i < rows.size(); ++i) values.push_back(rows[i][column]);
    types.push_back(declared ? SeedType::kText : infer_seed_type(values));
    table.columns.push_back({rows[0][column], std::string(seed_type_name(types.back()))});
  }
  for (size_t i = 1; i < rows.size(); ++i) {
    std::vector<warehouse::Cell> cells;
    for (size_t column = 0; column < width; ++column)
      cells.push_back(seed_cell(types[column], rows[i][column]));
    table.rows.push_back(std::move(cells));
  }
  return table;
}

Result<Value> load_agate_table(Interpreter& interpreter, const CallArgs&) {
  NodeContext& ctx = NodeContext::of(interpreter);
  if (!ctx.node || ctx.node->type != ResourceType::kSeed)
    return fail(ErrorCode::kJinjaRuntime, "load_agate_table() can only be called from a seed");
  SLUICE_ASSIGN(const warehouse::ResultTable table, read_seed(ctx.shared, *ctx.node));
  return make_result_table(table);
}

}  // namespace

Result<std::vector<warehouse::ColumnInfo>> seed_table_columns(const SharedState& shared,
                                                              const Node& seed) {
  SLUICE_ASSIGN(const warehouse::ResultTable table, read_seed(shared, seed));
  const Value* types = seed.config.as_dict().find("column_types");
  std::vector<warehouse::ColumnInfo> out;
  for (const warehouse::ResultColumn& column : table.columns) {
    const Value* declared =
        types != nullptr && types->is_dict() ? types->as_dict().find(column.name) : nullptr;
    out.push_back({column.name, declared != nullptr && declared->is_string()
                                    ? declared->as_string()
                                    : shared.dialect->seed_type(column.type)});
  }
  return out;
}

Value make_load_agate_table() { return jinja::make_function("load_agate_table", load_agate_table); }

}  // namespace sluice::compile
