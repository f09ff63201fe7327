// Text of values that have no plain C++ form (lists, structs, intervals, times, blobs…): DuckDB
// itself casts them to VARCHAR. A chunk that we hold is offered back to the engine as a table
// function, so the text is the engine's for every type and setting (time zone included), and
// nothing is copied. Chunks wait in a registry under a random-looking number; an unknown number is
// a plain SQL error.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "warehouse/duckdb/handles.h"

namespace sluice::warehouse {

// The chunks on offer, shared by the connections of one database. Thread-safe.
class ChunkRegistry {
 public:
  struct Offer {
    duckdb_data_chunk chunk = nullptr;
    std::vector<idx_t> columns;  // of the chunk
  };
  uint64_t add(Offer offer);
  void remove(uint64_t id);
  std::optional<Offer> find(uint64_t id) const;

 private:
  mutable std::mutex offers_mutex_;
  std::map<uint64_t, Offer> offers_;
  uint64_t next_id_ = 1;
};

// Makes the table function known to the database of `connection`; once per database.
Status register_cell_text(duckdb_connection connection,
                          const std::shared_ptr<ChunkRegistry>& registry);

// Text of the given columns of `chunk`: one vector per column, one entry per row, nullopt for NULL.
Result<std::vector<std::vector<std::optional<std::string>>>> cell_texts(
    duckdb_connection connection, ChunkRegistry& registry, duckdb_data_chunk chunk,
    std::vector<idx_t> columns);

}  // namespace sluice::warehouse
