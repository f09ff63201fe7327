#include "program_run.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "base/json.h"
#include "cli/main.h"

namespace sluice::incremental_test {
namespace {

// Sends what the program prints into a file while it lives.
class Redirected {
 public:
  explicit Redirected(const std::string& path) : out_(::dup(1)), error_(::dup(2)) {
    std::cout.flush();
    std::fflush(nullptr);
    const int file = ::open(path.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
    ::dup2(file, 1);
    ::dup2(file, 2);
    ::close(file);
  }
  ~Redirected() {
    std::fflush(nullptr);
    ::dup2(out_, 1);
    ::dup2(error_, 2);
    ::close(out_);
    ::close(error_);
  }
  Redirected(const Redirected&) = delete;
  Redirected& operator=(const Redirected&) = delete;

 private:
  int out_, error_;
};

std::string text_field(const Json& object, std::string_view key) {
  const Json* value = object.find(key);
  return value == nullptr ? std::string() : value->text;
}

// "OK (partition: recomputes 2 partitions)" holds a tier and its reason.
void split_message(ModelOutcome& out) {
  if (out.message.find("nothing changed") != std::string::npos) {
    out.tier = "skip";
    return;
  }
  const size_t open = out.message.find('(');
  const size_t colon = open == std::string::npos ? open : out.message.find(": ", open);
  const size_t close = out.message.rfind(')');
  if (out.status != "success" || colon == std::string::npos || close <= colon) return;
  out.tier = out.message.substr(open + 1, colon - open - 1);
  out.reason = out.message.substr(colon + 2, close - colon - 2);
}

}  // namespace

void write_file(const std::string& path, const std::string& text) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream(path) << text;
}

std::string read_file(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream(path).rdbuf();
  return out.str();
}

std::string fast_folder() {
  return ::access("/dev/shm", W_OK) == 0 ? std::string("/dev/shm")
                                         : std::filesystem::temp_directory_path().string();
}

int run_program(const std::vector<std::string>& words, const std::string& log) {
  const Redirected redirected(log);
  cli::Leftovers leftovers;
  return cli::run_main(words, leftovers);
}

Result<std::vector<ModelOutcome>> read_outcomes(const std::string& run_results) {
  SLUICE_ASSIGN(const Json document, parse_json(read_file(run_results)));
  std::vector<ModelOutcome> out;
  const Json* results = document.find("results");
  if (results == nullptr) return out;
  for (const Json& result : results->items) {
    ModelOutcome outcome;
    const std::string id = text_field(result, "unique_id");
    outcome.model = id.substr(id.rfind('.') + 1);
    outcome.status = text_field(result, "status");
    outcome.message = text_field(result, "message");
    split_message(outcome);
    out.push_back(std::move(outcome));
  }
  return out;
}

}  // namespace sluice::incremental_test
