// Macros: every block of every macro file, compiled alone; then which macro uses which.
#include <fmt/format.h>

#include <algorithm>

#include "base/parallel.h"
#include "compile/project_parser.h"

namespace sluice::compile {

using project::SourceFile;

namespace {

struct MacroFile {
  size_t package;
  const SourceFile* file;
  std::vector<std::unique_ptr<MacroResource>> macros;
  std::vector<std::vector<jinja::StaticCall>> calls;
  Diagnostics errors;
};

void compile_file(const project::Project& project, int64_t created_at, MacroFile& job) {
  const project::Package& package = project.packages[job.package];
  // Traces name this file; what is not the project's own says whose it is.
  const std::string shown = package.builtin ? "built-in " + job.file->path : job.file->path;
  auto blocks =
      jinja::split_blocks(job.file->text, shown, {"macro", "materialization", "test", "data_test"});
  if (!blocks) {
    job.errors.add_error(std::move(blocks.error()));
    return;
  }
  for (const jinja::Block& block : *blocks) {
    auto macro = jinja::compile_macro(block, shown);
    if (!macro) {
      job.errors.add_error(std::move(macro.error()));
      continue;
    }
    auto resource = std::make_unique<MacroResource>();
    resource->name = (*macro)->name;
    resource->package = job.package;
    resource->package_name = package.name;
    resource->path = resource->original_file_path = job.file->path;
    resource->unique_id = fmt::format("macro.{}.{}", package.name, resource->name);
    resource->macro_sql = block.full;
    resource->is_test = block.type == "test" || block.type == "data_test";
    resource->macro = std::move(*macro);
    resource->value = make_macro_callable(*resource);
    resource->meta = jinja::Value::dict();
    resource->docs = jinja::Value::dict();
    resource->docs.as_dict().set("show", jinja::Value::boolean(true));
    resource->docs.as_dict().set("node_color", jinja::Value::none());
    resource->created_at_micros = created_at;
    job.calls.push_back(jinja::static_macro_calls(*resource->macro));
    job.macros.push_back(std::move(resource));
  }
}

Error duplicate_macro(const MacroResource& macro, const MacroResource& known) {
  Error error(ErrorCode::kDuplicateResource,
              fmt::format("found two macros named '{}' in the project '{}'", macro.name,
                          macro.package_name),
              "rename or remove one of them");
  error.add_span({macro.original_file_path, macro.macro->line, 0, 0, 0});
  error.add_span({known.original_file_path, known.macro->line, 0, 0, 0});
  return error;
}

const MacroResource* called_macro(const MacroRegistry& macros, size_t package,
                                  const jinja::StaticCall& call) {
  if (call.is_dispatch) return macros.dispatch(package, call.name, call.package).value_or(nullptr);
  if (!call.package.empty()) return macros.find_in_package(call.package, call.name);
  return macros.find(package, call.name);
}

void add_dependencies(const MacroRegistry& macros, const std::vector<jinja::StaticCall>& calls,
                      MacroResource& macro) {
  std::vector<SharedText>& known = macro.depends_on_macros;
  for (const jinja::StaticCall& call : calls) {
    const MacroResource* target = called_macro(macros, macro.package, call);
    if (!target || target == &macro) continue;
    if (std::find(known.begin(), known.end(), target->unique_id) == known.end())
      known.push_back(target->unique_id);
  }
}

}  // namespace

void ProjectParser::parse_macros() {
  const project::Project& project = shared_.project();
  std::vector<MacroFile> jobs;
  for (size_t i = 0; i < project.packages.size(); ++i)
    for (const SourceFile& file : project.packages[i].files)
      if (file.kind == SourceFile::Kind::kMacro || file.kind == SourceFile::Kind::kGenericTest)
        jobs.push_back({i, &file, {}, {}, {}});
  parallel_for(jobs.size(), shared_.options.parallelism, [&](size_t i, size_t) {
    compile_file(project, shared_.options.started_at_micros, jobs[i]);
  });

  std::unordered_map<std::string, const MacroResource*> seen;
  std::vector<std::vector<jinja::StaticCall>> calls;
  for (MacroFile& job : jobs) {
    diagnostics_.append(std::move(job.errors));
    for (size_t i = 0; i < job.macros.size(); ++i) {
      const MacroResource& macro = *job.macros[i];
      auto [known, inserted] = seen.emplace(macro.unique_id, &macro);
      if (!inserted) {
        diagnostics_.add_error(duplicate_macro(macro, *known->second));
        continue;
      }
      calls.push_back(std::move(job.calls[i]));
      shared_.manifest.macros.push_back(std::move(job.macros[i]));
    }
  }
  shared_.macros.build(shared_.manifest, shared_.dialect->dispatch_prefixes());
  naming_.emplace(project, shared_.macros);
  for (size_t i = 0; i < calls.size(); ++i)
    add_dependencies(shared_.macros, calls[i], *shared_.manifest.macros[i]);
}

}  // namespace sluice::compile
