#include "packages/package_set.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <system_error>

#include "packages/archive.h"
#include "packages/git.h"

namespace sluice::packages {
namespace {

using Kind = PackageSpec::Kind;

constexpr std::string_view kStagingMark = ".sluice-deps-";

Error disk_error(const std::string& what, const std::error_code& failure) {
  return Error(ErrorCode::kIo, fmt::format("{}: {}", what, failure.message()));
}

std::string requirements_text(const std::vector<Requirement>& requirements,
                              std::string_view quote) {
  std::vector<std::string> texts;
  for (const Requirement& requirement : requirements)
    texts.push_back(fmt::format("{}{}{}", quote, requirement.text(), quote));
  return fmt::format("{}", fmt::join(texts, ", "));
}

// Whether a package made for `requirements` works with this dbt version.
bool is_made_for(const std::vector<std::string>& requirements, const std::string& dbt_version) {
  const std::optional<Version> own = parse_version(dbt_version);
  if (!own) return true;
  return std::all_of(requirements.begin(), requirements.end(), [&](const std::string& text) {
    const Result<Requirement> requirement = parse_requirement(text);
    return !requirement || requirement->allows(*own);
  });
}

// Adds what a second entry for the same package asks for.
Status merge_into(PackageSpec& known, const PackageSpec& other) {
  known.versions.insert(known.versions.end(), other.versions.begin(), other.versions.end());
  known.with_prereleases = known.with_prereleases || other.with_prereleases;
  known.warns_unpinned = known.warns_unpinned && other.warns_unpinned;
  if (known.kind != Kind::kGit || known.revision == other.revision) return {};
  Error error(ErrorCode::kProjectInvalid,
              fmt::format("git dependencies should contain exactly one version. {} contains: "
                          "\"{}\", \"{}\"",
                          known.location, known.revision, other.revision),
              "give the same revision everywhere");
  error.add_span(known.span).add_span(other.span);
  return fail(std::move(error));
}

// Specs in the order of first mention, one for each package.
class SpecList {
 public:
  Result<PackageSpec*> add(const PackageSpec& spec) {
    for (PackageSpec& known : specs_) {
      if (package_key(known) != package_key(spec)) continue;
      SLUICE_TRY(merge_into(known, spec));
      return &known;
    }
    specs_.push_back(spec);
    return &specs_.back();
  }
  const std::vector<PackageSpec>& specs() const { return specs_; }

 private:
  std::vector<PackageSpec> specs_;
};

}  // namespace

PackageSet::PackageSet(FileSystem& fs, HttpClient& http, EventSink& events,
                       PackageSetOptions options)
    : fs_(fs),
      http_(http),
      events_(events),
      options_(std::move(options)),
      registry_(http, options_.registry_url) {}

PackageSet::~PackageSet() {
  std::error_code failure;
  if (!staging_.empty()) std::filesystem::remove_all(staging_, failure);
}

void PackageSet::tell(const std::string& name, const std::string& message) const {
  events_.emit({EventLevel::kInfo, name, message, {}, {}});
}

Result<std::vector<ResolvedPackage>> PackageSet::resolve(const std::vector<PackageSpec>& specs,
                                                         bool with_transitive) {
  SpecList all;
  std::vector<PackageSpec> pending = specs;
  while (!pending.empty()) {
    SpecList next;
    for (const PackageSpec& spec : pending) {
      SLUICE_ASSIGN(const PackageSpec* merged, all.add(spec));
      if (!with_transitive) continue;
      SLUICE_ASSIGN(const ResolvedPackage package, fetch_metadata(*merged));
      SLUICE_ASSIGN(const std::vector<PackageSpec> needed, packages_of(package));
      for (const PackageSpec& other : needed)
        SLUICE_TRY(next.add(other).map([](const PackageSpec*) {}));
    }
    pending = next.specs();
  }
  std::vector<ResolvedPackage> out;
  for (const PackageSpec& spec : all.specs()) {
    SLUICE_ASSIGN(ResolvedPackage package, fetch_metadata(spec));
    out.push_back(std::move(package));
  }
  SLUICE_TRY(check_names(out));
  return out;
}

Status PackageSet::check_names(const std::vector<ResolvedPackage>& packages) const {
  std::map<std::string, const ResolvedPackage*> known;
  for (const ResolvedPackage& package : packages) {
    const auto [entry, is_new] = known.emplace(package.name, &package);
    if (is_new && package.name != options_.project_name) continue;
    Error error(ErrorCode::kProjectInvalid,
                fmt::format("found duplicate project \"{}\"", package.name),
                "a dependency has the same project name as some other dependency, or as the "
                "project; keep one of them");
    error.add_span(package.spec.span);
    if (!is_new) error.add_span(entry->second->spec.span);
    return fail(std::move(error));
  }
  return {};
}

std::string PackageSet::folder_of(const ResolvedPackage& package) const {
  return package.spec.kind == Kind::kLocal
             ? normalize_path(join_path(options_.project_root, package.spec.location))
             : package.fetched;
}

Result<ResolvedPackage> PackageSet::fetch_metadata(const PackageSpec& spec) {
  if (spec.kind == Kind::kRegistry) return choose_from_registry(spec);
  const std::string key = package_key(spec) + "\n" + spec.revision;
  if (const auto known = fetched_.find(key); known != fetched_.end()) return known->second;
  ResolvedPackage package;
  package.spec = spec;
  if (spec.kind == Kind::kGit) SLUICE_TRY(fetch_git(package));
  if (spec.kind == Kind::kTarball) SLUICE_TRY(fetch_tarball(package));
  Result<std::string> name = project::read_project_name(fs_, folder_of(package), options_.load);
  if (!name) {
    name.error().locate(spec.span);
    return fail(std::move(name.error()));
  }
  package.name = spec.kind == Kind::kTarball ? spec.name : *name;
  fetched_.emplace(key, package);
  return package;
}

Result<ResolvedPackage> PackageSet::choose_from_registry(const PackageSpec& spec) {
  const auto at_entry = [&](Error error) {
    if (error.spans().empty()) error.add_span(spec.span);
    return fail(std::move(error));
  };
  if (!can_be_met(spec.versions))
    return at_entry(Error(ErrorCode::kProjectInvalid,
                          fmt::format("version error for package {}: could not find a satisfactory "
                                      "version from options: [{}]",
                                      spec.location, requirements_text(spec.versions, "'")),
                          "loosen one of the requirements"));
  Result<const RegistryPackage*> found = registry_.package(spec.location);
  if (!found) return at_entry(std::move(found.error()));
  std::vector<Version> compatible;
  for (const RegistryVersion& item : (*found)->versions)
    if (is_made_for(item.dbt_requirements, options_.dbt_version))
      compatible.push_back(item.version);
  const Choice choice = choose_version(spec.versions, compatible, spec.with_prereleases);
  if (!choice.best) {
    std::sort(compatible.begin(), compatible.end());
    std::vector<std::string> texts;
    for (const Version& version : compatible) texts.push_back(version.text());
    return at_entry(
        Error(ErrorCode::kProjectInvalid,
              fmt::format("could not find a matching compatible version for package {}\n"
                          "  requested range: {}\n  compatible versions: {}",
                          spec.location, requirements_text(spec.versions, ""),
                          texts.empty() ? "none" : fmt::format("{}", fmt::join(texts, ", "))),
              "versions made for another dbt are not shown; to take them: --no-version-check"));
  }
  if (!(*found)->moved_to.empty() && (*found)->moved_to != spec.location)
    events_.emit(
        {EventLevel::kWarning,
         "PackageRedirectDeprecation",
         fmt::format("the package {0} is deprecated in favour of {1}; name {1} in your list "
                     "of packages",
                     spec.location, (*found)->moved_to),
         {},
         {}});
  ResolvedPackage package;
  package.spec = spec;
  package.version = choice.best->text();
  package.newest = choice.newest ? choice.newest->text() : package.version;
  for (const RegistryVersion& item : (*found)->versions) {
    if (item.version != *choice.best) continue;
    package.name = item.name;
    package.tarball_url = item.tarball_url;
    package.needed = item.packages;
  }
  return package;
}

Status PackageSet::fetch_git(ResolvedPackage& package) {
  const PackageSpec& spec = package.spec;
  if (spec.revision.empty() && spec.warns_unpinned)
    events_.emit({EventLevel::kWarning,
                  "DepsUnpinned",
                  fmt::format("the git package \"{}\" is not pinned, its default branch is used; "
                              "this can break your project without warning\n  hint: add revision: "
                              "<tag or commit>",
                              spec.location),
                  {},
                  {}});
  SLUICE_ASSIGN(const std::string folder, staging_folder(fmt::format("git-{}", num_staged_++)));
  Result<std::string> commit = clone_at(spec.location, spec.revision, folder);
  if (!commit) {
    commit.error().locate(spec.span);
    return fail(std::move(commit.error()));
  }
  package.version = *commit;
  const std::string below = normalize_path(join_path(folder, spec.subdirectory));
  if (below != folder && !below.starts_with(folder + "/"))
    return fail(std::move(
        Error(ErrorCode::kProjectInvalid,
              fmt::format("the subdirectory \"{}\" leads out of the repository", spec.subdirectory))
            .add_span(spec.span)));
  if (!fs_.is_directory(below))
    return fail(std::move(Error(ErrorCode::kProjectInvalid,
                                fmt::format("the repository {} has no folder \"{}\"", spec.location,
                                            spec.subdirectory),
                                "correct subdirectory, or the revision")
                              .add_span(spec.span)));
  package.fetched = below;
  return {};
}

Status PackageSet::fetch_tarball(ResolvedPackage& package) {
  static constexpr std::string_view kFileScheme = "file://";
  const std::string& url = package.spec.location;
  Result<std::string> bytes =
      url.starts_with(kFileScheme) ? fs_.read(url.substr(kFileScheme.size())) : http_.get(url);
  if (!bytes) {
    bytes.error().locate(package.spec.span);
    return fail(std::move(bytes.error()));
  }
  SLUICE_ASSIGN(package.fetched, staging_folder(fmt::format("tarball-{}", num_staged_++)));
  return unpack_archive(*bytes, package.fetched, "\"" + url + "\"");
}

Result<std::vector<PackageSpec>> PackageSet::packages_of(const ResolvedPackage& package) {
  std::vector<project::WrittenPackage> written;
  if (package.spec.kind == Kind::kRegistry) {
    for (const jinja::Value& entry : package.needed)
      written.push_back({entry, entry, package.spec.span});
  } else {
    SLUICE_ASSIGN(project::PackageList list,
                  project::read_package_list(fs_, folder_of(package), options_.load));
    written = std::move(list.packages);
  }
  std::vector<PackageSpec> out;
  for (const project::WrittenPackage& entry : written) {
    SLUICE_ASSIGN(PackageSpec spec, parse_package(entry));
    out.push_back(std::move(spec));
  }
  return out;
}

// A folder inside the staging area, which lies beside the installed packages (so that a rename is
// enough) and carries the number of this process: what a killed one left is removed here.
Result<std::string> PackageSet::staging_folder(const std::string& name) {
  std::error_code failure;
  if (staging_.empty()) {
    const std::filesystem::path installed(options_.install_folder);
    std::filesystem::create_directories(installed.parent_path(), failure);
    if (failure) return fail(disk_error("cannot make the folder for packages", failure));
    const std::string prefix = installed.filename().string() + std::string(kStagingMark);
    for (const auto& entry :
         std::filesystem::directory_iterator(installed.parent_path(), failure)) {
      const std::string file = entry.path().filename().string();
      if (!file.starts_with(prefix)) continue;
      pid_t owner = 0;
      std::from_chars(file.data() + prefix.size(), file.data() + file.size(), owner);
      const bool is_alive = owner > 0 && (kill(owner, 0) == 0 || errno != ESRCH);
      std::error_code ignored;
      if (!is_alive || owner == getpid()) std::filesystem::remove_all(entry.path(), ignored);
    }
    staging_ = (installed.parent_path() / (prefix + std::to_string(getpid()))).string();
  }
  const std::string folder = staging_ + "/" + name;
  std::filesystem::create_directories(staging_, failure);
  if (failure) return fail(disk_error(fmt::format("cannot make \"{}\"", staging_), failure));
  return folder;
}

// What lies in the install folder goes when the new packages come: a package's only copy must not.
Status PackageSet::check_places(const std::vector<ResolvedPackage>& packages) const {
  std::error_code ignored;
  const std::string installed =
      std::filesystem::weakly_canonical(options_.install_folder, ignored).string() + "/";
  for (const ResolvedPackage& package : packages) {
    if (package.spec.kind != Kind::kLocal) continue;
    const std::string folder =
        std::filesystem::weakly_canonical(folder_of(package), ignored).string() + "/";
    if (folder.starts_with(installed))
      return fail(
          ErrorCode::kProjectInvalid,
          fmt::format("local package \"{}\" lies in the folder of installed packages, which "
                      "`deps` replaces",
                      package.spec.location),
          "move it elsewhere, or give another packages-install-path in dbt_project.yml");
  }
  return {};
}

Status PackageSet::install(std::vector<ResolvedPackage>& packages) {
  SLUICE_TRY(check_places(packages));
  SLUICE_ASSIGN(const std::string folder, staging_folder("installed"));
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure) return fail(disk_error(fmt::format("cannot make \"{}\"", folder), failure));
  std::vector<std::string> outdated;
  for (ResolvedPackage& package : packages) {
    const PackageSpec& spec = package.spec;
    const std::string shown = spec.kind == Kind::kTarball ? spec.name
                              : spec.subdirectory.empty() ? spec.location
                                                          : spec.location + "/" + spec.subdirectory;
    tell("DepsStartPackageInstall", "Installing " + shown);
    SLUICE_TRY(place(package, folder));
    const bool is_outdated = !package.newest.empty() && package.newest != package.version;
    switch (spec.kind) {
      case Kind::kRegistry:
        tell("DepsInstallInfo", "Installed from version " + package.version);
        if (is_outdated)
          tell("DepsUpdateAvailable", "Updated version available: " + package.newest);
        else
          tell("DepsUpToDate", "Up to date!");
        break;
      case Kind::kGit:
        tell("DepsInstallInfo",
             fmt::format(
                 "Installed from revision {}{}", package.version,
                 spec.subdirectory.empty() ? "" : "\nand subdirectory " + spec.subdirectory));
        break;
      case Kind::kTarball:
        tell("DepsInstallInfo", fmt::format("Installed from tarball (url: {})", spec.location));
        break;
      case Kind::kLocal:
        tell("DepsInstallInfo", fmt::format("Installed from <local @ {}>", spec.location));
        break;
    }
    if (is_outdated) outdated.push_back("'" + spec.location + "'");
  }
  SLUICE_TRY(swap_in(folder));
  if (!outdated.empty()) {
    tell("Formatting", "");
    tell("DepsNotifyUpdatesAvailable",
         fmt::format("Updates available for packages: [{}]\nUpdate your versions in packages.yml, "
                     "then run sluice deps",
                     fmt::join(outdated, ", ")));
  }
  return {};
}

// Puts one package into `folder` under its project's name.
Status PackageSet::place(ResolvedPackage& package, const std::string& folder) {
  if (package.name.empty() || package.name.find('/') != std::string::npos ||
      package.name.starts_with('.'))
    return fail(ErrorCode::kProjectInvalid,
                fmt::format("not the name of a project: \"{}\"", package.name),
                "the package's dbt_project.yml or the registry gives it");
  const std::string target = folder + "/" + package.name;
  std::error_code failure;
  switch (package.spec.kind) {
    case Kind::kLocal:
      std::filesystem::create_directory_symlink(folder_of(package), target, failure);
      break;
    case Kind::kGit:
    case Kind::kTarball:
      std::filesystem::rename(package.fetched, target, failure);
      break;
    case Kind::kRegistry: {
      SLUICE_ASSIGN(const std::string bytes, http_.get(package.tarball_url));
      return unpack_archive(bytes, target, "\"" + package.tarball_url + "\"");
    }
  }
  if (failure)
    return fail(disk_error(fmt::format("cannot place package {}", package.name), failure));
  return {};
}

// The installed packages step aside, the new ones take their place, and only then the old ones go.
Status PackageSet::swap_in(const std::string& folder) {
  const std::string old = staging_ + "/replaced";
  std::error_code failure;
  if (std::filesystem::exists(std::filesystem::symlink_status(options_.install_folder, failure)))
    std::filesystem::rename(options_.install_folder, old, failure);
  if (failure && failure != std::errc::no_such_file_or_directory)
    return fail(disk_error(fmt::format("cannot replace \"{}\"", options_.install_folder), failure));
  failure.clear();
  std::filesystem::rename(folder, options_.install_folder, failure);
  if (!failure) return {};
  std::error_code ignored;
  std::filesystem::rename(old, options_.install_folder, ignored);
  return fail(disk_error(fmt::format("cannot make \"{}\"", options_.install_folder), failure));
}

}  // namespace sluice::packages
