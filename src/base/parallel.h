// parallel_for: runs independent items over the machine's threads and returns when all are done.
#pragma once

#include <cstddef>
#include <functional>

namespace sluice {

// Number of worker threads that make sense here (hardware threads, at least 1).
size_t default_parallelism();
// Calls body(index, worker) for each index in [0, count), worker in [0, num_workers). Items are
// handed out in small chunks; the calling thread is worker 0. `body` must not throw.
void parallel_for(size_t count, size_t num_workers,
                  const std::function<void(size_t index, size_t worker)>& body);

}  // namespace sluice
