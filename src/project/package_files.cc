#include "project/package_files.h"

#include <algorithm>
#include <unordered_set>

#include "base/parallel.h"
#include "project/ignore_rules.h"

namespace sluice::project {

namespace {

using Kind = SourceFile::Kind;

std::string_view extension_of(std::string_view path) {
  const size_t dot = path.rfind('.');
  const size_t slash = path.rfind('/');
  if (dot == std::string_view::npos || (slash != std::string_view::npos && dot < slash)) return {};
  return path.substr(dot);
}

std::optional<Kind> kind_of_python(Kind folder) {
  if (folder == Kind::kModel) return Kind::kPythonModel;
  return folder == Kind::kFunction ? std::optional(Kind::kFunction) : std::nullopt;
}

// What a file below one resource path is, by its extension; false: none of ours.
struct ResourcePath {
  const std::vector<std::string>* folders;
  std::string_view extension;  // of the path's own kind
  Kind kind;
};

class Lister {
 public:
  Lister(FileSystem& fs, Package& package) : fs_(fs), package_(package) {}

  Status list() {
    if (const std::string path = join_path(package_.root, ".dbtignore"); fs_.exists(path)) {
      SLUICE_ASSIGN(const std::string text, fs_.read(path));
      ignored_ = IgnoreRules(text);
    }
    const std::vector<ResourcePath> paths = {
        {&package_.model_paths, ".sql", Kind::kModel},
        {&package_.seed_paths, ".csv", Kind::kSeed},
        {&package_.test_paths, ".sql", Kind::kTest},
        {&package_.macro_paths, ".sql", Kind::kMacro},
        {&package_.analysis_paths, ".sql", Kind::kAnalysis},
        {&package_.snapshot_paths, ".sql", Kind::kSnapshot},
        {&package_.docs_paths, ".md", Kind::kDocs},
        {&package_.function_paths, ".sql", Kind::kFunction},
    };
    for (const ResourcePath& path : paths)
      for (const std::string& folder : *path.folders) SLUICE_TRY(list_folder(path, folder));
    std::sort(package_.files.begin(), package_.files.end(),
              [](const SourceFile& a, const SourceFile& b) {
                return a.kind != b.kind ? a.kind < b.kind : a.path < b.path;
              });
    return {};
  }

 private:
  std::optional<Kind> kind_of(const ResourcePath& path, std::string_view relative) const {
    const std::string_view extension = extension_of(relative);
    if (path.kind == Kind::kTest && relative.starts_with("fixtures/"))
      return extension == ".csv" || extension == ".sql" ? std::optional(Kind::kFixture)
                                                        : std::nullopt;
    if (extension == path.extension) {
      const bool generic = path.kind == Kind::kTest && relative.starts_with("generic/");
      return generic ? Kind::kGenericTest : path.kind;
    }
    if (extension == ".py") return kind_of_python(path.kind);
    if (extension == ".yml" || extension == ".yaml") return Kind::kProperties;
    // With docs-paths given, only those are looked through.
    if (extension == ".md" && package_.docs_paths.empty()) return Kind::kDocs;
    return std::nullopt;
  }

  Status list_folder(const ResourcePath& path, const std::string& folder) {
    SLUICE_ASSIGN(std::vector<FileInfo> found,
                  fs_.list_recursively(join_path(package_.root, folder)));
    for (FileInfo& info : found) {
      const std::optional<Kind> kind = kind_of(path, info.path);
      if (!kind) continue;
      std::string whole = folder == "." ? info.path : join_path(folder, info.path);
      if (ignored_.ignores(whole)) continue;
      // Overlapping resource paths name a file twice.
      if (!seen_.insert(whole).second) continue;
      package_.files.push_back({*kind, std::move(whole), std::move(info.path), {}, info.size});
    }
    return {};
  }

  FileSystem& fs_;
  Package& package_;
  IgnoreRules ignored_;
  std::unordered_set<std::string> seen_;
};

}  // namespace

Status list_package_files(FileSystem& fs, Package& package) { return Lister(fs, package).list(); }

void add_builtin_files(std::vector<std::pair<std::string, std::string>> files, Package& package) {
  for (auto& [path, text] : files) {
    const std::string_view extension = extension_of(path);
    if (extension != ".sql" && extension != ".md") continue;
    const Kind kind = extension == ".sql" ? Kind::kMacro : Kind::kDocs;
    const uint64_t size = text.size();
    package.files.push_back({kind, path, path, std::move(text), size});
  }
}

void read_package_files(FileSystem& fs, std::vector<Package>& packages, size_t num_workers,
                        Diagnostics& diagnostics) {
  struct Job {
    const Package* package;
    SourceFile* file;
    std::optional<Error> error;
  };
  std::vector<Job> jobs;
  for (Package& package : packages) {
    if (package.builtin) continue;
    for (SourceFile& file : package.files)
      if (file.kind != Kind::kSeed) jobs.push_back({&package, &file, std::nullopt});
  }
  parallel_for(jobs.size(), num_workers, [&](size_t index, size_t /*worker*/) {
    Job& job = jobs[index];
    Result<std::string> text = fs.read(join_path(job.package->root, job.file->path));
    if (text)
      job.file->text = std::move(*text);
    else
      job.error = std::move(text.error());
  });
  for (Job& job : jobs)
    if (job.error) diagnostics.add_error(std::move(*job.error));
}

}  // namespace sluice::project
