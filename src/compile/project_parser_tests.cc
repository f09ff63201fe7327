// Generic tests: one node per entry of `data_tests:` of models, seeds, sources and their columns.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <functional>

#include "base/parallel.h"
#include "compile/project_parser.h"
#include "jinja/ops.h"

namespace sluice::compile {

using jinja::Value;

namespace {

// A string that is a call of one of these is evaluated: `to: ref('orders')`.
bool looks_like_call(std::string_view text) {
  size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return false;
  size_t end = text.find_last_not_of(" \t\r\n");
  if (text[end] != ')') return false;
  text = text.substr(begin, end - begin + 1);
  for (std::string_view name : {"ref", "source", "var", "env_var", "doc"}) {
    if (!text.starts_with(name)) continue;
    size_t open = text.find_first_not_of(" \t\r\n", name.size());
    if (open != std::string_view::npos && text[open] == '(' && open + 2 < text.size()) return true;
  }
  return false;
}

void add_tags(std::vector<std::string>& tags, const Value* value) {
  if (!value || value->is_none()) return;
  if (value->is_string()) {
    tags.push_back(value->as_string());
    return;
  }
  for (const Value& item : jinja::iterate(*value).value_or(std::vector<Value>{}))
    tags.push_back(jinja::to_str(item).value_or(std::string()));
}

// The name in "{{ get_where_subquery(ref('orders')) }}", the `model` of nearly all tests; empty for
// any other text.
std::string_view plainly_tested_model(std::string_view text) {
  constexpr std::string_view kBegin = "{{ get_where_subquery(ref('";
  constexpr std::string_view kEnd = "')) }}";
  if (!text.starts_with(kBegin) || !text.ends_with(kEnd)) return {};
  const std::string_view name =
      text.substr(kBegin.size(), text.size() - kBegin.size() - kEnd.size());
  const bool is_plain = std::all_of(name.begin(), name.end(), [](unsigned char byte) {
    return std::isalnum(byte) != 0 || byte == '_';
  });
  return is_plain ? name : std::string_view();
}

// What rendering that text gives, without a template of its own for each test. nullopt: the project
// has a ref() of its own.
Result<std::optional<Value>> tested_relation(std::string_view name, NodeContext& ctx,
                                             jinja::Interpreter& interpreter) {
  Value macro;
  Value ref;
  const auto built_in = ctx.shared.globals.find("ref");
  if (!ctx.lookup("get_where_subquery", macro) || !ctx.lookup("ref", ref) ||
      built_in == ctx.shared.globals.end() || built_in->second.identity() != ref.identity())
    return std::nullopt;
  RefCall call;
  call.name = name;
  call.line = 1;
  SLUICE_ASSIGN(const Value relation, ctx.resolve_ref(call));
  SLUICE_ASSIGN(Value out, jinja::call(interpreter, macro, jinja::CallArgs{{&relation, 1}, {}}));
  return out;
}

Result<Value> render_argument(const Value& value, NodeContext& ctx,
                              jinja::Interpreter& interpreter) {
  if (value.is_dict()) {
    Value out = Value::dict();
    for (const auto& entry : value.as_dict().entries()) {
      SLUICE_ASSIGN(Value item, render_argument(entry.value, ctx, interpreter));
      out.as_dict().set(entry.key, std::move(item));
    }
    return out;
  }
  if (value.is_list()) {
    std::vector<Value> out;
    for (const Value& item : value.as_items()) {
      SLUICE_ASSIGN(Value rendered, render_argument(item, ctx, interpreter));
      out.push_back(std::move(rendered));
    }
    return Value::list(std::move(out));
  }
  if (!value.is_string()) return value;
  std::string text = value.as_string();
  if (looks_like_call(text)) text = fmt::format("{{{{ {} }}}}", text);
  if (jinja::is_plain_text(text)) return value;
  jinja::Environment environment = interpreter.environment();
  environment.native = true;
  jinja::Interpreter nested(environment, ctx);
  nested.host = &ctx;
  if (const std::string_view model = plainly_tested_model(text); !model.empty()) {
    SLUICE_ASSIGN(std::optional<Value> relation, tested_relation(model, ctx, nested));
    if (relation) return std::move(*relation);
  }
  SLUICE_ASSIGN(
      jinja::Template tmpl,
      jinja::compile_template(text, ctx.node ? ctx.node->original_file_path : SharedText()));
  return nested.render_native(tmpl);
}

// Config values of a test are rendered when it is read, as in dbt: `enabled: "{{ var('on') }}"`.
Status render_config(SharedState& shared, size_t package, jinja::Value& config) {
  NodeContext ctx(shared, nullptr, package, Phase::kParse, nullptr);
  jinja::Environment environment = environment_for(shared, Phase::kParse);
  jinja::Interpreter interpreter(environment, ctx);
  interpreter.host = &ctx;
  for (auto& entry : config.as_dict().entries()) {
    if (!entry.value.is_string() || jinja::is_plain_text(entry.value.as_string())) continue;
    SLUICE_ASSIGN(entry.value, render_argument(entry.value, ctx, interpreter));
  }
  return {};
}

void add_column_tags(const project::ColumnProperties& column, std::vector<std::string>& tags) {
  if (!column.entry.is_dict()) return;
  add_tags(tags, column.entry.as_dict().find("tags"));
  const Value* config = column.entry.as_dict().find("config");
  if (config && config->is_dict()) add_tags(tags, config->as_dict().find("tags"));
}

// The column as the test macro gets it: quoted when its entry says so.
std::string column_argument(const warehouse::Dialect& dialect,
                            const project::ColumnProperties& column) {
  const Value* quote = column.entry.is_dict() ? column.entry.as_dict().find("quote") : nullptr;
  bool quoted = quote && jinja::truth(*quote).value_or(false);
  return quoted ? dialect.quote_identifier(column.name) : column.name.text();
}

// "models/staging/schema.yml" adds "staging": folders below the resource path.
void add_folders(const std::string& file, std::vector<std::string>& fqn) {
  size_t begin = file.find('/') == std::string::npos ? 0 : file.find('/') + 1;
  for (size_t slash = file.find('/', begin); slash != std::string::npos;
       slash = file.find('/', begin)) {
    fqn.push_back(file.substr(begin, slash - begin));
    begin = slash + 1;
  }
}

Error unknown_test(const MacroRegistry& macros, size_t package,
                   const GenericTestDefinition& definition, const TestTarget& target,
                   const Span& span) {
  std::string wanted = definition.macro_namespace.empty()
                           ? definition.test_name
                           : definition.macro_namespace + "." + definition.test_name;
  Error error(ErrorCode::kUnknownMacro,
              fmt::format("test '{}' of {} is not defined", wanted, target.model_text),
              "built-in tests are unique, not_null, accepted_values and relationships; your own go "
              "to tests/generic or macros as {% test name(model, column_name) %}");
  std::string near = macros.suggestion(package, "test_" + definition.test_name);
  if (near.starts_with("test_")) error.set_hint(fmt::format("did you mean '{}'?", near.substr(5)));
  error.add_span(span);
  return error;
}

TestMetadata test_metadata(const GenericTestDefinition& definition, const TestTarget& target) {
  TestMetadata metadata;
  metadata.name = definition.test_name;
  metadata.macro_namespace = definition.macro_namespace;
  metadata.kwargs = Value::dict();
  for (const auto& kwarg : definition.kwargs.as_dict().entries())
    metadata.kwargs.as_dict().set(kwarg.key, kwarg.value);
  metadata.kwargs.as_dict().set(
      "model", Value::string(fmt::format("{{{{ get_where_subquery({}) }}}}", target.model_text)));
  return metadata;
}

// What the entries of a section describe, then what else dbt looks for under their names; empty
// when the section has no tests.
std::vector<ResourceType> tested_types(std::string_view section) {
  if (section == "models")
    return {ResourceType::kModel, ResourceType::kSeed, ResourceType::kSnapshot};
  if (section == "seeds")
    return {ResourceType::kSeed, ResourceType::kModel, ResourceType::kSnapshot};
  if (section == "snapshots")
    return {ResourceType::kSnapshot, ResourceType::kModel, ResourceType::kSeed};
  return {};
}

}  // namespace

Result<Value> render_test_kwargs(const Value& kwargs, NodeContext& ctx,
                                 jinja::Interpreter& interpreter) {
  Value out = Value::dict();
  for (const auto& entry : kwargs.as_dict().entries()) {
    // Column names are text even when they look like something else.
    if (entry.key.is_string() && entry.key.as_string() == "column_name") {
      out.as_dict().set(entry.key, entry.value);
      continue;
    }
    SLUICE_ASSIGN(Value rendered, render_argument(entry.value, ctx, interpreter));
    out.as_dict().set(entry.key, std::move(rendered));
  }
  return out;
}

bool ProjectParser::take_static_test(Draft& draft, NodeContext& ctx) {
  if (!draft.test) return false;
  // dbt does not render these two either when nothing but the tested model matters: they are four
  // fifths of all tests.
  const GenericTestDefinition& test = *draft.test;
  if (!test.macro_namespace.empty() || (test.test_name != "unique" && test.test_name != "not_null"))
    return false;
  const MacroResource* macro = shared_.macros.find_test(draft.node->package, "", test.test_name);
  if (!macro || !shared_.project().packages[macro->package].builtin) return false;
  for (const auto& entry : test.config.as_dict().entries())
    if (entry.value.is_string() && !jinja::is_plain_text(entry.value.as_string())) return false;
  ctx.macro_ids.push_back(macro->unique_id);
  Value overlay = Value::dict();
  for (const auto& entry : test.config.as_dict().entries())
    overlay.as_dict().set(entry.key, entry.value);
  if (draft.node->alias != draft.node->name && !overlay.as_dict().find("alias"))
    overlay.as_dict().set("alias", Value::string(draft.node->alias));
  ctx.in_file_config = overlay;
  ctx.refs = draft.node->refs;
  ctx.sources = draft.node->sources;
  return true;
}

void ProjectParser::draft_test(const TestTarget& target, SharedText attached, SharedText file,
                               size_t package, const project::TestEntry& entry,
                               const project::ColumnProperties* column, TestDrafts& out) const {
  std::string column_name = column ? column_argument(*shared_.dialect, *column) : std::string();
  auto read = read_test_definition(
      entry, column_name,
      shared_.project().behaviour_flags.require_generic_test_arguments_property);
  if (read) {
    Status rendered = render_config(shared_, package, read->config);
    if (!rendered) read = fail(std::move(rendered.error()));
  }
  if (!read) {
    out.errors.add_error(std::move(read.error().locate(entry.span)));
    return;
  }
  if (!shared_.macros.find_test(package, read->macro_namespace, read->test_name)) {
    out.errors.add_error(unknown_test(shared_.macros, package, *read, target, entry.span));
    return;
  }
  warn_test_arguments(*read, target, file, package, entry.span, out.errors);
  Draft draft;
  draft.test = std::make_unique<GenericTestDefinition>(std::move(*read));
  const GenericTestDefinition& definition = *draft.test;
  GenericTestNames names = generic_test_names(definition, target);
  draft.node = std::make_unique<Node>();
  Node& node = *draft.node;
  node.type = ResourceType::kTest;
  node.package = package;
  node.package_name = shared_.project().packages[package].name;
  node.name = names.full;
  node.alias = names.shortened;
  node.path = names.shortened + ".sql";
  node.original_file_path = file;
  node.fqn = {node.package_name};
  add_folders(file, node.fqn);
  node.fqn.push_back(node.name);
  if (const Value* given = definition.kwargs.as_dict().find("column_name"))
    node.column_name = jinja::to_str(*given).value_or(std::string());
  node.attached_node = attached;
  if (column) add_column_tags(*column, node.tags);
  node.description = definition.description;
  node.span = entry.span;
  node.created_at_micros = shared_.options.started_at_micros;
  node.owned_raw_code = generic_test_raw_code(definition, names.needs_alias ? names.shortened : "");
  node.raw_code = node.owned_raw_code;
  node.test_metadata = test_metadata(definition, target);
  node.unique_id =
      fmt::format("test.{}.{}.{}", node.package_name, names.full,
                  generic_test_hash(names.full, definition, node.test_metadata->kwargs));
  out.drafts.push_back(std::move(draft));
}

void ProjectParser::draft_tests_of(const TestTarget& target, SharedText attached, SharedText file,
                                   size_t package, const std::vector<project::TestEntry>& tests,
                                   const std::vector<project::ColumnProperties>& columns,
                                   TestDrafts& out) const {
  for (const project::ColumnProperties& column : columns)
    for (const project::TestEntry& entry : column.tests)
      draft_test(target, attached, file, package, entry, &column, out);
  for (const project::TestEntry& entry : tests)
    draft_test(target, attached, file, package, entry, nullptr, out);
}

void ProjectParser::draft_node_tests(const project::NodeProperties& properties, const Node& node,
                                     TestDrafts& out) const {
  TestTarget target{properties.name, fmt::format("ref('{}')", properties.name), false};
  RefCall ref{"", properties.name, properties.version_text, false, 0};
  if (!properties.version.is_none()) {
    target.name = fmt::format("{}_v{}", properties.name, properties.version_text);
    target.model_text =
        fmt::format("ref('{}', version='{}')", properties.name, properties.version_text);
    ref.version_is_text = properties.version.is_string();
  }
  draft_tests_of(target, node.unique_id, properties.file, properties.package, properties.tests,
                 properties.columns, out);
  const SharedText key_name = fmt::format("{}.{}", properties.yaml_key, properties.name);
  for (Draft& draft : out.drafts) {
    draft.node->group = node.group;
    draft.node->file_key_name = key_name;
    draft.node->refs = {ref};
  }
}

void ProjectParser::draft_source_tests(const project::SourceProperties& group,
                                       const project::SourceTableProperties& table,
                                       TestDrafts& out) const {
  TestTarget target{fmt::format("{}_{}", group.name, table.name),
                    fmt::format("source('{}', '{}')", group.name, table.name), true};
  draft_tests_of(target, "", group.file, group.package, table.tests, table.columns, out);
  const std::string& package = shared_.project().packages[group.package].name;
  const Source* source =
      shared_.manifest.find_source(fmt::format("source.{}.{}.{}", package, group.name, table.name));
  for (Draft& draft : out.drafts) {
    if (source)
      draft.node->tags.insert(draft.node->tags.begin(), source->tags.begin(), source->tags.end());
    draft.node->file_key_name = fmt::format("sources.{}", group.name);
    draft.node->sources = {{group.name, table.name, 0}};
  }
}

void ProjectParser::parse_generic_tests() {
  const project::Project& project = shared_.project();
  std::unordered_map<std::string, const Node*> by_name;
  for (const auto& node : shared_.manifest.nodes)
    if (node->is_refable())
      by_name.emplace(fmt::format("{}\x01{}\x01{}", static_cast<int>(node->type), node->package,
                                  node->versioned_name()),
                      node.get());
  // What has tests, in the order of the project; drafted and rendered in parallel, taken in order.
  std::vector<std::function<void(TestDrafts&)>> jobs;
  for (const project::NodeProperties& properties : project.node_properties) {
    for (const ResourceType type : tested_types(properties.yaml_key)) {
      auto node = by_name.find(fmt::format(
          "{}\x01{}\x01{}{}{}", static_cast<int>(type), properties.package, properties.name,
          properties.version.is_none() ? "" : ".v", properties.version_text));
      if (node == by_name.end()) continue;  // disabled, or warned about already
      jobs.emplace_back([this, &properties, tested = node->second](TestDrafts& out) {
        draft_node_tests(properties, *tested, out);
      });
      break;
    }
  }
  for (const project::SourceProperties& group : project.sources)
    for (const project::SourceTableProperties& table : group.tables)
      jobs.emplace_back(
          [this, &group, &table](TestDrafts& out) { draft_source_tests(group, table, out); });
  std::vector<TestDrafts> drafted(jobs.size());
  parallel_for(jobs.size(), shared_.options.parallelism, [&](size_t i, size_t) {
    jobs[i](drafted[i]);
    for (Draft& draft : drafted[i].drafts) render_draft(draft);
  });
  for (TestDrafts& part : drafted) {
    diagnostics_.append(std::move(part.errors));
    take(part.drafts);
  }
}

}  // namespace sluice::compile
