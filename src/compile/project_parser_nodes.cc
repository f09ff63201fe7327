// Models, seeds, singular tests, analyses, functions and hooks: from a file to a node with its
// final config and names.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <unordered_set>
#include <utility>

#include "base/hash.h"
#include "base/parallel.h"
#include "base/suggest.h"
#include "compile/batches.h"
#include "compile/config_defaults.h"
#include "compile/project_parser.h"
#include "compile/semantic_resource.h"
#include "compile/unrendered_config.h"
#include "jinja/ops.h"

namespace sluice::compile {

using jinja::Value;
using project::SourceFile;

namespace {

std::string property_key(std::string_view section, size_t package, std::string_view name) {
  return fmt::format("{}\x01{}\x01{}", section, package, name);
}

std::vector<std::string> split_path(std::string_view path) {
  std::vector<std::string> parts;
  size_t begin = 0;
  while (begin <= path.size()) {
    size_t slash = std::min(path.find('/', begin), path.size());
    if (slash > begin) parts.emplace_back(path.substr(begin, slash - begin));
    begin = slash + 1;
  }
  return parts;
}

std::string_view without_ending(std::string_view name) { return name.substr(0, name.rfind('.')); }

std::string_view file_stem(const SourceFile& file) {
  const std::string_view path = file.relative_path;
  return without_ending(path.substr(path.rfind('/') + 1));
}

std::string_view strip(std::string_view text, uint32_t& first_line) {
  first_line = 1;
  size_t begin = 0;
  while (begin < text.size() && std::isspace(static_cast<unsigned char>(text[begin]))) {
    if (text[begin] == '\n') ++first_line;
    ++begin;
  }
  size_t end = text.size();
  while (end > begin && std::isspace(static_cast<unsigned char>(text[end - 1]))) --end;
  return text.substr(begin, end - begin);
}

std::optional<ResourceType> node_type(SourceFile::Kind kind) {
  switch (kind) {
    case SourceFile::Kind::kModel:
      return ResourceType::kModel;
    case SourceFile::Kind::kSeed:
      return ResourceType::kSeed;
    case SourceFile::Kind::kTest:
      return ResourceType::kTest;
    case SourceFile::Kind::kAnalysis:
      return ResourceType::kAnalysis;
    case SourceFile::Kind::kFunction:
      return ResourceType::kFunction;
    default:
      return std::nullopt;
  }
}

// A test that is read without rendering has only the outcome of its config().
Value written_config_of(bool is_unconfigured, const project::NodeProperties* properties,
                        const Node& node, const NodeContext& ctx) {
  if (is_unconfigured) return Value::dict();
  const bool was_rendered = !ctx.written_config.as_dict().empty();
  return unrendered_config(ctx.shared.project(), node, properties,
                           was_rendered ? ctx.written_config : ctx.in_file_config);
}

void set_default(Value& config, std::string_view key, Value value) {
  if (!config.as_dict().find(key)) config.as_dict().set(key, std::move(value));
}

bool is_enabled(const Node& node) {
  const Value* enabled = node.config.as_dict().find("enabled");
  return enabled == nullptr || jinja::truth(*enabled).value_or(true);
}

// The tags of the final config; dbt has a property file's last here, other than in config.tags.
std::vector<std::string> tags_of_node(const Node& node, const Value& in_file_config,
                                      const project::NodeProperties* properties) {
  std::vector<std::string> tags = text_items(node.config.as_dict().find("tags"));
  if (properties == nullptr || !properties->config.is_dict()) return tags;
  const std::vector<std::string> late = text_items(properties->config.as_dict().find("tags"));
  const std::vector<std::string> own = text_items(in_file_config.as_dict().find("tags"));
  const auto is_in = [](const std::vector<std::string>& list, const std::string& tag) {
    return std::find(list.begin(), list.end(), tag) != list.end();
  };
  std::stable_partition(tags.begin(), tags.end(), [&](const std::string& tag) {
    return !is_in(late, tag) || is_in(own, tag);
  });
  return tags;
}

// Hooks have the checksum of the file that holds them; empty when there are none.
std::string hooks_checksum(const SharedState& shared, const project::Package& package) {
  if (package.on_run_start.empty() && package.on_run_end.empty()) return {};
  const Result<std::string> text =
      shared.options.fs->read(join_path(package.root, "dbt_project.yml"));
  uint32_t line = 0;
  return text ? sha256_hex(strip(*text, line)) : std::string();
}

}  // namespace

void ProjectParser::index_properties() {
  const project::Project& project = shared_.project();
  std::unordered_set<std::string> files;
  for (size_t i = 0; i < project.packages.size(); ++i)
    for (const SourceFile& file : project.packages[i].files)
      if (file.kind == SourceFile::Kind::kModel || file.kind == SourceFile::Kind::kPythonModel)
        files.insert(property_key("models", i, file_stem(file)));
  for (const project::NodeProperties& properties : project.node_properties) {
    std::string key = property_key(properties.yaml_key, properties.package, properties.file_stem);
    // The latest version may be in a file without the suffix.
    if (properties.may_be_unsuffixed && !files.contains(key))
      key = property_key(properties.yaml_key, properties.package, properties.name);
    properties_.emplace(std::move(key), &properties);
    used_properties_[&properties] = false;
  }
}

ProjectParser::Draft ProjectParser::draft_of_file(size_t package, const SourceFile& file) {
  const project::Project& project = shared_.project();
  Draft draft;
  draft.node = std::make_unique<Node>();
  Node& node = *draft.node;
  node.type = *node_type(file.kind);
  node.package = package;
  node.package_name = project.packages[package].name;
  node.original_file_path = file.path;
  node.path =
      node.type == ResourceType::kAnalysis ? "analysis/" + file.relative_path : file.relative_path;
  std::vector<std::string> parts = split_path(file.relative_path);
  node.name = std::string(without_ending(parts.back()));
  std::string_view section = node.type == ResourceType::kSeed       ? "seeds"
                             : node.type == ResourceType::kAnalysis ? "analyses"
                             : node.type == ResourceType::kTest     ? "data_tests"
                             : node.type == ResourceType::kFunction ? "functions"
                                                                    : "models";
  take_properties(draft, section);
  if (draft.properties) node.name = draft.properties->name;
  node.alias = node.name;  // what a template sees while it is parsed
  parts.back() = node.name;
  node.fqn.push_back(node.package_name);
  if (node.type == ResourceType::kAnalysis) node.fqn.emplace_back("analysis");
  node.fqn.insert(node.fqn.end(), parts.begin(), parts.end());
  node.unique_id =
      fmt::format("{}.{}.{}", project::resource_type_name(node.type), node.package_name, node.name);
  if (draft.properties) take_version(*draft.properties, node);
  node.created_at_micros = shared_.options.started_at_micros;
  node.span = {file.path, 1, 1, 0, 0};
  node.is_singular_test = node.type == ResourceType::kTest;
  if (node.type == ResourceType::kSeed) {
    node.root_path = project.packages[package].root;
    node.language = "sql";
  } else {
    if (file.path.ends_with(".py")) node.language = "python";
    uint32_t first_line = 1;
    node.raw_code = strip(file.text, first_line);
    node.span.line = first_line;
  }
  return draft;
}

void ProjectParser::take_properties(Draft& draft, std::string_view section) {
  auto known = properties_.find(property_key(section, draft.node->package, draft.node->name));
  if (known == properties_.end()) return;
  draft.properties = known->second;
  used_properties_[known->second] = true;
}

void ProjectParser::parse_files() {
  const project::Project& project = shared_.project();
  std::vector<Draft> drafts;
  for (size_t i = 0; i < project.packages.size(); ++i)
    for (const SourceFile& file : project.packages[i].files) {
      if (!node_type(file.kind)) continue;
      Draft draft = draft_of_file(i, file);
      // An empty file is no node, save for a function, as in dbt.
      const ResourceType type = draft.node->type;
      if (type != ResourceType::kSeed && type != ResourceType::kFunction &&
          draft.node->raw_code.empty())
        continue;
      drafts.push_back(std::move(draft));
    }
  draft_snapshots(drafts);
  // Descriptions need the docs and one thread; templates do not.
  for (Draft& draft : drafts) {
    take_signature(draft);
    if (!draft.properties) continue;
    Node& node = *draft.node;
    // dbt shows the description of a function as it is written.
    node.description = node.type == ResourceType::kFunction
                           ? draft.properties->description
                           : render_description(draft.properties->description,
                                                draft.properties->span, &node.doc_blocks);
    node.columns = make_columns(draft.properties->columns);
    node.patch_path = fmt::format("{}://{}", node.package_name, draft.properties->file);
    const Value& entry = draft.properties->entry;
    if (const Value* given = entry.is_dict() ? entry.as_dict().find("constraints") : nullptr)
      node.constraints = *given;
    take_deprecation_date(*draft.properties, node);
    if (const Value* spine = entry.is_dict() ? entry.as_dict().find("time_spine") : nullptr)
      node.time_spine = time_spine_shape(*spine);
  }
  parallel_for(drafts.size(), shared_.options.parallelism,
               [&](size_t i, size_t) { render_draft(drafts[i]); });
  take(drafts);
}

void ProjectParser::parse_hooks() {
  const project::Project& project = shared_.project();
  std::vector<Draft> drafts;
  for (size_t i = 0; i < project.packages.size(); ++i) {
    const project::Package& package = project.packages[i];
    const std::string checksum = hooks_checksum(shared_, package);
    for (const auto& [tag, hooks] : {std::make_pair("on-run-start", &package.on_run_start),
                                     std::make_pair("on-run-end", &package.on_run_end)}) {
      for (size_t index = 0; index < hooks->size(); ++index) {
        Draft draft;
        draft.node = std::make_unique<Node>();
        Node& node = *draft.node;
        node.type = ResourceType::kOperation;
        node.package = i;
        node.package_name = package.name;
        node.name = fmt::format("{}-{}-{}", package.name, tag, index);
        node.unique_id = fmt::format("operation.{}.{}", package.name, node.name);
        node.path = fmt::format("hooks/{}.sql", node.name);
        node.original_file_path = "./dbt_project.yml";
        node.fqn = {package.name, "hooks", node.name};
        node.owned_raw_code = (*hooks)[index].sql;
        node.raw_code = node.owned_raw_code;
        node.hook_index = static_cast<int>(index);
        node.tags = {tag};
        node.checksum = checksum;
        node.span = (*hooks)[index].span;
        node.created_at_micros = shared_.options.started_at_micros;
        drafts.push_back(std::move(draft));
      }
    }
  }
  for (Draft& draft : drafts) render_draft(draft);
  take(drafts);
}

void ProjectParser::render_draft(Draft& draft) {
  Node& node = *draft.node;
  NodeContext ctx(shared_, &node, node.package, Phase::kParse, nullptr);
  jinja::Environment environment = environment_for(shared_, Phase::kParse);
  jinja::Interpreter interpreter(environment, ctx);
  interpreter.host = &ctx;
  auto add_error = [&](Error error) {
    error.set_node(node.unique_id).locate(node.span);
    draft.errors.add_error(std::move(error));
    draft.failed = true;
  };
  node.database = shared_.project().profile.database;
  node.schema = shared_.project().profile.schema;
  std::vector<SharedText> macros_of_arguments;
  if (!take_static_test(draft, ctx) && node.type != ResourceType::kSeed) {
    if (node.test_metadata) {
      auto kwargs = render_test_kwargs(node.test_metadata->kwargs, ctx, interpreter);
      if (!kwargs) return add_error(std::move(kwargs.error()));
      ctx.extra["_dbt_generic_test_kwargs"] = std::move(*kwargs);
      macros_of_arguments = std::exchange(ctx.macro_ids, {});
    }
    if (!jinja::is_plain_text(node.raw_code)) {
      uint32_t first_line =
          node.test_metadata || node.type == ResourceType::kOperation ? 1 : node.span.line;
      auto tmpl = jinja::compile_template(node.raw_code, node.original_file_path, first_line);
      if (!tmpl) return add_error(std::move(tmpl.error()));
      auto rendered = interpreter.render(*tmpl);
      if (!rendered) return add_error(std::move(rendered.error()));
    }
  }
  node.refs = std::move(ctx.refs);
  node.sources = std::move(ctx.sources);
  node.metrics = std::move(ctx.metrics);
  node.functions = std::move(ctx.functions);
  node.depends_on_macros = std::move(ctx.macro_ids);
  // dbt names the test's own macro before those that its arguments call.
  for (const SharedText& id : macros_of_arguments)
    if (std::find(node.depends_on_macros.begin(), node.depends_on_macros.end(), id) ==
        node.depends_on_macros.end())
      node.depends_on_macros.push_back(id);
  Status finished = finish_node(draft, ctx, interpreter);
  if (!finished) add_error(std::move(finished.error()));
}

Status ProjectParser::finish_node(Draft& draft, NodeContext& ctx, jinja::Interpreter& interpreter) {
  Node& node = *draft.node;
  Value config = project::project_config(shared_.project(), node.package, node.type, node.fqn);
  if (draft.properties) {
    SLUICE_TRY(project::merge_config(config, draft.properties->config, node.type));
    SLUICE_TRY(project::merge_config(config, draft.properties->version_config, node.type));
  }
  SLUICE_TRY(project::merge_config(config, ctx.in_file_config, node.type));
  // What the root project says of a package's resources wins over everything.
  SLUICE_TRY(project::merge_config(
      config, project::root_config(shared_.project(), node.package, node.type, node.fqn),
      node.type));
  node.unrendered_config =
      shared_dict(written_config_of(draft.is_unconfigured, draft.properties, node, ctx));
  if (node.type == ResourceType::kTest)
    set_default(config, "schema", Value::string("dbt_test__audit"));
  node.config = shared_node_config(std::move(config), node.type);
  SLUICE_TRY(check_batch_settings(node));
  SLUICE_TRY(check_function_config(node));
  const jinja::Dict& final_config = node.config.as_dict();
  // What a test or hook has by its place (column tags, the hook's kind) comes before its own.
  for (std::string& tag : tags_of_node(node, ctx.in_file_config, draft.properties))
    if (std::find(node.tags.begin(), node.tags.end(), tag) == node.tags.end())
      node.tags.push_back(std::move(tag));
  node.meta = final_config.find("meta") ? *final_config.find("meta") : Value::dict();
  node.docs = final_config.find("docs") ? *final_config.find("docs") : Value::dict();
  if (const Value* access = final_config.find("access"); access && access->is_string())
    node.access = access->as_string();
  if (const Value* group = final_config.find("group"); group && group->is_string())
    node.group = group->as_string();
  SLUICE_TRY(take_contract(node, draft.properties != nullptr));
  SLUICE_TRY(take_checksum(node));
  if (node.type == ResourceType::kSnapshot && is_enabled(node))
    SLUICE_TRY(check_snapshot_config(node));
  if (draft.is_unconfigured) {
    node.alias = node.name;
  } else {
    SLUICE_TRY(name_node(node, ctx, interpreter));
  }
  node.relation_name = relation_name_of(node);
  return take_hook_references(node, ctx, interpreter);
}

Status ProjectParser::take_hook_references(Node& node, NodeContext& ctx,
                                           jinja::Interpreter& interpreter) {
  ctx.refs.clear();
  ctx.sources.clear();
  ctx.functions.clear();
  ctx.macro_ids.clear();
  for (const char* key : {"pre-hook", "post-hook"}) {
    const Value* hooks = node.config.as_dict().find(key);
    if (hooks == nullptr || !hooks->is_list()) continue;
    for (const Value& hook : hooks->as_items()) {
      const Value* sql = hook.is_dict() ? hook.as_dict().find("sql") : nullptr;
      if (sql == nullptr || !sql->is_string() || jinja::is_plain_text(sql->as_string())) continue;
      SLUICE_ASSIGN(const jinja::Template tmpl,
                    jinja::compile_template(sql->as_string(), node.original_file_path));
      SLUICE_TRY(interpreter.render(tmpl).map([](const std::string&) {}));
    }
  }
  if (node.type == ResourceType::kSeed && !(ctx.refs.empty() && ctx.sources.empty()))
    return fail(ErrorCode::kPropertyInvalid,
                fmt::format("Seeds cannot depend on other nodes: a hook of the seed '{}' calls "
                            "ref() or source()",
                            node.name),
                "move the hook to a model that depends on both");
  node.refs.insert(node.refs.end(), ctx.refs.begin(), ctx.refs.end());
  node.sources.insert(node.sources.end(), ctx.sources.begin(), ctx.sources.end());
  node.functions.insert(node.functions.end(), ctx.functions.begin(), ctx.functions.end());
  for (const SharedText& id : ctx.macro_ids)
    if (std::find(node.depends_on_macros.begin(), node.depends_on_macros.end(), id) ==
        node.depends_on_macros.end())
      node.depends_on_macros.push_back(id);
  return {};
}

Status ProjectParser::take_checksum(Node& node) {
  if (!node.checksum.empty()) return {};  // of the file that it is only a part of
  if (node.test_metadata) return {};      // as in dbt: what it says is in its id
  if (node.type != ResourceType::kSeed) {
    node.checksum = sha256_hex(node.raw_code);
    return {};
  }
  // dbt names a large seed by its path, so that parsing does not read it.
  constexpr uint64_t kLargeSeedBytes = 1 << 20;
  std::string path = join_path(node.root_path, node.original_file_path);
  SLUICE_ASSIGN(FileInfo info, shared_.options.fs->info(path));
  if (info.size >= kLargeSeedBytes) {
    node.checksum = node.original_file_path;
    node.checksum_is_path = true;
    return {};
  }
  SLUICE_ASSIGN(std::string text, shared_.options.fs->read(path));
  uint32_t line = 0;
  node.checksum = sha256_hex(strip(text, line));
  return {};
}

// The relation that the node makes; empty when it makes none.
std::string ProjectParser::relation_name_of(const Node& node) const {
  bool stores_failures = false;
  if (node.type == ResourceType::kTest) {
    const Value* own = node.config.as_dict().find("store_failures");
    stores_failures = own && !own->is_none() ? jinja::truth(*own).value_or(false)
                                             : shared_.options.flags.store_failures;
  }
  if (!stores_failures && (!node.is_refable() || node.is_ephemeral())) return {};
  return Relation(*shared_.dialect, node_relation_parts(shared_, node)).render();
}

Status ProjectParser::name_node(Node& node, NodeContext& ctx, jinja::Interpreter& interpreter) {
  const auto custom = [&](std::string_view key) {
    const Value* given = node.config.as_dict().find(key);
    return given ? *given : Value::none();
  };
  auto generate = [&](std::string_view macro_name, std::string_view key,
                      std::optional<std::string> known) -> Result<std::string> {
    if (known) return std::move(*known);
    const MacroResource* macro = shared_.macros.find(shared_.project().root_package, macro_name);
    if (!macro)
      return fail(ErrorCode::kUnknownMacro, fmt::format("no macro named '{}' found", macro_name));
    std::vector<Value> args = {custom(key), ctx.model_value()};
    SLUICE_ASSIGN(Value out, interpreter.call_macro(*macro->macro, jinja::CallArgs{args, {}}));
    SLUICE_ASSIGN(std::string text, jinja::to_str(out));
    uint32_t line = 0;
    return std::string(strip(text, line));
  };
  node.alias = node.name;
  SLUICE_ASSIGN(node.database, generate("generate_database_name", "database",
                                        naming_->database(custom("database"))));
  SLUICE_ASSIGN(node.schema,
                generate("generate_schema_name", "schema", naming_->schema(custom("schema"))));
  SLUICE_ASSIGN(node.alias,
                generate("generate_alias_name", "alias", naming_->alias(custom("alias"), node)));
  if (node.type == ResourceType::kSnapshot) place_snapshot(node);
  return {};
}

void ProjectParser::take(std::vector<Draft>& drafts) {
  for (Draft& draft : drafts) {
    diagnostics_.append(std::move(draft.errors));
    if (draft.failed) {
      failed_names_.insert(draft.node->name);
      continue;
    }
    (is_enabled(*draft.node) ? shared_.manifest.nodes : shared_.manifest.disabled_nodes)
        .push_back(std::move(draft.node));
  }
}

// An entry in the wrong section keeps its tests; the rest of it describes nothing.
bool ProjectParser::warn_wrong_section(const project::NodeProperties& properties) {
  for (const auto& node : shared_.manifest.nodes) {
    if (!node->is_refable() || node->name != properties.name || node->package != properties.package)
      continue;
    const std::string_view type = project::resource_type_name(node->type);
    Error warning(ErrorCode::kPropertyInvalid,
                  fmt::format("'{}' is a {} node, but it is specified in the {} section of {}",
                              properties.name, type, properties.yaml_key, properties.file),
                  fmt::format("place the `{}` specification under the {}s key instead",
                              properties.name, type));
    warning.add_span(properties.span);
    diagnostics_.add_warning(std::move(warning), "WrongResourceSchemaFile");
    return true;
  }
  return false;
}

void ProjectParser::warn_unused_properties() {
  for (const project::NodeProperties& properties : shared_.project().node_properties) {
    if (used_properties_[&properties] || warn_wrong_section(properties)) continue;
    std::vector<std::string_view> names;
    for (const auto& node : shared_.manifest.nodes) names.push_back(node->name);
    std::string near = nearest_name(properties.name, names);
    Error warning(
        ErrorCode::kPropertyInvalid,
        fmt::format("did not find matching node for patch with name '{}' in the '{}' section",
                    properties.file_stem, properties.yaml_key),
        near.empty() ? properties.version.is_none()
                           ? "its description and tests are not used; rename or remove the entry"
                           : "a version is looked for in a file of this name; rename the file, or "
                             "say where it is with defined_in"
                     : fmt::format("did you mean '{}'?", near));
    warning.add_span(properties.span);
    diagnostics_.add_warning(std::move(warning), "NoNodeForYamlKey");
  }
}

}  // namespace sluice::compile
