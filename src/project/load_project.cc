// The order of things: find the project, its vars and profile; read dbt_project.yml with `target`
// in scope; then the installed and built-in packages; then all files of all packages in parallel.
// Errors are collected; only what leaves nothing to go on with (no project file, no profile) ends
// the loading early.
#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "base/hash.h"
#include "base/parallel.h"
#include "project/docs_blocks.h"
#include "project/package_files.h"
#include "project/profile.h"
#include "project/project.h"
#include "project/project_file.h"
#include "project/project_inspection.h"
#include "project/project_root.h"
#include "project/property_file.h"
#include "project/scopes.h"
#include "project/selectors_yml.h"
#include "project/shape.h"
#include "project/vars.h"

namespace sluice::project {

using jinja::Value;

namespace {

constexpr std::string_view kProjectFile = "dbt_project.yml";
constexpr std::string_view kSecretPrefix = "DBT_ENV_SECRET";

std::string_view stripped(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\f\v";
  const size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

class ProjectLoader {
 public:
  ProjectLoader(FileSystem& fs, const LoadOptions& options, SecretScrubber& scrubber)
      : fs_(fs), options_(options), scrubber_(scrubber), project_(std::make_shared<Project>()) {}

  LoadedProject load() {
    LoadedProject loaded;
    if (load_root()) {
      if (!options_.settings_only) {
        load_installed_packages();
        load_builtin_packages();
      }
      for (size_t i = 0; i < project_->packages.size(); ++i)
        project_->package_by_name[project_->packages[i].name] = i;
      if (!options_.settings_only) load_files();
      loaded.project = project_;
    }
    loaded.diagnostics = std::move(diagnostics_);
    return loaded;
  }

  // Like load_root(), but a fault ends nothing.
  Result<ProjectInspection> inspect() {
    register_environment_secrets();
    if (!read_vars()) return fail(diagnostics_.items().front().error);
    ProjectInspection found;
    found.has_project_file = find_root();
    if (!found.has_project_file)
      project_->root = normalize_path(join_path(options_.working_directory, options_.project_dir));
    found.project_file = join_path(
        options_.project_dir.empty() ? project_->root : options_.project_dir, kProjectFile);
    const std::optional<yaml::Document> document =
        found.has_project_file ? read_project_document() : std::nullopt;
    inspect_profile(document ? &*document : nullptr, found);
    if (document) read_root_project(*document);
    found.project = project_;
    found.project_faults = std::move(diagnostics_);
    return found;
  }

 private:
  void register_environment_secrets() {
    for (const auto& [name, value] : options_.environment)
      if (name.starts_with(kSecretPrefix)) scrubber_.add(value);
  }

  // False: nothing to go on with.
  bool load_root() {
    register_environment_secrets();
    if (!find_root() || !read_vars()) return false;
    const std::optional<yaml::Document> document = read_project_document();
    return document && read_the_profile(*document) && read_root_project(*document);
  }

  std::optional<yaml::Document> read_project_document() {
    std::optional<yaml::Document> document = read_yaml(fs_, join_path(project_->root, kProjectFile),
                                                       std::string(kProjectFile), diagnostics_);
    if (!document || document->root().is_mapping()) return document;
    ShapeReader(*document, ErrorCode::kProjectInvalid, diagnostics_)
        .error(document->root(), "dbt_project.yml must be a mapping",
               "begin it with \"name: your_project\"");
    return std::nullopt;
  }

  bool read_root_project(const yaml::Document& document) {
    const size_t before = diagnostics_.num_errors();
    project_->packages.push_back(
        read_package(document, project_->root, *make_scope(""), diagnostics_));
    const Package& package = project_->packages.front();
    if (package.name.empty()) return false;
    read_root_settings(document, package, options_, *project_, diagnostics_);
    read_selectors_yml(fs_, *make_scope(package.name), *project_, diagnostics_);
    return diagnostics_.num_errors() == before;
  }

  // `document` is null when there is no readable project.
  void inspect_profile(const yaml::Document* document, ProjectInspection& found) {
    const ProfilesPlace place = find_profiles_file(fs_, options_, project_->root);
    found.profiles_folder = options_.profiles_dir.empty() ? place.folder : options_.profiles_dir;
    found.has_profiles_file = place.exists;
    project_->profile.target = Value::dict();
    project_->profile.credentials = Value::dict();
    const std::unique_ptr<jinja::Scope> scope = make_scope("", true, false);
    ProfileRequest request{options_.profile_name, project_->root};
    if (request.profile_name.empty() && document != nullptr)
      request.profile_name =
          read_profile_name(*document, *scope, found.profile_faults).value_or("");
    if (found.profile_faults.has_errors()) return;
    if (request.profile_name.empty()) request.profile_name = only_profile(fs_, place).value_or("");
    if (request.profile_name.empty())
      return found.profile_faults.add_error(
          Error(ErrorCode::kProfileNotFound, "no profile is named",
                "add a line \"profile: name\" to dbt_project.yml, or pass --profile"));
    std::optional<Profile> profile =
        read_profile(fs_, options_, request, *scope, scrubber_, found.profile_faults);
    found.has_profile = profile.has_value();
    if (profile) project_->profile = std::move(*profile);
  }

  bool find_root() {
    std::optional<std::string> root =
        find_project_root(fs_, options_.working_directory, options_.project_dir);
    if (root) {
      project_->root = std::move(*root);
      return true;
    }
    const std::string start =
        normalize_path(join_path(options_.working_directory, options_.project_dir));
    const bool given = !options_.project_dir.empty();
    diagnostics_.add_error(
        Error(ErrorCode::kProjectNotFound,
              given ? fmt::format("no dbt_project.yml in \"{}\"", start)
                    : fmt::format("no dbt_project.yml in \"{}\" or any folder above it", start),
              given ? "check the folder given with --project-dir"
                    : "change into a project, name one with --project-dir, or make one with init"));
    return false;
  }

  bool read_vars() {
    Result<Value> vars = parse_cli_vars(options_.vars_yaml);
    if (vars) {
      project_->cli_vars = std::move(*vars);
      return true;
    }
    diagnostics_.add_error(std::move(vars.error()));
    return false;
  }

  // Before packages are known, var() sees what the command line gives.
  std::unique_ptr<jinja::Scope> make_scope(const std::string& project_name,
                                           bool secrets_allowed = false,
                                           bool with_target = true) const {
    ScopeOptions options;
    options.load = &options_;
    options.secrets_allowed = secrets_allowed;
    options.vars = project_->cli_vars;
    options.vars_owner = "--vars";
    options.profile = with_target ? &project_->profile : nullptr;
    options.project_name = project_name;
    return make_yaml_scope(options);
  }

  bool read_the_profile(const yaml::Document& document) {
    const std::unique_ptr<jinja::Scope> scope = make_scope("", true, false);
    Diagnostics found;
    std::optional<Profile> profile = read_profile_of(document, *scope, found);
    if (profile) project_->profile = std::move(*profile);
    // Commands that need no profile use one when it is there and do not complain when it is not.
    if (!profile && !options_.require_profile) {
      project_->profile.target = Value::dict();
      project_->profile.credentials = Value::dict();
      return true;
    }
    diagnostics_.append(std::move(found));
    return profile.has_value();
  }

  std::optional<Profile> read_profile_of(const yaml::Document& document, const jinja::Scope& scope,
                                         Diagnostics& found) {
    ProfileRequest request;
    request.project_root = project_->root;
    request.profile_name = options_.profile_name;
    if (request.profile_name.empty()) {
      std::optional<std::string> name = read_profile_name(document, scope, found);
      if (!name) {
        if (!found.has_errors())
          found.add_error(Error(ErrorCode::kProfileNotFound, "dbt_project.yml names no profile",
                                "add a line \"profile: name\", or pass --profile"));
        return std::nullopt;
      }
      request.profile_name = std::move(*name);
    }
    return read_profile(fs_, options_, request, scope, scrubber_, found);
  }

  // Number of entries under packages: in packages.yml or dependencies.yml.
  size_t count_wanted_packages(std::string& named_by) {
    for (const char* file : {"packages.yml", "dependencies.yml"}) {
      const std::string path = join_path(project_->root, file);
      if (!fs_.exists(path)) continue;
      const std::optional<yaml::Document> document = read_yaml(fs_, path, file, diagnostics_);
      if (!document || !document->root().is_mapping()) continue;
      ShapeReader shapes(*document, ErrorCode::kProjectInvalid, diagnostics_);
      const yaml::Node* list = shapes.sequence(document->root(), "packages");
      if (list == nullptr) continue;
      named_by = file;
      return list->items.size();
    }
    return 0;
  }

  void load_installed_packages() {
    const std::string& folder = project_->packages_install_path;
    std::vector<Package> installed;
    if (fs_.is_directory(folder)) {
      Result<std::vector<FileInfo>> entries = fs_.list(folder);
      if (!entries) return diagnostics_.add_error(std::move(entries.error()));
      for (const FileInfo& entry : *entries) {
        if (!entry.is_directory || entry.path.starts_with("__") || entry.path.starts_with('.'))
          continue;
        if (std::optional<Package> package = load_installed_package(join_path(folder, entry.path)))
          installed.push_back(std::move(*package));
      }
    }
    std::string named_by;
    const size_t wanted = options_.require_packages ? count_wanted_packages(named_by) : 0;
    if (installed.size() < wanted)
      diagnostics_.add_error(Error(
          ErrorCode::kPackagesNotInstalled,
          fmt::format("{} names {} package{}, but {} {} installed in \"{}\"", named_by, wanted,
                      wanted == 1 ? "" : "s", installed.size(),
                      installed.size() == 1 ? "is" : "are", relative_path(folder, project_->root)),
          "run: sluice deps"));
    std::sort(installed.begin(), installed.end(),
              [](const Package& a, const Package& b) { return a.name < b.name; });
    for (Package& package : installed) add_package(std::move(package));
  }

  std::optional<Package> load_installed_package(const std::string& folder) {
    const std::string path = join_path(folder, kProjectFile);
    const std::string shown = relative_path(path, project_->root);
    if (!fs_.exists(path)) {
      diagnostics_.add_error(Error(ErrorCode::kPackagesNotInstalled,
                                   fmt::format("the package folder \"{}\" has no dbt_project.yml",
                                               relative_path(folder, project_->root)),
                                   "remove the folder and run: sluice deps"));
      return std::nullopt;
    }
    const std::optional<yaml::Document> document = read_yaml(fs_, path, shown, diagnostics_);
    if (!document) return std::nullopt;
    Package package = read_package(*document, folder, *make_scope(""), diagnostics_);
    if (package.name.empty()) return std::nullopt;
    return package;
  }

  void add_package(Package package) {
    for (const Package& known : project_->packages) {
      if (known.name != package.name) continue;
      diagnostics_.add_error(
          Error(ErrorCode::kProjectInvalid,
                fmt::format("two packages are named \"{}\"", package.name),
                "package names must differ; rename the project or remove one of the packages")
              .add_span({relative_path(join_path(package.root, kProjectFile), project_->root), 0, 0,
                         0, 0})
              .add_span({relative_path(join_path(known.root, kProjectFile), project_->root), 0, 0,
                         0, 0}));
      return;
    }
    project_->packages.push_back(std::move(package));
  }

  void load_builtin_packages() {
    if (!options_.builtin_macros) return;
    const std::string& adapter = project_->profile.adapter_type;
    std::vector<std::pair<std::string, std::string>> core;
    std::vector<std::pair<std::string, std::string>> own;
    for (auto& file : options_.builtin_macros(adapter)) {
      const bool is_own = !adapter.empty() && file.first.starts_with(adapter + "/");
      (is_own ? own : core).push_back(std::move(file));
    }
    add_builtin("dbt", std::move(core));
    if (!adapter.empty()) add_builtin("dbt_" + adapter, std::move(own));
  }

  void add_builtin(std::string name, std::vector<std::pair<std::string, std::string>> files) {
    Package package;
    package.name = std::move(name);
    package.builtin = true;
    package.config = Value::dict();
    package.vars = Value::dict();
    package.quoting = Value::dict();
    add_builtin_files(std::move(files), package);
    add_package(std::move(package));
  }

  std::string shown_path(const Package& package, const SourceFile& file) const {
    return package.builtin ? file.path
                           : relative_path(join_path(package.root, file.path), project_->root);
  }

  void load_files() {
    std::vector<Package>& packages = project_->packages;
    for (Package& package : packages) {
      if (package.builtin) continue;
      if (Status listed = list_package_files(fs_, package); !listed)
        diagnostics_.add_error(std::move(listed.error()));
    }
    read_package_files(fs_, packages, options_.parallelism, diagnostics_);
    read_properties();
    for (size_t i = 0; i < packages.size(); ++i)
      for (SourceFile& file : packages[i].files) {
        if (file.kind != SourceFile::Kind::kDocs) continue;
        std::vector<DocBlock> blocks =
            read_docs_blocks(file, shown_path(packages[i], file), i, diagnostics_);
        std::move(blocks.begin(), blocks.end(), std::back_inserter(project_->docs));
      }
    report_duplicates();
  }

  void read_properties() {
    struct Job {
      SourceFile* file;
      PropertyFileName name;
      PropertyFile result;
    };
    std::vector<Job> jobs;
    std::vector<std::unique_ptr<jinja::Scope>> scopes;
    for (size_t i = 0; i < project_->packages.size(); ++i) {
      Package& package = project_->packages[i];
      ScopeOptions options;
      options.load = &options_;
      options.vars = merged_vars(*project_, i);
      options.vars_as_written = true;
      options.vars_owner = fmt::format("package '{}'", package.name);
      options.profile = &project_->profile;
      options.project_name = project_->root_pkg().name;
      scopes.push_back(make_yaml_scope(options));
      for (SourceFile& file : package.files)
        if (file.kind == SourceFile::Kind::kProperties)
          jobs.push_back({&file, {file.path, shown_path(package, file), i, i == 0}, {}});
    }
    parallel_for(jobs.size(), options_.parallelism, [&](size_t index, size_t /*worker*/) {
      Job& job = jobs[index];
      // A snapshot that is defined here has the checksum of this file; the text is gone then.
      if (job.file->text.find("relation:") != std::string::npos)
        job.file->checksum = sha256_hex(stripped(job.file->text));
      job.result = read_property_file(std::exchange(job.file->text, {}), job.name,
                                      *scopes[job.name.package]);
    });
    for (Job& job : jobs) {
      PropertyFile& from = job.result;
      std::move(from.nodes.begin(), from.nodes.end(),
                std::back_inserter(project_->node_properties));
      std::move(from.sources.begin(), from.sources.end(), std::back_inserter(project_->sources));
      std::move(from.others.begin(), from.others.end(), std::back_inserter(project_->others));
      diagnostics_.append(std::move(from.diagnostics));
    }
  }

  // Reports a second description of the same thing.
  class DuplicateFinder {
   public:
    explicit DuplicateFinder(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}
    void check(size_t package, std::string_view section, const std::string& name, const Span& span,
               std::string_view what) {
      auto [known, fresh] =
          seen_.try_emplace(fmt::format("{}\n{}\n{}", package, section, name), &span);
      if (fresh) return;
      diagnostics_.add_error(Error(ErrorCode::kDuplicateResource,
                                   fmt::format("{} \"{}\" is described twice", what, name),
                                   "merge the two entries into one")
                                 .add_span(span)
                                 .add_span(*known->second));
    }

   private:
    Diagnostics& diagnostics_;
    std::unordered_map<std::string, const Span*> seen_;
  };

  static std::string_view singular(std::string_view section) {
    if (section == "analyses") return "analysis";
    if (section == "saved_queries") return "saved query";
    if (section.ends_with('s')) section.remove_suffix(1);
    return section;
  }

  void report_duplicates() {
    DuplicateFinder finder(diagnostics_);
    for (const NodeProperties& node : project_->node_properties)
      finder.check(node.package, node.yaml_key,
                   node.version_text.empty() ? node.name
                                             : fmt::format("{}.v{}", node.name, node.version_text),
                   node.span, singular(node.yaml_key));
    for (const SourceProperties& source : project_->sources)
      for (const SourceTableProperties& table : source.tables)
        finder.check(source.package, "sources", fmt::format("{}.{}", source.name, table.name),
                     table.span, "source");
    for (const OtherProperties& other : project_->others)
      if (other.yaml_key != "unit_tests")  // two models may each have one of the same name
        finder.check(other.package, other.yaml_key, other.name, other.span,
                     singular(other.yaml_key));
  }

  FileSystem& fs_;
  const LoadOptions& options_;
  SecretScrubber& scrubber_;
  std::shared_ptr<Project> project_;
  Diagnostics diagnostics_;
};

}  // namespace

LoadedProject load_project(FileSystem& fs, const LoadOptions& options, SecretScrubber& scrubber) {
  return ProjectLoader(fs, options, scrubber).load();
}

Result<ProjectInspection> inspect_project(FileSystem& fs, const LoadOptions& options,
                                          SecretScrubber& scrubber) {
  return ProjectLoader(fs, options, scrubber).inspect();
}

}  // namespace sluice::project
