// A project in memory, loaded: what the tests of project/ begin with.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "jinja/ops.h"
#include "project/project.h"

namespace sluice::project {

inline constexpr std::string_view kProject = "name: shop\nversion: '1.0'\nprofile: shop\n";
inline constexpr std::string_view kProfiles =
    "shop:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: shop.duckdb, threads: 4}\n";

using Files = std::vector<std::pair<std::string, std::string>>;

// A project in memory under /p, loaded.
struct Loaded {
  LoadedProject loaded;
  SecretScrubber scrubber;
  const Project& project() const { return *loaded.project; }
  std::string messages() const {
    std::string out;
    for (const Diagnostic& item : loaded.diagnostics.items()) {
      if (!out.empty()) out += "\n";
      out += item.severity == Severity::kWarning ? "warning " : "";
      out += render(item.error);
    }
    return out;
  }
};

inline std::unique_ptr<Loaded> load(const Files& files, LoadOptions options = {}) {
  MemoryFileSystem fs;
  static_cast<void>(fs.write_atomically("/p/dbt_project.yml", kProject));
  static_cast<void>(fs.write_atomically("/p/profiles.yml", kProfiles));
  for (const auto& [path, text] : files) {
    if (text == "-")
      static_cast<void>(fs.remove_all("/p/" + path));
    else
      static_cast<void>(fs.write_atomically(path.starts_with('/') ? path : "/p/" + path, text));
  }
  if (options.working_directory.empty()) options.working_directory = "/p";
  options.environment.emplace("HOME", "/home");
  auto out = std::make_unique<Loaded>();
  out->loaded = load_project(fs, options, out->scrubber);
  return out;
}

inline std::string show(const jinja::Value& value) { return jinja::to_repr(value).value(); }

struct Row {
  Files files;
  std::string want;
};

}  // namespace sluice::project
