// SignalWatcher: Ctrl-C and SIGTERM as a call. The first signal calls back on a thread of its own;
// the second ends the process at once. Make one before other threads exist, so that they inherit
// the blocked signals.
#pragma once

#include <functional>
#include <mutex>
#include <thread>

namespace sluice::cli {

class SignalWatcher {
 public:
  SignalWatcher();
  ~SignalWatcher();
  SignalWatcher(const SignalWatcher&) = delete;
  SignalWatcher& operator=(const SignalWatcher&) = delete;

  // Called at the first signal; at once when it has come already. An empty function: the first
  // signal ends the process.
  void on_first(std::function<void()> callback);

 private:
  void watch(const std::stop_token& stop);

  std::mutex callback_mutex_;
  std::function<void()> callback_;
  bool has_come_ = false;
  std::jthread thread_;
};

}  // namespace sluice::cli
