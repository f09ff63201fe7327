// One open DuckDB database, shared by its connections; it closes when the last of them goes.
// Thread-safe.
#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "warehouse/duckdb/cell_text.h"
#include "warehouse/duckdb/handles.h"
#include "warehouse/duckdb/scan_meter.h"
#include "warehouse/warehouse.h"

namespace sluice::warehouse {

// How its connections run statements.
struct QueryPolicy {
  bool disable_transactions = false;
  int attempts = 1;
  std::vector<std::string> retryable_exceptions;
};

class Database {
 public:
  explicit Database(DatabaseHandle handle, QueryPolicy policy = {})
      : handle_(std::move(handle)),
        queries(std::move(policy)),
        chunks(std::make_shared<ChunkRegistry>()),
        meter(handle_.get()) {}
  duckdb_database get() const { return handle_.get(); }

  // The connections that interrupt_all() reaches.
  void add(Connection* connection) {
    const std::lock_guard lock(connections_mutex_);
    connections_.insert(connection);
  }
  void remove(Connection* connection) {
    const std::lock_guard lock(connections_mutex_);
    connections_.erase(connection);
  }
  void interrupt_all() {
    const std::lock_guard lock(connections_mutex_);
    for (Connection* connection : connections_) connection->interrupt();
  }

 private:
  DatabaseHandle handle_;
  std::mutex connections_mutex_;
  std::set<Connection*> connections_;

 public:
  const QueryPolicy queries;
  const std::shared_ptr<ChunkRegistry> chunks;
  ScanMeter meter;
};

// Connects; `start_sql` (settings of this connection) may be empty.
Result<std::unique_ptr<Connection>> connect_duckdb(const std::shared_ptr<Database>& database,
                                                   const std::string& start_sql);

}  // namespace sluice::warehouse
