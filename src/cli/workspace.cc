#include "cli/workspace.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <system_error>
#include <tuple>
#include <utility>

#include "base/json.h"
#include "base/parallel.h"
#include "base/suggest.h"
#include "cli/builtin_macros.h"
#include "cli/invocation_arguments.h"
#include "cli/run_artifacts.h"
#include "compile/deferral.h"
#include "compile/sample_window.h"
#include "jinja/ops.h"
#include "packages/version.h"
#include "run/profile_warehouse.h"

namespace sluice::cli {
namespace {

using project::ResourceType;

Span main_place(const Error& error) {
  return error.spans().empty() ? Span{} : error.spans().front();
}

bool comes_before(const Diagnostic& left, const Diagnostic& right) {
  const Span a = main_place(left.error);
  const Span b = main_place(right.error);
  return std::tie(a.file, a.line, a.column) < std::tie(b.file, b.line, b.column);
}

std::string counted(size_t count, std::string_view name) {
  return fmt::format("{} {}{}", count, name, count == 1 ? "" : "s");
}

constexpr ResourceType kAllTypes[] = {
    ResourceType::kModel,         ResourceType::kSeed,       ResourceType::kSnapshot,
    ResourceType::kTest,          ResourceType::kSource,     ResourceType::kExposure,
    ResourceType::kAnalysis,      ResourceType::kUnitTest,   ResourceType::kMetric,
    ResourceType::kSemanticModel, ResourceType::kSavedQuery, ResourceType::kFunction};

// The types that words such as "model" mean; an error for others. `groups`: "all" and "default"
// are words too.
Result<std::vector<ResourceType>> types_of_words(const std::vector<std::string>& words,
                                                 const std::vector<ResourceType>& defaults,
                                                 bool groups) {
  std::vector<ResourceType> out;
  for (const std::string& word : words) {
    if (groups && word == "all") {
      out.insert(out.end(), std::begin(kAllTypes), std::end(kAllTypes));
      continue;
    }
    if (groups && word == "default") {
      out.insert(out.end(), defaults.begin(), defaults.end());
      continue;
    }
    std::vector<std::string_view> names;
    if (groups) names = {"all", "default"};
    bool found = false;
    for (ResourceType type : kAllTypes) {
      names.push_back(project::resource_type_name(type));
      if (names.back() != word) continue;
      out.push_back(type);
      found = true;
    }
    if (found) continue;
    const std::string nearest = nearest_name(word, names);
    return fail(ErrorCode::kBadArgument, fmt::format("unknown resource type \"{}\"", word),
                nearest.empty() ? fmt::format("one of {}", fmt::join(names, ", "))
                                : fmt::format("did you mean \"{}\"?", nearest));
  }
  return out;
}

}  // namespace

int report_error(Invocation& invocation, const Error& error) {
  invocation.console.error("error" + render(error));
  return kExitUsage;
}

bool report_diagnostics(Invocation& invocation, Diagnostics diagnostics) {
  std::vector<Diagnostic> items = diagnostics.items();
  std::stable_sort(items.begin(), items.end(), comes_before);
  size_t num_errors = 0;
  for (const Diagnostic& item : items) {
    const WarningVerdict verdict = item.severity == Severity::kError
                                       ? WarningVerdict::kError
                                       : invocation.options.warnings.verdict(item.event);
    if (verdict == WarningVerdict::kSilent) continue;
    if (verdict == WarningVerdict::kWarn && !invocation.warnings.take(item.event)) continue;
    const bool is_error = verdict == WarningVerdict::kError;
    num_errors += is_error ? 1 : 0;
    if (is_error) {
      invocation.console.error("error" + render(item.error));
    } else {
      invocation.console.warn("warning" + render(item.error),
                              item.event.empty() ? "Warning" : item.event);
    }
  }
  if (num_errors > 1) invocation.console.error(fmt::format("{} errors", num_errors));
  return num_errors == 0;
}

bool tell_warning(Invocation& invocation, const Event& event, const std::string& hint) {
  switch (invocation.options.warnings.verdict(event.name)) {
    case WarningVerdict::kSilent:
      return true;
    case WarningVerdict::kWarn:
      invocation.console.emit(event);
      return true;
    case WarningVerdict::kError:
      break;
  }
  report_error(invocation, Error(ErrorCode::kBadArgument, event.message, hint));
  return false;
}

bool tell_nothing_to_do(Invocation& invocation) {
  const std::string message =
      "Nothing to do. Try checking your model configs and model specification args";
  return tell_warning(invocation, {EventLevel::kWarning, "NothingToDo", message, {}, {}},
                      "select something else");
}

bool tell_no_nodes(Invocation& invocation) {
  return tell_warning(invocation,
                      {EventLevel::kWarning, "NoNodesSelected", "No nodes selected!", {}, {}},
                      "see the names with: sluice ls");
}

namespace {

compile::Flags template_flags(const Options& options) {
  compile::Flags flags;
  flags.which = options.command_name;
  // What is adopted is compared with a full refresh.
  flags.full_refresh = options.full_refresh || options.command == Command::kAdopt;
  flags.fail_fast = options.fail_fast;
  flags.store_failures = options.store_failures;
  flags.sources_by_name = options.command == Command::kCheck;
  flags.empty = options.empty;
  flags.quiet = options.quiet;
  flags.warn_error = options.warn_error;
  flags.warnings = options.warnings;
  flags.inject_ephemeral_ctes = options.inject_ephemeral_ctes;
  flags.defer = options.defer;
  flags.favor_state = options.favor_state;
  flags.invocation_command = "sluice " + options.invocation_command;
  flags.arguments = invocation_arguments(options);
  return flags;
}

}  // namespace

Workspace::~Workspace() {
  if (session_) session_->set_warehouse(nullptr);
  warehouse_.reset();
  invocation_.leftovers.push_back(std::shared_ptr<compile::Session>(std::move(session_)));
  invocation_.leftovers.push_back(std::move(project_));
  if (graph_)
    invocation_.leftovers.push_back(std::make_shared<const graph::Graph>(std::move(*graph_)));
}

namespace {

Status read_time_windows(const Options& options, int64_t now_micros, compile::Flags& flags) {
  SLUICE_ASSIGN(flags.event_window,
                compile::parse_event_window(options.event_time_start, options.event_time_end));
  if (options.sample.empty()) return {};
  SLUICE_ASSIGN(flags.sample, compile::parse_sample(options.sample, now_micros));
  return {};
}

}  // namespace

project::LoadOptions Workspace::load_options(LoadNeeds needs) const {
  const Options& options = invocation_.options;
  project::LoadOptions load;
  load.project_dir = options.project_dir;
  load.working_directory = invocation_.working_directory;
  load.profiles_dir = options.profiles_dir;
  load.profile_name = options.profile;
  load.target_name = options.target;
  load.target_path = options.target_path;
  load.log_path = options.log_path;
  load.vars_yaml = options.vars;
  load.threads = options.threads;
  load.parallelism = default_parallelism();
  load.require_packages = needs.packages;
  load.require_profile = needs.profile;
  load.environment = invocation_.environment;
  load.flags = compile::command_flags(template_flags(options), nullptr);
  load.invocation_id = invocation_.invocation_id;
  load.started_at_micros = invocation_.started_at_micros;
  load.builtin_macros = builtin_macros;
  load.settings_only = !needs.resources;
  return load;
}

bool Workspace::load(LoadNeeds needs) {
  const project::LoadOptions load = load_options(needs);
  project::LoadedProject loaded = project::load_project(*files_, load, invocation_.scrubber);
  project_ = std::move(loaded.project);
  if (project_) {
    if (!project_->log_path.empty()) invocation_.console.open_log(project_->log_path);
    settings_ = run::read_project_settings(*files_, project_->root, loaded.diagnostics);
    if (Status supported = check_required_versions(); !supported)
      loaded.diagnostics.add_error(std::move(supported.error()));
  }
  warn_of_old_options();
  num_warnings_ += loaded.diagnostics.items().size() - loaded.diagnostics.num_errors();
  if (needs.parse_follows && can_go_on(loaded.diagnostics)) {
    found_.append(std::move(loaded.diagnostics));
  } else if (found_.append(std::move(loaded.diagnostics));
             !report_diagnostics(invocation_, std::exchange(found_, {})) || !project_) {
    return false;
  }
  return enter_project_folder();
}

std::optional<project::ProjectInspection> Workspace::inspect() {
  Result<project::ProjectInspection> found =
      project::inspect_project(*files_, load_options({.resources = false}), invocation_.scrubber);
  if (!found) {
    report_error(invocation_, found.error());
    return std::nullopt;
  }
  project_ = found->project;
  if (!project_->log_path.empty()) invocation_.console.open_log(project_->log_path);
  settings_ = run::read_project_settings(*files_, project_->root, found->project_faults);
  if (Status supported = check_required_versions(); !supported)
    found->project_faults.add_error(std::move(supported.error()));
  if (!enter_project_folder()) return std::nullopt;
  return std::move(*found);
}

bool Workspace::enter_project_folder() {
  std::error_code failure;
  std::filesystem::current_path(project_->root, failure);
  if (!failure) return true;
  report_error(invocation_,
               Error(ErrorCode::kIo, fmt::format("cannot enter the project's folder \"{}\": {}",
                                                 project_->root, failure.message())));
  return false;
}

void Workspace::warn_of_old_options() {
  const Options& options = invocation_.options;
  if (options.warnings.uses_old_names)
    found_.add_warning(
        Error(ErrorCode::kBadArgument, "found `include` or `exclude` in warn_error_options",
              "write `error` instead of `include`, and `warn` instead of `exclude`"),
        "WEOIncludeExcludeDeprecation");
  if (options.used_old_select)
    found_.add_warning(Error(ErrorCode::kBadArgument, "--models, --model and -m are deprecated",
                             "use --select or -s"),
                       "ModelParamUsageDeprecation");
  if (options.command == Command::kSource && !options.output.empty())
    found_.add_warning(
        Error(ErrorCode::kBadArgument,
              fmt::format("--output {} of source freshness is deprecated", options.output),
              "the report is in target/sources.json; --target-path moves it"),
        "CustomOutputPathInSourceFreshnessDeprecation");
}

Status Workspace::check_required_versions() const {
  if (!invocation_.options.version_check) return {};
  const std::optional<packages::Version> own = packages::parse_version(kDbtVersion);
  for (const project::Package& package : project_->packages) {
    const jinja::Value* wanted =
        package.config.is_dict() ? package.config.as_dict().find("require-dbt-version") : nullptr;
    if (wanted == nullptr || wanted->is_none()) continue;
    std::vector<std::string> texts;
    const std::vector<jinja::Value> items =
        wanted->is_list() ? wanted->as_items() : std::vector<jinja::Value>{*wanted};
    for (const jinja::Value& item : items) {
      SLUICE_ASSIGN(const std::string text, jinja::to_str(item));
      for (size_t begin = 0; begin <= text.size();) {
        const size_t end = std::min(text.find(',', begin), text.size());
        texts.push_back(text.substr(begin, end - begin));
        begin = end + 1;
      }
    }
    std::vector<packages::Requirement> requirements;
    for (const std::string& text : texts) {
      SLUICE_ASSIGN(packages::Requirement requirement, packages::parse_requirement(text));
      requirements.push_back(std::move(requirement));
    }
    const Span place{relative_path(join_path(package.root, "dbt_project.yml"), project_->root), 0,
                     0, 0, 0};
    if (!packages::can_be_met(requirements)) {
      Error error(ErrorCode::kProjectInvalid,
                  fmt::format("the package version requirement can never be satisfied for the "
                              "'{}' package: {}",
                              package.name, fmt::join(texts, ", ")),
                  "correct require-dbt-version");
      return fail(error.add_span(place));
    }
    if (std::ranges::all_of(requirements, [&own](const packages::Requirement& requirement) {
          return requirement.allows(*own);
        }))
      continue;
    Error error(ErrorCode::kProjectInvalid,
                fmt::format("this version of dbt is not supported with the '{}' package: it "
                            "requires {}, and sluice does as dbt {} does",
                            package.name, fmt::join(texts, ", "), kDbtVersion),
                "take another version of the package, or run again with --no-version-check");
    return fail(error.add_span(place));
  }
  return {};
}

// A fault of one file does not hide those of others; without its packages a project is full of
// faults that are none.
bool Workspace::can_go_on(const Diagnostics& found) const {
  return project_ && std::ranges::none_of(found.items(), [](const Diagnostic& item) {
           return item.error.code() == ErrorCode::kPackagesNotInstalled;
         });
}

bool Workspace::parse() {
  const Options& options = invocation_.options;
  Result<graph::SelectorsFile> selectors = graph::read_selectors(*project_);
  if (!selectors) {
    report_error(invocation_, selectors.error());
    return false;
  }
  selectors_ = std::move(*selectors);
  compile::SessionOptions session;
  session.project = project_;
  session.flags = template_flags(options);
  if (Status read = read_time_windows(options, invocation_.started_at_micros, session.flags);
      !read) {
    report_error(invocation_, read.error());
    return false;
  }
  session.fs = files_;
  session.events = &invocation_.console;
  session.environment = invocation_.environment;
  session.invocation_id = invocation_.invocation_id;
  session.started_at_micros = invocation_.started_at_micros;
  session.now_micros = [clock = &invocation_.clock, on_clock = on_clock_] {
    on_clock();
    return clock->now_micros();
  };
  session.parallelism = default_parallelism();
  session_ = std::make_unique<compile::Session>(std::move(session));
  session_->manifest().selectors = selectors_.manifest_value;
  Diagnostics diagnostics;
  const bool parsed = session_->parse(diagnostics);
  num_warnings_ += diagnostics.items().size() - diagnostics.num_errors();
  Diagnostics all = std::exchange(found_, {});
  all.append(std::move(diagnostics));
  if (parsed && all.has_errors())
    if (Result<graph::Graph> graph = graph::Graph::build(session_->manifest()); !graph)
      all.add_error(std::move(graph.error()));
  return report_diagnostics(invocation_, std::move(all)) && parsed;
}

bool Workspace::build_graph() {
  Result<graph::Graph> graph = graph::Graph::build(session_->manifest());
  if (!graph) {
    report_error(invocation_, graph.error());
    return false;
  }
  graph_.emplace(std::move(*graph));
  report_found();
  return true;
}

// "Found 5 models, 1 seed, 4 data tests, 511 macros"
void Workspace::report_found() {
  const compile::Manifest& manifest = session_->manifest();
  std::map<ResourceType, size_t> counts;
  for (const auto& node : manifest.nodes) ++counts[node->type];
  std::vector<std::string> parts;
  const auto add = [&](size_t count, std::string_view name) {
    if (count > 0) parts.push_back(counted(count, name));
  };
  add(counts[ResourceType::kModel], "model");
  add(counts[ResourceType::kSeed], "seed");
  add(counts[ResourceType::kSnapshot], "snapshot");
  if (const size_t analyses = counts[ResourceType::kAnalysis]; analyses > 0)
    parts.push_back(fmt::format("{} {}", analyses, analyses == 1 ? "analysis" : "analyses"));
  add(counts[ResourceType::kOperation], "operation");
  add(counts[ResourceType::kTest], "data test");
  add(counts[ResourceType::kUnitTest], "unit test");
  add(manifest.sources.size(), "source");
  add(manifest.exposures.size(), "exposure");
  std::map<ResourceType, size_t> semantic;
  for (const auto& resource : manifest.semantic_resources) ++semantic[resource->type];
  add(semantic[ResourceType::kMetric], "metric");
  add(manifest.macros.size(), "macro");
  add(semantic[ResourceType::kSemanticModel], "semantic model");
  if (const size_t queries = semantic[ResourceType::kSavedQuery]; queries > 0)
    parts.push_back(fmt::format("{} saved {}", queries, queries == 1 ? "query" : "queries"));
  const std::string stats = fmt::format("{}", fmt::join(parts, ", "));
  JsonWriter json;
  json.string(stats);
  invocation_.console.emit(
      {EventLevel::kInfo, "FoundStats", "Found " + stats, {}, {{"stat_line", json.take()}}});
}

Status Workspace::read_state() {
  const std::string& folder = invocation_.options.state;
  if (previous_ || folder.empty()) return {};
  SLUICE_ASSIGN(previous_, graph::read_previous_state(
                               invocation_.fs, join_path(invocation_.working_directory, folder),
                               project_->target_path));
  previous_->folder = folder;
  warn_of_state_in_target();
  return {};
}

void Workspace::warn_of_state_in_target() {
  const std::string& folder = invocation_.options.state;
  if (normalize_path(join_path(invocation_.working_directory, folder)) !=
      normalize_path(join_path(project_->root, project_->target_path)))
    return;
  JsonWriter state_path;
  state_path.string(folder);
  ++num_warnings_;
  invocation_.console.emit(
      {EventLevel::kWarning,
       "WarnStateTargetEqual",
       fmt::format("Warning: The state and target directories are the same: '{}'. This could lead "
                   "to missing changes due to overwritten state including non-idempotent retries.",
                   folder),
       {},
       {{"state_path", state_path.take()}}});
}

Result<jinja::Value> Workspace::manifest_to_defer_to() {
  const Options& options = invocation_.options;
  const std::string& folder = options.defer_state.empty() ? options.state : options.defer_state;
  if (folder.empty())
    return fail(ErrorCode::kStateMissing,
                "--state or --defer-state are required for deferral, but neither was provided",
                "name the folder with the manifest.json of the run to defer to");
  jinja::Value manifest;
  if (options.defer_state.empty()) {
    SLUICE_TRY(read_state());
    manifest = previous_->manifest;
  } else {
    SLUICE_ASSIGN(manifest,
                  graph::read_artifact(
                      invocation_.fs,
                      join_path(join_path(invocation_.working_directory, folder), "manifest.json"),
                      "manifest"));
  }
  if (!manifest.is_none()) return manifest;
  return fail(ErrorCode::kStateMissing,
              fmt::format("could not find manifest in {} path: \"{}\"",
                          options.defer_state.empty() ? "--state" : "--defer-state", folder),
              "it must hold the manifest.json of the run to defer to");
}

bool Workspace::prepare_deferral() {
  if (!invocation_.options.defer && invocation_.options.command != Command::kClone) return true;
  Result<jinja::Value> manifest = manifest_to_defer_to();
  if (!manifest) {
    report_error(invocation_, manifest.error());
    return false;
  }
  compile::attach_defer_relations(session_->manifest(), *manifest);
  return true;
}

std::optional<graph::Selection> Workspace::pick(const std::vector<std::string>& unique_ids) {
  std::vector<bool> wanted(graph_->size(), false);
  for (const std::string& id : unique_ids) {
    const std::optional<graph::Index> index = graph_->find(id);
    if (!index) {
      report_error(invocation_,
                   Error(ErrorCode::kUnknownRef,
                         fmt::format("could not find \"{}\", which is to be retried", id),
                         "it was removed, renamed or disabled since: run the command "
                         "itself again"));
      return std::nullopt;
    }
    wanted[*index] = true;
  }
  graph::Selection selection;
  for (const graph::Index index : graph_->topological_order())
    if (wanted[index]) selection.nodes.push_back(index);
  return selection;
}

Result<graph::SelectionRequest> Workspace::selection_request() {
  const Options& options = invocation_.options;
  SLUICE_TRY(read_state());
  graph::SelectionRequest request;
  if (previous_) request.previous = &*previous_;
  request.indirect = graph::indirect_selection_named(options.indirect_selection)
                         .value_or(graph::IndirectSelection::kEager);
  std::string name = options.selector;
  if (name.empty() && options.select.empty() && options.exclude.empty() &&
      !selectors_.default_name.empty()) {
    name = selectors_.default_name;
    invocation_.console.info(fmt::format("Using default selector {}", name), "DefaultSelector");
  }
  if (name.empty()) {
    request.select = options.select;
    request.exclude = options.exclude;
    return request;
  }
  SLUICE_ASSIGN(const graph::NamedSelector* selector, selectors_.find(name));
  request.tree = selector->tree;
  return request;
}

std::optional<graph::Selection> Workspace::select(std::vector<ResourceType> types) {
  const Options& options = invocation_.options;
  Result<std::vector<ResourceType>> wanted = types_of_words(options.resource_types, types, true);
  Result<std::vector<ResourceType>> unwanted =
      types_of_words(options.exclude_resource_types, types, false);
  if (!wanted || !unwanted) {
    report_error(invocation_, wanted ? unwanted.error() : wanted.error());
    return std::nullopt;
  }
  // `ls` may ask for any type; the others only for what they can run.
  if (!wanted->empty()) {
    if (options.command == Command::kList) {
      types = *wanted;
    } else {
      std::erase_if(types, [&](ResourceType type) {
        return std::ranges::find(*wanted, type) == wanted->end();
      });
    }
  }
  std::erase_if(types, [&](ResourceType type) {
    return std::ranges::find(*unwanted, type) != unwanted->end();
  });
  if (types.empty()) return graph::Selection{};

  Result<graph::SelectionRequest> request = selection_request();
  if (!request) {
    report_error(invocation_, request.error());
    return std::nullopt;
  }
  request->resource_types = std::move(types);
  Result<graph::Selection> selection = graph::select_nodes(*graph_, session_->manifest(), *request);
  if (!selection) {
    report_error(invocation_, selection.error());
    return std::nullopt;
  }
  if (!tell_warnings(*selection)) return std::nullopt;
  return std::move(*selection);
}

// False when warnings are errors and there is one.
bool Workspace::tell_warnings(const graph::Selection& selection) {
  num_warnings_ += selection.warnings.size() + selection.state_warnings.size();
  for (size_t index = 0; index < selection.warnings.size(); ++index) {
    JsonWriter criterion;
    criterion.string(selection.unmatched[index]);
    Event event{EventLevel::kWarning,
                "NoNodesForSelectionCriteria",
                selection.warnings[index],
                {},
                {{"spec_raw", criterion.take()}}};
    if (!tell_warning(invocation_, event, "see the names with: sluice ls")) return false;
  }
  return std::ranges::all_of(selection.state_warnings, [this](const std::string& warning) {
    return tell_warning(invocation_, {EventLevel::kWarning, "StateComparison", warning, {}, {}},
                        "");
  });
}

bool Workspace::open_warehouse() {
  Result<std::unique_ptr<warehouse::Warehouse>> opened =
      run::open_warehouse(invocation_.fs, *project_, invocation_.environment);
  if (!opened) {
    report_error(invocation_, opened.error());
    return false;
  }
  warehouse_ = std::move(*opened);
  tell_adapter(invocation_.console, EventLevel::kDebug, project_->profile.adapter_type,
               warehouse_->engine_version());
  session_->set_warehouse(warehouse_.get());
  return true;
}

void tell_adapter(Console& console, EventLevel level, const std::string& type,
                  const std::string& engine_version) {
  JsonWriter name, version;
  name.string(type);
  version.string("=" + engine_version);
  console.emit({level,
                "AdapterRegistered",
                fmt::format("Registered adapter: {}={}", type, engine_version),
                {},
                {{"adapter_name", name.take()}, {"adapter_version", version.take()}}});
}

double Workspace::price_per_tb() const {
  if (invocation_.options.price_per_tb >= 0) return invocation_.options.price_per_tb;
  return settings_.price_per_tb.value_or(run::kDefaultPricePerTb);
}

size_t Workspace::num_threads() const {
  if (invocation_.options.atomic) return 1;  // one transaction, one connection
  const int threads =
      invocation_.options.threads > 0 ? invocation_.options.threads : project_->profile.threads;
  return static_cast<size_t>(std::max(1, threads));
}

bool Workspace::write_artifact(const std::string& name, const std::string& content) {
  if (!invocation_.options.write_json) return true;
  return write_artifact_in_pieces(name, [&](const FileSystem::TextSink& sink) { sink(content); });
}

namespace {

// dbt tells an artifact by the name of its class.
std::string_view artifact_type(std::string_view name, bool of_operation) {
  if (name == "manifest.json") return "WritableManifest";
  if (name == "semantic_manifest.json") return "SemanticManifest";
  if (name == "run_results.json") return of_operation ? "RunResultsArtifact" : "RunExecutionResult";
  if (name == "catalog.json") return "CatalogArtifact";
  return "FreshnessResult";
}

void tell_artifact(Console& console, const std::string& path, std::string_view type) {
  JsonWriter path_json, type_json;
  path_json.string(path);
  type_json.string(type);
  console.emit({EventLevel::kDebug,
                "ArtifactWritten",
                fmt::format("Wrote artifact {} to {}", type, path),
                {},
                {{"artifact_path", path_json.take()}, {"artifact_type", type_json.take()}}});
}

}  // namespace

bool Workspace::write_artifact_in_pieces(
    const std::string& name, const std::function<void(const FileSystem::TextSink&)>& produce) {
  if (!invocation_.options.write_json) return true;
  const auto scrubbed = [&](const FileSystem::TextSink& sink) {
    std::string buffer;
    produce([&](std::string_view piece) { sink(invocation_.scrubber.scrub_into(piece, buffer)); });
  };
  Status written = invocation_.fs.write_in_pieces(join_path(project_->target_path, name), scrubbed);
  if (written) {
    tell_artifact(invocation_.console, join_path(project_->target_path, name),
                  artifact_type(name, invocation_.options.command == Command::kRunOperation));
    return true;
  }
  report_error(invocation_, written.error());
  return false;
}

}  // namespace sluice::cli
