// Console: the one sink for everything that a command tells. Plain lines or JSON lines on standard
// output (what kept a command from its work goes to standard error in plain form), all of it in the
// log file, every text scrubbed of secrets. On a terminal it keeps a live area below the lines that
// is redrawn in place. Thread-safe.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/event.h"
#include "base/secret.h"
#include "cli/terminal.h"

namespace sluice::cli {

struct ConsoleOptions {
  bool json = false;
  bool quiet = false;
  bool print = true;  // print() of templates is shown
  EventLevel least = EventLevel::kInfo;
  bool none = false;  // --log-level none
  bool log_json = false;
  EventLevel log_least = EventLevel::kDebug;
  bool log_none = false;
  bool log_colors = false;
  int64_t max_log_bytes = 10 << 20;  // 0: the log file grows for ever
  bool colors = false;
  std::string invocation_id;
};

class Console final : public EventSink {
 public:
  Console(const Clock& clock, const SecretScrubber& scrubber, const Terminal& terminal,
          ConsoleOptions options);
  ~Console() override;

  void emit(const Event& event) override;
  // Lines without a time in front, for what the user asked for (ls, show). In JSON they are wrapped
  // in an event.
  void output(const std::string& text, const std::string& event_name,
              const std::string& data_json = "{}");
  // The same with a node and with fields of JSON.
  void output(const std::string& text, const Event& event);
  // Plain information: emit() with a name of ours.
  void info(const std::string& message, const std::string& name = "Note");
  void warn(const std::string& message, const std::string& name = "Warning");
  void error(const std::string& message, const std::string& name = "MainEncounteredError");

  // How `node_info` of an event's node looks (empty: unknown); null ends it. Called with the
  // console's lock held.
  void describe_nodes_with(std::function<std::string(const std::string& unique_id)> describe);

  // From now on each event is added to `events`, scrubbed, whether it is shown or not; null ends
  // it.
  void record_to(std::vector<Event>* events);

  // Appends to <folder>/sluice.log from now on; what was said before is written too.
  void open_log(const std::string& folder);

  // A live area: `lines` is asked ten times a second and its lines are drawn below everything else.
  // Only on a terminal in text mode; elsewhere nothing happens. stop_live() removes the area.
  void start_live(std::function<std::vector<std::string>()> lines);
  void stop_live();
  bool has_live_area() const { return terminal_.is_terminal && !options_.json && !options_.quiet; }

  // Whether anything is written as JSON, so that fields which cost something are worth making.
  bool writes_json() const { return options_.json || (options_.log_json && !options_.log_none); }
  bool colors() const { return options_.colors; }
  const Terminal& terminal() const { return terminal_; }
  const std::string& invocation_id() const { return options_.invocation_id; }

 private:
  // iso_timestamp() of moments that mostly lie in the same second.
  class TimeText {
   public:
    const std::string& text(int64_t micros);

   private:
    int64_t second_ = 0;
    std::string text_;
  };

  bool shows(const Event& event) const;
  std::string to_json(const Event& event, const std::string& message, int64_t now_micros) const;
  void record(const Event& event, const std::string& message);
  void write_line(const std::string& text);
  void write_error(const std::string& message);
  void write_log(const Event& event, const std::string& message, int64_t now_micros);
  void draw_live();
  void erase_live();

  const Clock& clock_;
  const SecretScrubber& scrubber_;
  const Terminal terminal_;
  const ConsoleOptions options_;

  std::mutex output_mutex_;
  TimeText log_time_;  // guarded by output_mutex_
  std::vector<Event>* recorded_ = nullptr;
  std::function<std::string(const std::string& unique_id)> describe_node_;
  std::string early_log_;  // before open_log()
  bool keeps_early_log_ = true;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> log_;
  std::function<std::vector<std::string>()> live_lines_;
  size_t num_live_lines_ = 0;
  std::condition_variable_any live_changed_;
  std::jthread live_thread_;  // last: stops before the rest goes
};

}  // namespace sluice::cli
