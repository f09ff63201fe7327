// `sluice extensions`: fills the folder of the engine's extensions ahead of the runs, because
// nothing is downloaded during one.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/process.h"
#include "cli/amounts.h"
#include "cli/commands.h"
#include "cli/workspace.h"
#include "run/duckdb_settings.h"
#include "warehouse/extensions.h"

namespace sluice::cli {
namespace {

constexpr std::string_view kSuffix = ".duckdb_extension";

// The folder to fill: the profile's, when the command is given in a project, else the default.
std::string extension_directory(Invocation& invocation, std::vector<std::string>& wanted) {
  const std::string otherwise = run::default_extension_directory(invocation.environment);
  if (!invocation.options.extension_dir.empty())
    return normalize_path(
        join_path(invocation.working_directory, invocation.options.extension_dir));
  if (!invocation.options.names.empty() || !wanted.empty()) return otherwise;
  Workspace workspace(invocation);
  if (!workspace.load({.packages = false, .profile = true})) return {};
  if (workspace.project().profile.adapter_type != "duckdb") return otherwise;
  const auto settings = run::duckdb_settings(workspace.project(), invocation.environment);
  if (!settings) {
    report_error(invocation, settings.error());
    return {};
  }
  wanted = settings->extensions;
  return settings->extension_directory;
}

// A wheel is a zip file, which Python can open: what installs wheels is there when wheels are.
Result<std::string> unpack_wheel(FileSystem& fs, const std::string& wheel,
                                 const std::string& folder) {
  SLUICE_ASSIGN(const ProcessResult unpacked,
                run_process({"python3", "-m", "zipfile", "-e", wheel, folder}));
  if (unpacked.exit_code != 0)
    return fail(ErrorCode::kIo, fmt::format("cannot unpack \"{}\": {}", wheel, unpacked.output));
  SLUICE_ASSIGN(const std::vector<FileInfo> files, fs.list_recursively(folder));
  for (const FileInfo& file : files)
    if (file.path.ends_with(kSuffix)) return join_path(folder, file.path);
  return fail(ErrorCode::kFileNotFound, fmt::format("\"{}\" has no extension in it", wheel));
}

class ExtensionFetcher {
 public:
  ExtensionFetcher(Invocation& invocation, std::string directory, std::string subfolder)
      : invocation_(invocation),
        fs_(invocation.fs),
        directory_(std::move(directory)),
        subfolder_(std::move(subfolder)) {}

  bool fetch_all(const std::vector<std::string>& names) {
    std::vector<std::string> order;
    for (const std::string& name : names) {
      const std::string meant = warehouse::extension_name(name);
      for (const std::string_view dependency : warehouse::extension_dependencies(meant))
        add(order, std::string(dependency));
      add(order, meant);
    }
    bool all = true;
    for (const std::string& name : order) all = fetch(name) && all;
    return all;
  }

 private:
  static void add(std::vector<std::string>& order, std::string name) {
    if (std::ranges::find(order, name) == order.end()) order.push_back(std::move(name));
  }

  std::string place_of(const std::string& name) const {
    return join_path(directory_, fmt::format("{}/{}{}", subfolder_, name, kSuffix));
  }

  bool fetch(const std::string& name) {
    if (warehouse::is_built_in_extension(name)) {
      invocation_.console.info(fmt::format("{}: part of sluice", name));
      return true;
    }
    const std::string place = place_of(name);
    if (fs_.exists(place) && !invocation_.options.force) {
      invocation_.console.info(fmt::format("{}: there already", name));
      return true;
    }
    invocation_.console.info(fmt::format("{}: fetching", name));
    const std::string staging = fmt::format("{}.fetching.{}", place, invocation_.invocation_id);
    const Status installed = install(name, staging, place);
    static_cast<void>(fs_.remove_all(staging));
    if (!installed) {
      report_error(invocation_, installed.error());
      return false;
    }
    const Result<FileInfo> info = fs_.info(place);
    invocation_.console.info(fmt::format(
        "{}: fetched{}", name, info ? fmt::format(", {}", format_bytes(info->size)) : ""));
    return true;
  }

  // Copies what was found once the engine has taken it: a file that is there can be loaded.
  Status install(const std::string& name, const std::string& staging, const std::string& place) {
    SLUICE_TRY(fs_.make_directories(staging));
    SLUICE_ASSIGN(const std::string found, invocation_.options.from.empty()
                                               ? download(name, staging)
                                               : find_local(name, staging));
    if (const Status loaded = warehouse::check_extension_file(found, directory_); !loaded)
      return fail(ErrorCode::kWarehouseConnect,
                  fmt::format("the file of the extension \"{}\" cannot be loaded: {}", name,
                              loaded.error().message()),
                  fmt::format("it must be signed and made for {}", subfolder_));
    SLUICE_ASSIGN(const std::string content, fs_.read(found));
    return fs_.write_atomically(place, content);
  }

  Result<std::string> find_local(const std::string& name, const std::string& staging) const {
    const std::string folder =
        normalize_path(join_path(invocation_.working_directory, invocation_.options.from));
    for (const std::string& path :
         {join_path(folder, name + std::string(kSuffix)),
          join_path(folder, fmt::format("{}/{}{}", subfolder_, name, kSuffix))})
      if (fs_.exists(path)) return path;
    SLUICE_ASSIGN(const std::vector<FileInfo> files, fs_.list(folder));
    const std::string wheel_prefix = fmt::format("duckdb_extension_{}-", name);
    for (const FileInfo& file : files)
      if (file.path.starts_with(wheel_prefix) && file.path.ends_with(".whl"))
        return unpack_wheel(fs_, join_path(folder, file.path), join_path(staging, "wheel"));
    return fail(ErrorCode::kFileNotFound,
                fmt::format("the extension \"{}\" is not in \"{}\"", name, folder),
                fmt::format("put {}{} or its wheel there", name, kSuffix));
  }

  // By pip from the package index; where that fails, from DuckDB's own repository.
  Result<std::string> download(const std::string& name, const std::string& staging) const {
    Result<std::string> by_pip = download_wheel(name, staging);
    if (by_pip) return by_pip;
    const std::string directory = join_path(staging, "repository");
    const Status by_engine = warehouse::install_extension(name, directory);
    if (by_engine) return join_path(directory, fmt::format("{}/{}{}", subfolder_, name, kSuffix));
    return fail(
        ErrorCode::kIo,
        fmt::format("the extension \"{}\" cannot be fetched\n  by pip: {}\n  from DuckDB's "
                    "repository: {}",
                    name, by_pip.error().message(), first_line(by_engine.error().message())),
        "check the name and the network, or give a folder that has the file: --from DIR");
  }

  Result<std::string> download_wheel(const std::string& name, const std::string& staging) const {
    std::string package = "duckdb-extension-" + name;
    std::replace(package.begin(), package.end(), '_', '-');
    const std::string version = subfolder_.substr(1, subfolder_.find('/') - 1);
    SLUICE_ASSIGN(const ProcessResult pip,
                  run_process({"python3", "-m", "pip", "download", "--quiet", "--no-deps",
                               "--disable-pip-version-check", "--only-binary", ":all:", "--dest",
                               staging, fmt::format("{}=={}", package, version)}));
    if (pip.exit_code != 0) return fail(ErrorCode::kIo, last_line(pip.output));
    SLUICE_ASSIGN(const std::vector<FileInfo> files, fs_.list(staging));
    for (const FileInfo& file : files)
      if (file.path.ends_with(".whl"))
        return unpack_wheel(fs_, join_path(staging, file.path), join_path(staging, "wheel"));
    return fail(ErrorCode::kFileNotFound, "pip left no wheel");
  }

  static std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }
  static std::string last_line(std::string text) {
    while (!text.empty() && text.back() == '\n') text.pop_back();
    const size_t newline = text.rfind('\n');
    return newline == std::string::npos ? text : text.substr(newline + 1);
  }

  Invocation& invocation_;
  FileSystem& fs_;
  const std::string directory_;
  const std::string subfolder_;
};

int list_extensions(Invocation& invocation, const std::string& folder) {
  const Result<std::vector<FileInfo>> files = invocation.fs.list(folder);
  invocation.console.info("extensions in " + folder);
  size_t count = 0;
  if (files) {
    for (const FileInfo& file : *files) {
      if (!file.path.ends_with(kSuffix)) continue;
      ++count;
      const Result<FileInfo> info = invocation.fs.info(join_path(folder, file.path));
      invocation.console.info(fmt::format("  {:<20} {}",
                                          file.path.substr(0, file.path.size() - kSuffix.size()),
                                          info ? format_bytes(info->size) : ""));
    }
  }
  if (count == 0) invocation.console.info("  none; fetch one with: sluice extensions fetch httpfs");
  return kExitOk;
}

}  // namespace

int extensions_command(Invocation& invocation) {
  const Options& options = invocation.options;
  const bool fetches = options.name == "fetch";
  if (!fetches && options.name != "list")
    return report_error(invocation, Error(ErrorCode::kBadArgument,
                                          fmt::format("unknown action \"{}\"", options.name),
                                          "write: sluice extensions fetch NAME, or: sluice "
                                          "extensions list"));
  std::vector<std::string> wanted = options.names;
  if (!fetches) wanted.emplace_back();  // no profile is needed to list
  const std::string directory = extension_directory(invocation, wanted);
  if (directory.empty())
    return report_error(invocation,
                        Error(ErrorCode::kBadArgument, "there is no folder for extensions",
                              "set SLUICE_EXTENSION_DIR, or give --extension-dir"));
  const Result<std::string> subfolder = warehouse::extension_subfolder();
  if (!subfolder) return report_error(invocation, subfolder.error());
  if (!fetches) return list_extensions(invocation, join_path(directory, *subfolder));
  if (wanted.empty())
    return report_error(invocation,
                        Error(ErrorCode::kBadArgument, "no extension was named",
                              "write e.g.: sluice extensions fetch httpfs sqlite, or list them "
                              "under `extensions` in the profile"));
  return ExtensionFetcher(invocation, directory, *subfolder).fetch_all(wanted) ? kExitOk
                                                                               : kExitFailed;
}

}  // namespace sluice::cli
