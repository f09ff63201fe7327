#include "cli/console.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <system_error>

#include "base/json.h"
#include "base/thread_name.h"
#include "cli/event_codes.h"

namespace sluice::cli {
namespace {

constexpr size_t kMostEarlyLog = 4U << 20;  // of a command that never opens a log

std::string_view level_name(EventLevel level) {
  switch (level) {
    case EventLevel::kDebug:
      return "debug";
    case EventLevel::kInfo:
      return "info";
    case EventLevel::kWarning:
      return "warn";
    case EventLevel::kError:
      return "error";
  }
  return "info";
}

constexpr std::string_view kMainError = "MainEncounteredError";

bool is_print_event(const Event& event) {
  return event.name == "PrintEvent" || event.name == "JinjaPrint";
}

// Lines that another follows at once wait for it: a large run writes one time for each node, not
// four. What may take its time, as a query does, is told before it begins.
bool is_followed_soon(const Event& event) {
  return event.name == "NodeStart" || event.name == "WritingInjectedSQLForNode" ||
         event.name == "NodeFinished";
}

std::string clock_text(int64_t micros) { return iso_timestamp(micros).substr(11, 8); }

std::string without_escapes(const std::string& text) {
  std::string out;
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\x1b' && at + 1 < text.size() && text[at + 1] == '[') {
      at += 2;
      while (at < text.size() && (text[at] < '@' || text[at] > '~')) ++at;
      continue;
    }
    out += text[at];
  }
  return out;
}

// One old log is kept when the current one has grown large.
void rotate_log(const std::string& path, int64_t most_bytes) {
  std::error_code failure;
  const auto size = static_cast<int64_t>(std::filesystem::file_size(path, failure));
  if (failure || most_bytes <= 0 || size < most_bytes) return;
  std::filesystem::rename(path, path + ".1", failure);
}

}  // namespace

Console::Console(const Clock& clock, const SecretScrubber& scrubber, const Terminal& terminal,
                 ConsoleOptions options)
    : clock_(clock),
      scrubber_(scrubber),
      terminal_(terminal),
      options_(std::move(options)),
      log_(nullptr, &std::fclose) {}

Console::~Console() { stop_live(); }

const std::string& Console::TimeText::text(int64_t micros) {
  constexpr int64_t kSecond = 1'000'000;
  if (micros / kSecond != second_ || text_.empty()) {
    second_ = micros / kSecond;
    text_ = iso_timestamp(micros);
    return text_;
  }
  int64_t rest = micros % kSecond;
  for (size_t digit = text_.size() - 2; text_[digit] != '.'; --digit, rest /= 10)
    text_[digit] = static_cast<char>('0' + rest % 10);
  return text_;
}

bool Console::shows(const Event& event) const {
  if (is_print_event(event)) return options_.print;
  if (options_.none) return false;
  if (options_.quiet) return event.level == EventLevel::kError;
  return static_cast<int>(event.level) >= static_cast<int>(options_.least);
}

std::string Console::to_json(const Event& event, const std::string& message,
                             int64_t now_micros) const {
  JsonWriter writer;
  writer.begin_object().key("data").begin_object();
  const auto has = [&event](std::string_view name) {
    return std::any_of(event.data.begin(), event.data.end(),
                       [name](const auto& field) { return field.first == name; });
  };
  if (!event.node.empty() && !has("node_info")) {
    const std::string info = describe_node_ ? describe_node_(event.node) : std::string();
    writer.key("node_info");
    if (info.empty())
      writer.begin_object().field("unique_id", event.node).end_object();
    else
      writer.raw(info);
  }
  for (const auto& [name, json] : event.data) writer.key(name).raw(scrubber_.scrub(json));
  if (!has("msg") && event_has_message(event.name)) writer.field("msg", message);
  writer.end_object();
  writer.key("info").begin_object();
  writer.field("category", "")
      .field("code", event_code(event.name))
      .key("extra")
      .begin_object()
      .end_object();
  writer.field("invocation_id", options_.invocation_id);
  writer.field("level", level_name(event.level)).field("msg", message).field("name", event.name);
  writer.field("pid", static_cast<int64_t>(getpid())).field("thread", thread_name());
  writer.field("ts", iso_timestamp(now_micros)).end_object().end_object();
  return writer.take();
}

void Console::write_line(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fputc('\n', stdout);
}

// What kept the command from its work: to standard error, as it stands.
void Console::write_error(const std::string& message) {
  std::fflush(stdout);
  const size_t head = message.starts_with("error[") ? message.find(']') + 1 : 0;
  const std::string text =
      paint(message.substr(0, head), Color::kRed, options_.colors && head > 0) +
      message.substr(head) + "\n";
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

void Console::write_log(const Event& event, const std::string& message, int64_t now_micros) {
  if (options_.log_none || static_cast<int>(event.level) < static_cast<int>(options_.log_least))
    return;
  std::string line;
  if (options_.log_json) {
    line = to_json(event, message, now_micros);
  } else {
    // A large run writes a hundred thousand of these.
    const bool is_plain = options_.log_colors || message.find('\x1b') == std::string::npos;
    line.reserve(message.size() + 48);
    line += log_time_.text(now_micros);
    fmt::format_to(std::back_inserter(line), " [{:<5}] ", level_name(event.level));
    line += is_plain ? message : without_escapes(message);
  }
  line += '\n';
  if (log_) {
    std::fwrite(line.data(), 1, line.size(), log_.get());
    if (!is_followed_soon(event)) std::fflush(log_.get());
  } else if (keeps_early_log_ && early_log_.size() < kMostEarlyLog) {
    early_log_ += line;
  }
}

void Console::emit(const Event& event) {
  const int64_t now_micros = clock_.now_micros();
  const std::string message = scrubber_.scrub(event.message);
  std::lock_guard lock(output_mutex_);
  if (recorded_ != nullptr) record(event, message);
  write_log(event, message, now_micros);
  if (!shows(event)) return;
  erase_live();
  if (options_.json) {
    write_line(to_json(event, message, now_micros));
  } else if (event.name == kMainError) {
    write_error(message);
  } else if (is_print_event(event)) {
    write_line(message);
  } else {
    std::string text = message;
    if (options_.colors && event.level == EventLevel::kError && event.name != "RunResultError" &&
        text.find('\x1b') == std::string::npos)
      text = paint(text, Color::kRed, true);
    write_line(clock_text(now_micros) + "  " + text);
  }
  draw_live();
  std::fflush(stdout);
}

void Console::output(const std::string& text, const std::string& event_name,
                     const std::string& data_json) {
  Event event;
  event.name = event_name;
  // One line: outside its strings, where newlines are escaped, JSON means the same without them.
  std::string inner = data_json;
  std::replace(inner.begin(), inner.end(), '\n', ' ');
  if (inner.size() > 2) event.data.emplace_back("output", inner);
  output(text, event);
}

void Console::output(const std::string& text, const Event& event) {
  const int64_t now_micros = clock_.now_micros();
  const std::string shown = scrubber_.scrub(text);
  std::lock_guard lock(output_mutex_);
  write_log(event, shown, now_micros);
  if (options_.json) {
    write_line(to_json(event, shown, now_micros));
  } else {
    erase_live();
    write_line(shown);
    draw_live();
  }
  std::fflush(stdout);
}

void Console::describe_nodes_with(
    std::function<std::string(const std::string& unique_id)> describe) {
  std::lock_guard lock(output_mutex_);
  describe_node_ = std::move(describe);
}

void Console::info(const std::string& message, const std::string& name) {
  emit({EventLevel::kInfo, name, message, {}, {}});
}
void Console::warn(const std::string& message, const std::string& name) {
  emit({EventLevel::kWarning, name, message, {}, {}});
}
void Console::error(const std::string& message, const std::string& name) {
  JsonWriter text;
  if (name == kMainError) text.string(message);
  Event event{EventLevel::kError, name, message, {}, {}};
  if (name == kMainError) event.data.emplace_back("exc", text.take());
  emit(event);
}

void Console::record_to(std::vector<Event>* events) {
  std::lock_guard lock(output_mutex_);
  recorded_ = events;
}

void Console::record(const Event& event, const std::string& message) {
  Event copy = event;
  copy.message = message;
  for (auto& [name, json] : copy.data) json = scrubber_.scrub(json);
  recorded_->push_back(std::move(copy));
}

void Console::open_log(const std::string& folder) {
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  rotate_log(folder + "/sluice.log", options_.max_log_bytes);
  std::lock_guard lock(output_mutex_);
  // A log that cannot be written (read-only project) does not stop the work that was asked for.
  if (!failure) log_.reset(std::fopen((folder + "/sluice.log").c_str(), "ab"));
  // Larger than what is written between two flushes: a killed run leaves whole lines.
  if (log_) std::setvbuf(log_.get(), nullptr, _IOFBF, 1U << 16);
  if (log_) std::fwrite(early_log_.data(), 1, early_log_.size(), log_.get());
  keeps_early_log_ = false;
  early_log_.clear();
}

void Console::start_live(std::function<std::vector<std::string>()> lines) {
  if (!has_live_area()) return;
  stop_live();
  {
    std::lock_guard lock(output_mutex_);
    live_lines_ = std::move(lines);
  }
  live_thread_ = std::jthread([this](const std::stop_token& stop) {
    std::unique_lock lock(output_mutex_);
    while (!stop.stop_requested()) {
      erase_live();
      draw_live();
      std::fflush(stdout);
      live_changed_.wait_for(lock, stop, std::chrono::milliseconds(100), [] { return false; });
    }
  });
}

void Console::stop_live() {
  if (live_thread_.joinable()) {
    live_thread_.request_stop();
    live_thread_.join();
  }
  std::lock_guard lock(output_mutex_);
  erase_live();
  live_lines_ = nullptr;
  std::fflush(stdout);
}

void Console::erase_live() {
  if (num_live_lines_ == 0) return;
  std::fputs(fmt::format("\x1b[{}A\r\x1b[J", num_live_lines_).c_str(), stdout);
  num_live_lines_ = 0;
}

void Console::draw_live() {
  if (!live_lines_) return;
  for (const std::string& line : live_lines_()) {
    write_line(
        fit_to_width(scrubber_.scrub(line), terminal_.width == 0 ? 80 : terminal_.width - 1));
    ++num_live_lines_;
  }
}

}  // namespace sluice::cli
