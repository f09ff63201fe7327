#include "packages/git.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <vector>

namespace sluice::packages {
namespace {

struct Outcome {
  int exit_code = 0;
  std::string output;  // standard output and standard error, as they came
};

class Pipe {
 public:
  Pipe() { is_open_ = pipe2(ends_.data(), O_CLOEXEC) == 0; }
  ~Pipe() {
    close_write();
    if (is_open_) close(ends_[0]);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  bool is_open() const { return is_open_; }
  int write_end() const { return ends_[1]; }
  void close_write() {
    if (is_open_ && !is_write_closed_) close(ends_[1]);
    is_write_closed_ = true;
  }
  std::string read_all() const {
    std::string text;
    std::array<char, 4096> buffer;
    while (true) {
      const ssize_t count = read(ends_[0], buffer.data(), buffer.size());
      if (count > 0) text.append(buffer.data(), static_cast<size_t>(count));
      if (count == 0 || (count < 0 && errno != EINTR)) return text;
    }
  }

 private:
  std::array<int, 2> ends_{};
  bool is_open_ = false;
  bool is_write_closed_ = false;
};

// Messages in English: errors are compared and shown.
std::vector<std::string> git_environment() {
  std::vector<std::string> out;
  for (char** entry = environ; *entry != nullptr; ++entry)
    if (std::strncmp(*entry, "LC_ALL=", 7) != 0) out.emplace_back(*entry);
  out.emplace_back("LC_ALL=C");
  return out;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> out;
  out.reserve(texts.size() + 1);
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

Result<Outcome> run_git(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "git");
  std::vector<std::string> environment = git_environment();
  Pipe pipe;
  if (!pipe.is_open())
    return fail(ErrorCode::kIo, fmt::format("cannot start git: {}", std::strerror(errno)));
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, pipe.write_end(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, pipe.write_end(), STDERR_FILENO);
  pid_t pid = 0;
  const int failure = posix_spawnp(&pid, "git", &actions, nullptr, pointers_to(arguments).data(),
                                   pointers_to(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  if (failure == ENOENT)
    return fail(ErrorCode::kIo,
                "the program git is not there, and a package comes from a git "
                "repository",
                "install git, or put it on the PATH");
  if (failure != 0)
    return fail(ErrorCode::kIo, fmt::format("cannot start git: {}", std::strerror(failure)));
  pipe.close_write();
  Outcome outcome;
  outcome.output = pipe.read_all();
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
  outcome.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
  return outcome;
}

std::string trimmed(std::string text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0)
    text.pop_back();
  return text;
}

Error checkout_error(const std::string& url, const std::string& revision, const std::string& said) {
  std::string indented;
  for (const char byte : trimmed(said))
    indented += byte == '\n' ? std::string("\n  ") : std::string(1, byte);
  return Error(
      ErrorCode::kIo,
      fmt::format("cannot check out {} of repository {}\n  {}",
                  revision.empty() ? "the default branch" : "\"" + revision + "\"", url, indented),
      "check the address, the revision and your access to the repository");
}

}  // namespace

Result<std::string> clone_at(const std::string& url, const std::string& revision,
                             const std::string& folder) {
  // A revision is never an option, and neither is a URL.
  if (revision.starts_with('-') || url.starts_with('-'))
    return fail(checkout_error(url, revision, "a name cannot begin with '-'"));
  const auto git = [&](std::vector<std::string> arguments) -> Result<Outcome> {
    arguments.insert(arguments.begin(), {"-C", folder, "-c", "advice.detachedHead=false"});
    return run_git(std::move(arguments));
  };
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure)
    return fail(ErrorCode::kIo, fmt::format("cannot make \"{}\": {}", folder, failure.message()));
  SLUICE_TRY(git({"init", "-q"}).map([](const Outcome&) {}));
  SLUICE_TRY(git({"remote", "add", "origin", url}).map([](const Outcome&) {}));
  const std::string wanted = revision.empty() ? "HEAD" : revision;
  SLUICE_ASSIGN(const Outcome fetched, git({"fetch", "-q", "--depth", "1", "origin", wanted}));
  std::string commit = "FETCH_HEAD";
  if (fetched.exit_code != 0) {
    // An abbreviated commit, or a server that gives no single commits: fetch everything.
    SLUICE_ASSIGN(const Outcome all,
                  git({"fetch", "-q", "--tags", "origin", "+refs/heads/*:refs/remotes/origin/*"}));
    if (all.exit_code != 0) return fail(checkout_error(url, revision, all.output));
    commit = wanted;
  }
  SLUICE_ASSIGN(const Outcome parsed, git({"rev-parse", "-q", "--verify", commit + "^{commit}"}));
  if (parsed.exit_code != 0) return fail(checkout_error(url, revision, fetched.output));
  const std::string sha = trimmed(parsed.output);
  SLUICE_ASSIGN(const Outcome checked_out, git({"checkout", "-q", "--detach", sha}));
  if (checked_out.exit_code != 0) return fail(checkout_error(url, revision, checked_out.output));
  return sha;
}

}  // namespace sluice::packages
