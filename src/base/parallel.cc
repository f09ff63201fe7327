#include "base/parallel.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace sluice {

size_t default_parallelism() { return std::max<size_t>(1, std::thread::hardware_concurrency()); }

void parallel_for(size_t count, size_t num_workers,
                  const std::function<void(size_t index, size_t worker)>& body) {
  num_workers = std::min(std::max<size_t>(1, num_workers), count);
  if (num_workers <= 1) {
    for (size_t index = 0; index < count; ++index) body(index, 0);
    return;
  }
  // Small enough that a slow item does not leave the other workers idle, large enough to share no
  // cache line.
  const size_t chunk = std::clamp<size_t>(count / (num_workers * 8), 1, 64);
  std::atomic<size_t> next{0};
  const auto work = [&](size_t worker) {
    while (true) {
      const size_t begin = next.fetch_add(chunk, std::memory_order_relaxed);
      if (begin >= count) return;
      const size_t end = std::min(begin + chunk, count);
      for (size_t index = begin; index < end; ++index) body(index, worker);
    }
  };
  std::vector<std::jthread> threads;
  threads.reserve(num_workers - 1);
  for (size_t worker = 1; worker < num_workers; ++worker) threads.emplace_back(work, worker);
  work(0);
}

void parallel_in_order(size_t count, size_t num_workers,
                       const std::function<std::string(size_t index)>& produce,
                       const std::function<void(std::string text)>& consume) {
  num_workers = std::min(std::max<size_t>(1, num_workers), count);
  std::atomic<size_t> next{0};
  std::mutex turn_mutex;
  std::condition_variable turn_changed;
  size_t turn = 0;
  const auto work = [&] {
    for (size_t index = next++; index < count; index = next++) {
      std::string text = produce(index);
      std::unique_lock lock(turn_mutex);
      turn_changed.wait(lock, [&] { return turn == index; });
      consume(std::move(text));
      ++turn;
      turn_changed.notify_all();
    }
  };
  std::vector<std::jthread> threads;
  for (size_t worker = 1; worker < num_workers; ++worker) threads.emplace_back(work);
  work();
}

}  // namespace sluice
