#include "warehouse/duckdb/values.h"

#include <algorithm>
#include <limits>

#include "warehouse/duckdb/cell_reader.h"
#include "warehouse/duckdb/cell_text.h"
#include "warehouse/duckdb/types.h"

namespace sluice::warehouse {
namespace {

// Appends up to `wanted` rows of the chunk; cells that DuckDB must print stay NULL for now.
void append_plain_cells(duckdb_data_chunk chunk, const std::vector<ColumnReader>& readers,
                        size_t wanted, ResultTable& table) {
  const size_t first = table.rows.size();
  const size_t count = std::min<size_t>(duckdb_data_chunk_get_size(chunk), wanted);
  for (size_t row = 0; row < count; ++row) table.rows.emplace_back(readers.size());
  for (size_t column = 0; column < readers.size(); ++column) {
    if (readers[column].engine_text) continue;
    const duckdb_vector vector = duckdb_data_chunk_get_vector(chunk, column);
    const VectorView view(vector);
    for (size_t row = 0; row < count; ++row) {
      if (readers[column].nested && !view.is_null(row))
        table.rows[first + row][column] = Nested{python_text(*readers[column].nested, vector, row)};
      else
        table.rows[first + row][column] = read_cell(readers[column], view, row);
    }
  }
}

// Fills in the cells that DuckDB prints, for the rows from `first` on.
Status fill_text_cells(duckdb_connection connection, ChunkRegistry& registry,
                       duckdb_data_chunk chunk, const std::vector<ColumnReader>& readers,
                       size_t first, ResultTable& table) {
  const size_t count = table.rows.size() - first;
  std::vector<idx_t> text_columns;
  for (size_t column = 0; column < readers.size(); ++column) {
    if (readers[column].engine_text) text_columns.push_back(column);
  }
  if (text_columns.empty() || count == 0) return {};
  SLUICE_ASSIGN(auto texts, cell_texts(connection, registry, chunk, text_columns));
  for (size_t i = 0; i < text_columns.size(); ++i) {
    for (size_t row = 0; row < count; ++row) {
      if (texts[i][row])
        table.rows[first + row][text_columns[i]] = Nested{std::move(*texts[i][row])};
    }
  }
  return {};
}

// Names the table's columns and makes a reader for each.
std::vector<ColumnReader> make_readers(duckdb_result& result, ResultTable& table) {
  std::vector<ColumnReader> readers;
  const idx_t num_columns = duckdb_column_count(&result);
  for (idx_t i = 0; i < num_columns; ++i) {
    const LogicalTypeHandle type(duckdb_column_logical_type(&result, i));
    table.columns.push_back({duckdb_column_name(&result, i), type_name(type.get())});
    readers.push_back(make_reader(type.get()));
  }
  return readers;
}

}  // namespace

Result<ResultTable> fetch_table(duckdb_connection connection, ChunkRegistry& registry,
                                duckdb_result& result, int64_t limit) {
  ResultTable table;
  const std::vector<ColumnReader> readers = make_readers(result, table);
  size_t wanted = limit < 0 ? std::numeric_limits<size_t>::max() : static_cast<size_t>(limit);
  while (wanted > 0) {
    const ChunkHandle chunk(duckdb_fetch_chunk(result));
    if (!chunk) break;
    const size_t before = table.rows.size();
    append_plain_cells(chunk.get(), readers, wanted, table);
    SLUICE_TRY(fill_text_cells(connection, registry, chunk.get(), readers, before, table));
    wanted -= table.rows.size() - before;
  }
  return table;
}

ResultTable fetch_plain_table(duckdb_result& result) {
  ResultTable table;
  const std::vector<ColumnReader> readers = make_readers(result, table);
  while (const ChunkHandle chunk{duckdb_fetch_chunk(result)}) {
    append_plain_cells(chunk.get(), readers, std::numeric_limits<size_t>::max(), table);
  }
  return table;
}

}  // namespace sluice::warehouse
