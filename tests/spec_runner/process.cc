#include "process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <utility>

namespace sluice::spec {
namespace {

using Clock = std::chrono::steady_clock;

// Both ends of a pipe, closed on destruction.
class Pipe {
 public:
  Pipe() = default;
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close_end(0);
    close_end(1);
  }

  bool open() { return pipe2(ends_.data(), O_CLOEXEC) == 0; }
  int read_end() const { return ends_[0]; }
  int write_end() const { return ends_[1]; }
  void close_end(std::size_t end) {
    if (ends_[end] >= 0) close(std::exchange(ends_[end], -1));
  }

 private:
  std::array<int, 2> ends_{-1, -1};
};

std::vector<char*> c_strings(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Between fork and exec only async-signal-safe calls are allowed: other threads may have held
// locks.
[[noreturn]] void become(const Command& command, char* const* arguments, char* const* environment,
                         const char* input_path, int output, int error) {
  // The first terminal that the leader of a session opens is its own: Ctrl-C there reaches it.
  if (command.on_terminal)
    setsid();
  else
    setpgid(0, 0);
  const int input = open(input_path, O_RDWR | O_CLOEXEC);
  if (command.on_terminal) output = error = input;
  if (input < 0 || dup2(input, 0) < 0 || dup2(output, 1) < 0 || dup2(error, 2) < 0) _exit(126);
  if (chdir(command.directory.c_str()) != 0) _exit(126);
  if (command.max_file_bytes) {
    const rlimit limit{*command.max_file_bytes, *command.max_file_bytes};
    setrlimit(RLIMIT_FSIZE, &limit);
    // Ignored, so that the write fails with an error code instead of ending the process.
    signal(SIGXFSZ, SIG_IGN);
  }
  execve(arguments[0], arguments, environment);
  _exit(127);
}

// Reads what is there; false at the end of the stream.
bool drain(int descriptor, std::string& text) {
  std::array<char, 65536> buffer{};
  const ssize_t count = read(descriptor, buffer.data(), buffer.size());
  if (count < 0) return errno == EINTR || errno == EAGAIN;
  text.append(buffer.data(), static_cast<std::size_t>(count));
  return count > 0;
}

// The side of a pseudo-terminal at which a person sits.
class Terminal {
 public:
  Terminal() = default;
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal() {
    if (descriptor_ >= 0) close(descriptor_);
  }

  bool open() {
    descriptor_ = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    std::array<char, 64> path{};
    if (descriptor_ < 0 || grantpt(descriptor_) != 0 || unlockpt(descriptor_) != 0 ||
        ptsname_r(descriptor_, path.data(), path.size()) != 0)
      return false;
    path_ = path.data();
    const winsize size{30, 100, 0, 0};
    return ioctl(descriptor_, TIOCSWINSZ, &size) == 0;
  }
  int descriptor() const { return descriptor_; }
  // Of the other side, where the command is.
  const std::string& path() const { return path_; }

 private:
  int descriptor_ = -1;
  std::string path_;
};

// Does what a person would do who reads the output: types, or interrupts.
class Person {
 public:
  // `terminal` is -1 when there is none.
  Person(pid_t process, int terminal, std::vector<Reaction> reactions)
      : process_(process), terminal_(terminal), reactions_(std::move(reactions)) {}

  void look_at(const std::string& output) {
    while (next_ < reactions_.size()) {
      const Reaction& reaction = reactions_[next_];
      const std::size_t found = output.find(reaction.after, seen_);
      if (found == std::string::npos) return;
      seen_ = found + reaction.after.size();
      ++next_;
      if (terminal_ < 0)
        kill(process_, SIGINT);
      else
        type(reaction.interrupts ? kControlC : reaction.typed);
    }
  }

 private:
  static constexpr const char* kControlC = "\x03";

  void type(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t count = write(terminal_, text.data(), text.size());
      if (count < 0 && errno != EINTR) return;
      if (count > 0) text.remove_prefix(static_cast<std::size_t>(count));
    }
  }

  pid_t process_;
  int terminal_;
  std::vector<Reaction> reactions_;
  std::size_t next_ = 0;
  std::size_t seen_ = 0;  // bytes of output
};

// Collects both streams until they end or the time is over; true when they ended.
bool collect(int output, int error, Clock::time_point deadline, Person person,
             CommandResult& result) {
  std::array<pollfd, 2> streams{pollfd{output, POLLIN, 0}, pollfd{error, POLLIN, 0}};
  while (streams[0].fd >= 0 || streams[1].fd >= 0) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return false;
    const int ready = poll(streams.data(), streams.size(), static_cast<int>(left));
    if (ready < 0 && errno != EINTR) return false;
    if (ready <= 0) continue;
    if (streams[0].revents != 0 && !drain(output, result.output)) streams[0].fd = -1;
    if (streams[1].revents != 0 && !drain(error, result.error)) streams[1].fd = -1;
    person.look_at(result.output);
  }
  return true;
}

int wait_for(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  return 128 + (WIFSIGNALED(status) ? WTERMSIG(status) : 0);
}

}  // namespace

tl::expected<CommandResult, std::string> run_command(const Command& command) {
  Pipe output;
  Pipe error;
  Terminal terminal;
  if (!output.open() || !error.open() || (command.on_terminal && !terminal.open())) {
    return tl::unexpected<std::string>(
        fmt::format("no pipe or terminal: {}", std::strerror(errno)));
  }
  std::vector<std::string> arguments = command.arguments;
  std::vector<std::string> environment = command.environment;
  const std::vector<char*> argument_pointers = c_strings(arguments);
  const std::vector<char*> environment_pointers = c_strings(environment);
  const pid_t child = fork();
  if (child < 0)
    return tl::unexpected<std::string>(fmt::format("cannot fork: {}", std::strerror(errno)));
  if (child == 0) {
    become(command, argument_pointers.data(), environment_pointers.data(),
           command.on_terminal ? terminal.path().c_str() : "/dev/null", output.write_end(),
           error.write_end());
  }
  output.close_end(1);
  error.close_end(1);
  CommandResult result;
  result.timed_out = !collect(command.on_terminal ? terminal.descriptor() : output.read_end(),
                              error.read_end(), Clock::now() + command.timeout,
                              Person(child, terminal.descriptor(), command.reactions), result);
  if (command.on_terminal) std::erase(result.output, '\r');
  if (result.timed_out) kill(-child, SIGKILL);
  result.exit_code = wait_for(child);
  if (result.exit_code == 127 && result.error.empty() &&
      access(command.arguments[0].c_str(), X_OK) != 0) {
    return tl::unexpected<std::string>(fmt::format("cannot run '{}'", command.arguments[0]));
  }
  return result;
}

}  // namespace sluice::spec
