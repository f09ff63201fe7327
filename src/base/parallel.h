// parallel_for: runs independent items over the machine's threads and returns when all are done.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace sluice {

// Number of worker threads that make sense here (hardware threads, at least 1).
size_t default_parallelism();
// Calls body(index, worker) for each index in [0, count), worker in [0, num_workers). Items are
// handed out in small chunks; the calling thread is worker 0. `body` must not throw.
void parallel_for(size_t count, size_t num_workers,
                  const std::function<void(size_t index, size_t worker)>& body);
// Calls produce(index) for each index in [0, count) in parallel and hands the texts to consume()
// one at a time, in order. No more than `num_workers` texts exist at once. Neither may throw.
void parallel_in_order(size_t count, size_t num_workers,
                       const std::function<std::string(size_t index)>& produce,
                       const std::function<void(std::string text)>& consume);

}  // namespace sluice
