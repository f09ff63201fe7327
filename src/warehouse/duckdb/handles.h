// Owners of DuckDB's C handles: each frees its handle once. Module-private; one thread at a time
// per handle.
#pragma once

#include <duckdb.h>

#include <string>
#include <utility>

namespace sluice::warehouse {

// Move-only owner of a handle that `Destroy` frees through its address.
template <typename Handle, void (*Destroy)(Handle*)>
class EngineHandle {
 public:
  EngineHandle() = default;
  explicit EngineHandle(Handle handle) : handle_(handle) {}
  EngineHandle(EngineHandle&& other) noexcept : handle_(std::exchange(other.handle_, Handle{})) {}
  EngineHandle& operator=(EngineHandle&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  EngineHandle(const EngineHandle&) = delete;
  EngineHandle& operator=(const EngineHandle&) = delete;
  ~EngineHandle() {
    if (handle_ != Handle{}) Destroy(&handle_);
  }
  Handle get() const { return handle_; }
  // For functions of the engine that fill a handle; call once.
  Handle* out() { return &handle_; }
  explicit operator bool() const { return handle_ != Handle{}; }

 private:
  Handle handle_{};
};

using DatabaseHandle = EngineHandle<duckdb_database, duckdb_close>;
using ConnectionHandle = EngineHandle<duckdb_connection, duckdb_disconnect>;
using ConfigHandle = EngineHandle<duckdb_config, duckdb_destroy_config>;
using StatementsHandle = EngineHandle<duckdb_extracted_statements, duckdb_destroy_extracted>;
using PreparedHandle = EngineHandle<duckdb_prepared_statement, duckdb_destroy_prepare>;
using LogicalTypeHandle = EngineHandle<duckdb_logical_type, duckdb_destroy_logical_type>;
using ChunkHandle = EngineHandle<duckdb_data_chunk, duckdb_destroy_data_chunk>;
using ValueHandle = EngineHandle<duckdb_value, duckdb_destroy_value>;
using TableFunctionHandle = EngineHandle<duckdb_table_function, duckdb_destroy_table_function>;
using ClientContextHandle = EngineHandle<duckdb_client_context, duckdb_destroy_client_context>;

// A result struct, freed once whatever its state.
class EngineResult {
 public:
  EngineResult() = default;
  EngineResult(const EngineResult&) = delete;
  EngineResult& operator=(const EngineResult&) = delete;
  ~EngineResult() { duckdb_destroy_result(&result_); }
  duckdb_result* get() { return &result_; }

 private:
  duckdb_result result_{};
};

// A string that the engine allocated, copied and freed; null gives "".
inline std::string take_string(char* text) {
  if (text == nullptr) return {};
  std::string copy(text);
  duckdb_free(text);
  return copy;
}

}  // namespace sluice::warehouse
