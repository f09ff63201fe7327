#include "cli/signal_watcher.h"

#include <unistd.h>
#include <csignal>
#include <ctime>

#include <utility>

namespace sluice::cli {
namespace {

constexpr int kInterruptedExit = 130;

sigset_t watched_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

}  // namespace

SignalWatcher::SignalWatcher() {
  const sigset_t signals = watched_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  thread_ = std::jthread([this](const std::stop_token& stop) { watch(stop); });
}

SignalWatcher::~SignalWatcher() {
  thread_.request_stop();
  thread_.join();
  const sigset_t signals = watched_signals();
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

void SignalWatcher::on_first(std::function<void()> callback) {
  std::lock_guard lock(callback_mutex_);
  callback_ = std::move(callback);
  if (has_come_ && callback_) callback_();
}

void SignalWatcher::watch(const std::stop_token& stop) {
  const sigset_t signals = watched_signals();
  const timespec patience{0, 50'000'000};
  while (!stop.stop_requested()) {
    if (sigtimedwait(&signals, nullptr, &patience) < 0) continue;
    // Called under the lock: whoever takes the callback away waits until it has returned.
    std::lock_guard lock(callback_mutex_);
    if (has_come_ || !callback_) _exit(kInterruptedExit);
    has_come_ = true;
    callback_();
  }
}

}  // namespace sluice::cli
