// Runs text specs: spec_runner --sluice BINARY [options] FILE-OR-FOLDER...
// Prints a report per failing case and, as the last line, "N passed, N failed". The format of a
// case: tests/spec/README.md.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>
#include <utility>

#include "case_runner.h"

namespace sluice::spec {
namespace {

namespace files = std::filesystem;

constexpr const char* kUsage =
    "usage: spec_runner --sluice BINARY [--repository FOLDER] [-j N] [--timeout SECONDS] [--filter "
    "TEXT]\n"
    "                   [--bless] [--keep] [--list] FILE-OR-FOLDER...\n";

struct Options {
  CaseOptions cases;
  unsigned jobs = 1;
  std::string filter;
  bool list = false;
  std::vector<std::string> paths;
};

bool parse_number(const std::string& text, long& number) {
  return std::from_chars(text.data(), text.data() + text.size(), number).ptr ==
             text.data() + text.size() &&
         number > 0;
}

// The value of an option that takes one; false when it has a bad value or is unknown.
bool set_option(Options& options, const std::string& name, const std::string& value) {
  long number = 0;
  if (name == "--sluice") {
    options.cases.sluice = files::absolute(value).string();
  } else if (name == "--repository") {
    options.cases.repository = files::absolute(value).string();
  } else if (name == "--filter") {
    options.filter = value;
  } else if (name == "-j" && parse_number(value, number)) {
    options.jobs = static_cast<unsigned>(number);
  } else if (name == "--timeout" && parse_number(value, number)) {
    options.cases.timeout = std::chrono::seconds(number);
  } else {
    return false;
  }
  return true;
}

bool parse_options(const std::vector<std::string>& arguments, Options& options) {
  options.cases.repository = files::current_path().string();
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument == "--bless") {
      options.cases.bless = true;
    } else if (argument == "--keep") {
      options.cases.keep = true;
    } else if (argument == "--list") {
      options.list = true;
    } else if (!argument.starts_with('-')) {
      options.paths.push_back(argument);
    } else if (i + 1 == arguments.size() || !set_option(options, argument, arguments[i + 1])) {
      fmt::print(stderr, "spec_runner: bad option or value at '{}'\n{}", argument, kUsage);
      return false;
    } else {
      ++i;
    }
  }
  if (options.paths.empty() || (options.cases.sluice.empty() && !options.list)) {
    fmt::print(stderr, "{}", kUsage);
    return false;
  }
  return true;
}

std::vector<std::string> find_specs(const std::vector<std::string>& paths) {
  std::vector<std::string> found;
  for (const std::string& path : paths) {
    if (!files::is_directory(path)) {
      found.push_back(path);
      continue;
    }
    for (const auto& entry : files::recursive_directory_iterator(path)) {
      if (entry.path().extension() == ".test") found.push_back(entry.path().string());
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

// How one file went; `report` is empty for a case that passed or was skipped.
struct Outcome {
  std::string report;
  std::string skip_reason;
  bool blessed = false;
};

Outcome run_file(const std::string& path, const Options& options) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return {fmt::format("{}: cannot be read\n", path), {}, false};
  auto spec = parse_spec(path, text.str());
  if (!spec) return {spec.error() + "\n", {}, false};
  if (!spec->skip_reason.empty()) return {{}, spec->skip_reason, false};
  const CaseResult result = run_case(*spec, options.cases);
  if (!options.cases.bless || result.blessed.empty()) return {result.report, {}, false};
  std::ofstream(path, std::ios::binary | std::ios::trunc) << blessed_text(*spec, result.blessed);
  return {result.report, {}, true};
}

// Each worker takes the next file that nobody has; the outcomes stand in the order of the files.
std::vector<Outcome> run_files(const std::vector<std::string>& paths, const Options& options) {
  std::vector<Outcome> outcomes(paths.size());
  std::atomic<std::size_t> next{0};
  std::vector<std::jthread> workers;
  for (unsigned worker = 0; worker < options.jobs; ++worker) {
    workers.emplace_back([&] {
      for (std::size_t i = next++; i < paths.size(); i = next++)
        outcomes[i] = run_file(paths[i], options);
    });
  }
  return workers.clear(), outcomes;
}

int report(const std::vector<std::string>& paths, const std::vector<Outcome>& outcomes) {
  std::size_t failed = 0;
  std::size_t skipped = 0;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const Outcome& outcome = outcomes[i];
    if (!outcome.report.empty()) {
      ++failed;
      fmt::print("FAILED {}\n", outcome.report);
    } else if (!outcome.skip_reason.empty()) {
      ++skipped;
      fmt::print("skipped {}: {}\n", paths[i], outcome.skip_reason);
    } else if (outcome.blessed) {
      fmt::print("blessed {}\n", paths[i]);
    }
  }
  fmt::print("{} passed, {} failed", paths.size() - failed - skipped, failed);
  if (skipped > 0) fmt::print(", {} skipped", skipped);
  fmt::print("\n");
  return failed == 0 ? 0 : 1;
}

}  // namespace

int spec_runner(const std::vector<std::string>& arguments) {
  Options options;
  if (!parse_options(arguments, options)) return 2;
  if (options.cases.bless && std::getenv("CI") != nullptr) {
    fmt::print(stderr, "spec_runner: --bless rewrites what is expected; in CI that is refused\n");
    return 2;
  }
  std::vector<std::string> paths = find_specs(options.paths);
  std::erase_if(paths, [&](const std::string& path) {
    return path.find(options.filter) == std::string::npos;
  });
  if (paths.empty()) {
    fmt::print(stderr, "spec_runner: no spec files found\n");
    return 2;
  }
  if (options.list) {
    for (const std::string& path : paths) fmt::print("{}\n", path);
    return 0;
  }
  return report(paths, run_files(paths, options));
}

}  // namespace sluice::spec

int main(int argc, char** argv) {
  try {
    return sluice::spec::spec_runner(std::vector<std::string>(argv + 1, argv + argc));
  } catch (const std::exception& problem) {
    fmt::print(stderr, "spec_runner: {}\n", problem.what());
    return 2;
  }
}
