// Clock and process environment: the only reads of time, time zone, randomness and environment
// variables. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace sluice {

class Clock {
 public:
  virtual ~Clock() = default;
  // Microseconds since 1970-01-01 UTC.
  virtual int64_t now_micros() const = 0;
  // Monotonic nanoseconds, for durations.
  virtual int64_t ticks_ns() const = 0;
};

class SystemClock final : public Clock {
 public:
  int64_t now_micros() const override;
  int64_t ticks_ns() const override;
};

// Stands still until a test moves it.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(int64_t start_micros) : micros_(start_micros) {}
  int64_t now_micros() const override { return micros_; }
  int64_t ticks_ns() const override { return micros_ * 1000; }
  void advance_micros(int64_t micros) { micros_ += micros; }

 private:
  std::atomic<int64_t> micros_;
};

// All environment variables of the process, read once at start.
std::map<std::string, std::string> read_process_environment();
// Random UUID (version 4), as invocation ids are.
std::string random_uuid();
// Seed for a pseudorandom generator, from the system's source of randomness.
uint64_t random_seed();
// Seconds east of UTC of the process's time zone at an instant (seconds since 1970-01-01 UTC); 0
// when the instant is beyond the calendar.
int64_t local_offset_seconds(int64_t utc_seconds);
// CPU seconds (user + system) of this process and its peak resident memory in bytes.
double process_cpu_seconds();
uint64_t process_peak_memory_bytes();

// "2026-11-21T10:00:00.123456Z" from microseconds since the epoch, UTC.
std::string iso_timestamp(int64_t micros);

}  // namespace sluice
