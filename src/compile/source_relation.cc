// What source() gives: a named relation, or the text of an external location (dbt-duckdb's
// `external_location`).
#include <fmt/format.h>

#include "compile/duckdb_target.h"
#include "compile/node_context.h"
#include "jinja/ops.h"

namespace sluice::compile {

using jinja::Value;

namespace {

const Value* source_setting(const Source& source, std::string_view key) {
  // The most specific wins: config, then meta (which holds the source's and the table's).
  for (const Value* dict : {&source.config, &source.meta}) {
    if (!dict->is_dict()) continue;
    const Value* value = dict->as_dict().find(key);
    if (value && !value->is_none()) return value;
  }
  return nullptr;
}

// string.Template: ${name} and $name.
std::string fill_template(std::string_view text, const std::vector<jinja::KeywordArg>& names) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '$') {
      out += text[i];
      continue;
    }
    if (i + 1 < text.size() && text[i + 1] == '$') {
      out += '$';
      ++i;
      continue;
    }
    bool braced = i + 1 < text.size() && text[i + 1] == '{';
    size_t begin = i + (braced ? 2 : 1);
    size_t end = begin;
    while (end < text.size() &&
           (std::isalnum(static_cast<unsigned char>(text[end])) || text[end] == '_'))
      ++end;
    std::string_view name = text.substr(begin, end - begin);
    bool filled = false;
    for (const jinja::KeywordArg& arg : names)
      if (arg.name == name) {
        out += jinja::to_str(arg.value).value_or(std::string());
        filled = true;
      }
    if (!filled) {
      out += '$';
      continue;
    }
    i = braced ? end : end - 1;
  }
  return out;
}

Result<std::string> format_location(const Source& source, const std::string& location) {
  std::vector<jinja::KeywordArg> names = {{"name", Value::string(source.name)},
                                          {"identifier", Value::string(source.identifier)},
                                          {"schema", Value::string(source.schema)},
                                          {"database", Value::string(source.database)},
                                          {"source_name", Value::string(source.source_name)}};
  for (const Value* dict : {&source.meta, &source.config}) {
    if (!dict->is_dict()) continue;
    for (const auto& entry : dict->as_dict().entries())
      if (entry.key.is_string()) names.push_back({entry.key.as_string(), entry.value});
  }
  const Value* formatter = source_setting(source, "formatter");
  std::string style = formatter ? jinja::to_str(*formatter).value_or(std::string()) : "newstyle";
  if (style == "template") return fill_template(location, names);
  if (style == "oldstyle") {
    Value mapping = Value::dict();
    for (const jinja::KeywordArg& arg : names) mapping.as_dict().set(arg.name, arg.value);
    return jinja::percent_format(location, mapping);
  }
  if (style != "newstyle")
    return fail(ErrorCode::kConfigInvalid,
                fmt::format("unknown formatter '{}' of source '{}.{}'", style, source.source_name,
                            source.name),
                "use newstyle, oldstyle or template");
  return jinja::brace_format(location, jinja::CallArgs{{}, names});
}

// Sources that are something else than a table of that name are dbt-duckdb's alone. For `check`
// tables stand in for all.
bool may_be_external(const SharedState& shared, const Node* reader) {
  if (reader != nullptr && shared.options.flags.sources_by_name) return false;
  return shared.dialect->adapter_type() == "duckdb";
}

}  // namespace

Result<Value> source_relation(const SharedState& shared, const Source& source, const Node* reader) {
  RelationParts parts;
  if (!source.database.empty()) parts.database = source.database;
  parts.schema = source.schema;
  parts.identifier = source.identifier;
  parts.quote = shared.default_quote;
  parts.include = shared.dialect->default_include();
  if (source.quoting.is_dict()) {
    auto apply = [&](std::string_view key, bool& member) {
      const Value* on = source.quoting.as_dict().find(key);
      if (on && !on->is_none()) member = jinja::truth(*on).value_or(member);
    };
    apply("database", parts.quote.database);
    apply("schema", parts.quote.schema);
    apply("identifier", parts.quote.identifier);
  }
  const bool is_duckdb = may_be_external(shared, reader);
  const Value* location = is_duckdb ? source_setting(source, "external_location") : nullptr;
  const Value* plugin = is_duckdb ? source_setting(source, "plugin") : nullptr;
  if (plugin && plugin->is_string()) {
    SLUICE_ASSIGN(
        parts.external,
        plugin_reader(shared.project().profile, plugin->as_string(), [&](std::string_view key) {
          const Value* value = source_setting(source, key);
          return value ? jinja::to_str(*value).value_or("") : std::string();
        }));
  } else if (location && location->is_string()) {
    SLUICE_ASSIGN(std::string rendered, format_location(source, location->as_string()));
    // A path alone is quoted; a function call or a quoted text stands as it is.
    bool complete =
        rendered.find('(') != std::string::npos || rendered.find('\'') != std::string::npos;
    parts.external = complete ? rendered : "'" + rendered + "'";
  }
  const Value* event_time =
      source.config.is_dict() ? source.config.as_dict().find("event_time") : nullptr;
  restrict_scan(shared, reader, event_time, parts);
  return Relation::make(*shared.dialect, std::move(parts));
}

}  // namespace sluice::compile
