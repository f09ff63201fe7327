// Sources, exposures, and what this version leaves out.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <span>

#include "compile/project_parser.h"
#include "compile/unrendered_config.h"
#include "jinja/ops.h"

namespace sluice::compile {

using jinja::Value;

namespace {

const Value* member(const Value& dict, std::string_view key) {
  const Value* value = dict.is_dict() ? dict.as_dict().find(key) : nullptr;
  return value && !value->is_none() ? value : nullptr;
}

std::string text_member(const Value& dict, std::string_view key, const std::string& fallback) {
  const Value* value = member(dict, key);
  return value ? jinja::to_str(*value).value_or(fallback) : fallback;
}

void merge_into(Value& target, const Value* overlay) {
  if (!overlay || !overlay->is_dict()) return;
  for (const auto& entry : overlay->as_dict().entries())
    target.as_dict().set(entry.key, entry.value);
}

void add_tags(std::vector<std::string>& tags, const Value* value) {
  if (!value) return;
  std::vector<Value> items;
  if (value->is_string())
    items.push_back(*value);
  else
    items = jinja::iterate(*value).value_or(std::vector<Value>{});
  for (const Value& item : items) {
    std::string tag = jinja::to_str(item).value_or(std::string());
    if (std::find(tags.begin(), tags.end(), tag) == tags.end()) tags.push_back(std::move(tag));
  }
}

Value text_list(const std::vector<std::string>& texts) {
  std::vector<Value> items;
  for (const std::string& text : texts) items.push_back(Value::string(text));
  return Value::list(std::move(items));
}

// "models/staging/sources.yml" below one of the model paths → {"staging"}.
std::vector<std::string> folders_of(const std::string& file) {
  std::vector<std::string> parts;
  size_t begin = 0;
  for (size_t slash = file.find('/'); slash != std::string::npos; slash = file.find('/', begin)) {
    parts.push_back(file.substr(begin, slash - begin));
    begin = slash + 1;
  }
  if (!parts.empty()) parts.erase(parts.begin());  // the resource path itself
  return parts;
}

}  // namespace

void ProjectParser::make_source(const project::SourceProperties& group,
                                const project::SourceTableProperties& table) {
  const project::Project& project = shared_.project();
  auto source = std::make_unique<Source>();
  source->package = group.package;
  source->package_name = project.packages[group.package].name;
  source->source_name = group.name;
  source->name = table.name;
  source->unique_id = fmt::format("source.{}.{}.{}", source->package_name, group.name, table.name);
  source->fqn = {source->package_name};
  for (std::string& folder : folders_of(group.file)) source->fqn.push_back(std::move(folder));
  source->fqn.push_back(group.name);
  source->fqn.push_back(table.name);
  source->path = source->original_file_path = group.file;
  source->database = text_member(group.entry, "database", project.profile.database);
  source->schema = text_member(group.entry, "schema", group.name);
  source->identifier = text_member(table.entry, "identifier", table.name);
  source->loader = text_member(table.entry, "loader", text_member(group.entry, "loader", ""));
  source->source_description = render_description(group.description, group.span);
  source->description = render_description(table.description, table.span, &source->doc_blocks);
  source->columns = make_columns(table.columns);
  source->span = table.span;
  source->created_at_micros = shared_.options.started_at_micros;

  const Value from_project =
      project::project_config(project, group.package, ResourceType::kSource, source->fqn);
  source->config = Value::dict();
  merge_into(source->config, &from_project);
  const Value on_top =
      project::root_config(project, group.package, ResourceType::kSource, source->fqn);
  for (const Value* overlay : {&group.config, &table.config, &on_top}) {
    Status merged = project::merge_config(source->config, *overlay, ResourceType::kSource);
    if (!merged) diagnostics_.add_error(std::move(merged.error().locate(table.span)));
  }
  source->source_meta = Value::dict();
  merge_into(source->source_meta, member(group.entry, "meta"));
  source->meta = Value::dict();
  merge_into(source->meta, &source->source_meta);
  merge_into(source->meta, member(table.entry, "meta"));
  merge_into(source->meta, member(source->config, "meta"));
  add_tags(source->tags, member(group.entry, "tags"));
  add_tags(source->tags, member(table.entry, "tags"));
  add_tags(source->tags, member(source->config, "tags"));
  source->config.as_dict().set("meta", source->meta);
  source->config.as_dict().set("tags", text_list(source->tags));
  source->quoting = Value::dict();
  merge_into(source->quoting, member(group.entry, "quoting"));
  merge_into(source->quoting, member(table.entry, "quoting"));
  if (const Value* external = member(table.entry, "external")) source->external = *external;
  source->unrendered_config = unrendered_config(project, *source, group, table);
  set_freshness(*source, group, table, from_project);
  const Value* enabled = source->config.as_dict().find("enabled");
  bool on = !enabled || jinja::truth(*enabled).value_or(true);
  if (!enabled) source->config.as_dict().set("enabled", Value::boolean(true));
  Result<std::string> rendered =
      source_relation(shared_, *source, nullptr).transform([](const Value& relation) {
        return relation.object_as<Relation>()->render();
      });
  if (rendered)
    source->relation_name = std::move(*rendered);
  else
    diagnostics_.add_error(std::move(rendered.error().locate(table.span)));
  if (on) warn_unmeasurable_source(*source);
  (on ? shared_.manifest.sources : shared_.manifest.disabled_sources).push_back(std::move(source));
}

void ProjectParser::parse_sources() {
  std::map<std::string, Span> seen;
  for (const project::SourceProperties& group : shared_.project().sources) {
    for (const project::SourceTableProperties& table : group.tables) {
      std::string key = fmt::format("{}.{}.{}", group.package, group.name, table.name);
      auto [known, inserted] = seen.emplace(key, table.span);
      if (inserted) {
        make_source(group, table);
        continue;
      }
      Error error(ErrorCode::kDuplicateResource,
                  fmt::format("found two sources with the name '{}_{}'", group.name, table.name),
                  "rename or remove one of them");
      error.add_span(table.span).add_span(known->second);
      diagnostics_.add_error(std::move(error));
    }
  }
}

// Type, maturity and owner, as dbt demands them.
void ProjectParser::check_exposure(const project::OtherProperties& other) {
  constexpr std::string_view kTypes[] = {"dashboard", "notebook", "analysis", "ml", "application"};
  constexpr std::string_view kMaturities[] = {"high", "medium", "low"};
  const auto check = [&](std::string_view key, std::span<const std::string_view> allowed) {
    const Value* given = member(other.entry, key);
    const std::string text = given ? jinja::to_str(*given).value_or(std::string()) : std::string();
    if (std::find(allowed.begin(), allowed.end(), text) != allowed.end()) return;
    if (given == nullptr && key == "maturity") return;
    Error error(ErrorCode::kPropertyInvalid,
                given ? fmt::format("exposure '{}' has an unknown {} \"{}\"", other.name, key, text)
                      : fmt::format("exposure '{}' has no {}", other.name, key),
                fmt::format("use one of {}", fmt::join(allowed, ", ")));
    diagnostics_.add_error(std::move(error.add_span(other.span)));
  };
  check("type", kTypes);
  check("maturity", kMaturities);
  const Value* owner = member(other.entry, "owner");
  if (owner && (member(*owner, "name") || member(*owner, "email"))) return;
  Error error(ErrorCode::kPropertyInvalid,
              fmt::format("exposure '{}' has no owner with a name or an email", other.name),
              "add \"owner: {name: …}\" or \"owner: {email: …}\"");
  diagnostics_.add_error(std::move(error.add_span(other.span)));
}

void ProjectParser::parse_exposures() {
  const project::Project& project = shared_.project();
  for (const project::OtherProperties& other : project.others) {
    if (other.yaml_key != "exposures") continue;
    check_exposure(other);
    warn_exposure_name(other);
    auto exposure = std::make_unique<Exposure>();
    exposure->name = other.name;
    exposure->package = other.package;
    exposure->package_name = project.packages[other.package].name;
    exposure->unique_id = fmt::format("exposure.{}.{}", exposure->package_name, other.name);
    exposure->path = exposure->original_file_path = other.file;
    exposure->fqn = {exposure->package_name};
    for (std::string& folder : folders_of(other.file)) exposure->fqn.push_back(std::move(folder));
    exposure->fqn.push_back(other.name);
    exposure->entry = Value::dict();
    merge_into(exposure->entry, &other.entry);
    if (const Value* description = member(other.entry, "description");
        description && description->is_string())
      exposure->entry.as_dict().set(
          "description", Value::string(render_description(description->as_string(), other.span)));
    exposure->config =
        project::project_config(project, other.package, ResourceType::kExposure, exposure->fqn);
    exposure->unrendered_config =
        project::written_config(project, other.package, ResourceType::kExposure, exposure->fqn);
    merge_into(exposure->unrendered_config, member(other.entry, "config"));
    exposure->span = other.span;
    exposure->created_at_micros = shared_.options.started_at_micros;
    add_tags(exposure->tags, member(other.entry, "tags"));
    if (const Value* config = member(other.entry, "config"))
      add_tags(exposure->tags, member(*config, "tags"));

    const Value* depends_on = member(other.entry, "depends_on");
    std::vector<Value> calls = depends_on
                                   ? jinja::iterate(*depends_on).value_or(std::vector<Value>{})
                                   : std::vector<Value>{};
    NodeContext ctx(shared_, nullptr, other.package, Phase::kParse, nullptr);
    for (const Value& call : calls) {
      std::string text = fmt::format("{{{{ {} }}}}", jinja::to_str(call).value_or(std::string()));
      auto tmpl = jinja::compile_template(text, other.file, other.span.line);
      jinja::Environment environment = environment_for(shared_, Phase::kParse);
      jinja::Interpreter interpreter(environment, ctx);
      interpreter.host = &ctx;
      auto rendered = tmpl ? interpreter.render(*tmpl)
                           : Result<std::string>(tl::unexpected<Error>(tmpl.error()));
      if (!rendered) diagnostics_.add_error(std::move(rendered.error().locate(other.span)));
    }
    exposure->refs = std::move(ctx.refs);
    exposure->sources = std::move(ctx.sources);
    exposure->metrics = std::move(ctx.metrics);
    shared_.manifest.exposures.push_back(std::move(exposure));
  }
}

void ProjectParser::warn_python_models() {
  size_t count = 0;
  Span first;
  for (const project::Package& package : shared_.project().packages)
    for (const project::SourceFile& file : package.files) {
      if (file.kind != project::SourceFile::Kind::kPythonModel) continue;
      if (count++ == 0) first = {file.path, 1, 1, 0, 0};
    }
  if (count == 0) return;
  Error warning(ErrorCode::kProjectInvalid,
                fmt::format("{} {} left out: this version does not support Python models yet",
                            count, count == 1 ? "entry is" : "entries are"),
                "nothing else of the project is affected, but what depends on them will not be "
                "found");
  diagnostics_.add_warning(std::move(warning.add_span(first)));
}

}  // namespace sluice::compile
