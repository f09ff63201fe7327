#include "warehouse/duckdb/cell_text.h"

#include <fmt/format.h>

#include <string_view>

#include "warehouse/duckdb/errors.h"
#include "warehouse/duckdb/values.h"

namespace sluice::warehouse {
namespace {

constexpr const char* kFunctionName = "__sluice_chunk";

// What the engine keeps for us between bind and the one call that gives the chunk.
struct BindState {
  ChunkRegistry::Offer offer;
};
struct InitState {
  bool done = false;
};

template <typename T>
void delete_state(void* state) {
  std::unique_ptr<T>(static_cast<T*>(state)).reset();
}

void bind_chunk(duckdb_bind_info info) {
  const auto& registry =
      *static_cast<std::shared_ptr<ChunkRegistry>*>(duckdb_bind_get_extra_info(info));
  const ValueHandle parameter(duckdb_bind_get_parameter(info, 0));
  std::optional<ChunkRegistry::Offer> offer = registry->find(duckdb_get_uint64(parameter.get()));
  if (!offer) {
    duckdb_bind_set_error(info, "this function serves sluice itself; there is no such chunk");
    return;
  }
  for (size_t i = 0; i < offer->columns.size(); ++i) {
    const LogicalTypeHandle type(duckdb_vector_get_column_type(
        duckdb_data_chunk_get_vector(offer->chunk, offer->columns[i])));
    duckdb_bind_add_result_column(info, fmt::format("c{}", i).c_str(), type.get());
  }
  auto state = std::make_unique<BindState>(BindState{std::move(*offer)});
  duckdb_bind_set_bind_data(info, state.release(), delete_state<BindState>);
}

void init_chunk(duckdb_init_info info) {
  duckdb_init_set_max_threads(info, 1);
  duckdb_init_set_init_data(info, std::make_unique<InitState>().release(), delete_state<InitState>);
}

void give_chunk(duckdb_function_info info, duckdb_data_chunk output) {
  const auto& bind = *static_cast<BindState*>(duckdb_function_get_bind_data(info));
  auto& state = *static_cast<InitState*>(duckdb_function_get_init_data(info));
  if (state.done) {
    duckdb_data_chunk_set_size(output, 0);
    return;
  }
  state.done = true;
  for (size_t i = 0; i < bind.offer.columns.size(); ++i) {
    duckdb_vector_reference_vector(
        duckdb_data_chunk_get_vector(output, i),
        duckdb_data_chunk_get_vector(bind.offer.chunk, bind.offer.columns[i]));
  }
  duckdb_data_chunk_set_size(output, duckdb_data_chunk_get_size(bind.offer.chunk));
}

}  // namespace

uint64_t ChunkRegistry::add(Offer offer) {
  const std::lock_guard lock(offers_mutex_);
  offers_.emplace(next_id_, std::move(offer));
  return next_id_++;
}

void ChunkRegistry::remove(uint64_t id) {
  const std::lock_guard lock(offers_mutex_);
  offers_.erase(id);
}

std::optional<ChunkRegistry::Offer> ChunkRegistry::find(uint64_t id) const {
  const std::lock_guard lock(offers_mutex_);
  const auto found = offers_.find(id);
  if (found == offers_.end()) return std::nullopt;
  return found->second;
}

Status register_cell_text(duckdb_connection connection,
                          const std::shared_ptr<ChunkRegistry>& registry) {
  const TableFunctionHandle function(duckdb_create_table_function());
  duckdb_table_function_set_name(function.get(), kFunctionName);
  const LogicalTypeHandle number(duckdb_create_logical_type(DUCKDB_TYPE_UBIGINT));
  duckdb_table_function_add_parameter(function.get(), number.get());
  auto shared = std::make_unique<std::shared_ptr<ChunkRegistry>>(registry);
  duckdb_table_function_set_extra_info(function.get(), shared.release(),
                                       delete_state<std::shared_ptr<ChunkRegistry>>);
  duckdb_table_function_set_bind(function.get(), bind_chunk);
  duckdb_table_function_set_init(function.get(), init_chunk);
  duckdb_table_function_set_function(function.get(), give_chunk);
  if (duckdb_register_table_function(connection, function.get()) != DuckDBSuccess) {
    return fail(ErrorCode::kWarehouseConnect,
                "the engine refused the function that prints nested values");
  }
  return {};
}

Result<std::vector<std::vector<std::optional<std::string>>>> cell_texts(
    duckdb_connection connection, ChunkRegistry& registry, duckdb_data_chunk chunk,
    std::vector<idx_t> columns) {
  const size_t num_columns = columns.size();
  std::string sql = "SELECT ";
  for (size_t i = 0; i < num_columns; ++i)
    sql += fmt::format("{}CAST(c{} AS VARCHAR)", i == 0 ? "" : ", ", i);
  const uint64_t id = registry.add({chunk, std::move(columns)});
  sql += fmt::format(" FROM {}({}::UBIGINT)", kFunctionName, id);
  EngineResult result;
  const duckdb_state state = duckdb_query(connection, sql.c_str(), result.get());
  registry.remove(id);
  if (state != DuckDBSuccess) return fail(statement_error(duckdb_result_error(result.get()), sql));
  std::vector<std::vector<std::optional<std::string>>> texts(num_columns);
  while (const ChunkHandle out{duckdb_fetch_chunk(*result.get())}) {
    const idx_t size = duckdb_data_chunk_get_size(out.get());
    for (size_t i = 0; i < num_columns; ++i) {
      const VectorView view(duckdb_data_chunk_get_vector(out.get(), i));
      for (idx_t row = 0; row < size; ++row) {
        texts[i].push_back(view.is_null(row) ? std::nullopt
                                             : std::optional<std::string>(view.string_at(row)));
      }
    }
  }
  return texts;
}

}  // namespace sluice::warehouse
