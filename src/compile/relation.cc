#include "compile/relation.h"

#include <fmt/format.h>

#include <array>
#include <functional>

#include "compile/batches.h"
#include "compile/call_arguments.h"
#include "compile/relation_class.h"
#include "compile/relation_members.h"
#include "jinja/ops.h"

namespace sluice::compile {

using jinja::CallArgs;
using jinja::Value;
using warehouse::RelationType;

namespace {

Value optional_string(const std::optional<std::string>& text) {
  return text ? Value::string(*text) : Value::none();
}

Value event_time_filter(const RelationParts& parts) {
  if (parts.filter_column.empty()) return Value::none();
  Value out = Value::dict();
  out.as_dict().set("field_name", Value::string(parts.filter_column));
  out.as_dict().set("start", Value::string(moment_text(parts.filter_window.start_micros)));
  out.as_dict().set("end", Value::string(moment_text(parts.filter_window.end_micros)));
  return out;
}

// Overrides those members of `policy` that the arguments name: include(database=false).
Status apply_policy_arguments(const CallArgs& args, RelationPolicy& policy) {
  for (const jinja::KeywordArg& arg : args.keyword) {
    if (arg.value.is_none()) continue;
    SLUICE_ASSIGN(bool on, jinja::truth(arg.value));
    if (arg.name == "database")
      policy.database = on;
    else if (arg.name == "schema")
      policy.schema = on;
    else if (arg.name == "identifier")
      policy.identifier = on;
    else
      return fail(ErrorCode::kJinjaRuntime,
                  fmt::format("unexpected keyword argument '{}'", arg.name),
                  "database, schema and identifier can be given");
  }
  return {};
}

Status apply_policy_dict(const Value& given, RelationPolicy& policy) {
  const jinja::Dict* dict = member_dict(given);
  if (dict == nullptr) return {};
  auto set = [&](std::string_view key, bool& member) {
    const Value* value = dict->find(key);
    if (value && !value->is_none()) member = jinja::truth(*value).value_or(member);
  };
  set("database", policy.database);
  set("schema", policy.schema);
  set("identifier", policy.identifier);
  return {};
}

Status read_part(const Value& value, std::optional<std::string>& part) {
  if (value.is_none() || value.is_undefined()) {
    part.reset();
    return {};
  }
  SLUICE_ASSIGN(part, jinja::to_str(value));
  return {};
}

Status read_type(const Value& value, std::optional<RelationType>& type) {
  if (value.is_none() || value.is_undefined()) {
    type.reset();
    return {};
  }
  SLUICE_ASSIGN(std::string word, jinja::to_str(value));
  type = parse_relation_type(word);
  if (!type)
    return fail(ErrorCode::kJinjaRuntime, fmt::format("'{}' is not a valid relation type", word),
                "use table, view, cte, materialized_view, external, function or pointer_table");
  return {};
}

// Members that create() and incorporate() share.
Status apply_keyword(const jinja::KeywordArg& arg, RelationParts& parts);

Status apply_path(const Value& path, RelationParts& parts) {
  const jinja::Dict* dict = member_dict(path);
  if (dict == nullptr) return {};
  for (const auto& entry : dict->entries())
    if (entry.key.is_string())
      SLUICE_TRY(apply_keyword({entry.key.as_string(), entry.value}, parts));
  return {};
}

Status apply_keyword(const jinja::KeywordArg& arg, RelationParts& parts) {
  if (arg.name == "database") return read_part(arg.value, parts.database);
  if (arg.name == "schema") return read_part(arg.value, parts.schema);
  if (arg.name == "identifier") return read_part(arg.value, parts.identifier);
  if (arg.name == "type") return read_type(arg.value, parts.type);
  if (arg.name == "quote_policy") return apply_policy_dict(arg.value, parts.quote);
  if (arg.name == "include_policy") return apply_policy_dict(arg.value, parts.include);
  if (arg.name == "external") return read_part(arg.value, parts.external);
  if (arg.name == "path") return apply_path(arg.value, parts);
  if (arg.name == "catalog") return read_part(arg.value, parts.catalog);
  if (arg.name == "limit") {
    parts.limit = arg.value.is_int() ? std::optional(arg.value.as_int()) : std::nullopt;
    return {};
  }
  bool RelationParts::* const flag = arg.name == "dbt_created"     ? &RelationParts::created_by_run
                                     : arg.name == "require_alias" ? &RelationParts::requires_alias
                                                                   : nullptr;
  if (flag != nullptr) {
    SLUICE_ASSIGN(parts.*flag, jinja::truth(arg.value));
  }
  return {};  // other engines' extra keys carry no meaning for rendering
}

bool same_text(const std::optional<std::string>& part, const Value& wanted) {
  if (wanted.is_none() || wanted.is_undefined()) return true;
  if (!part || !wanted.is_string()) return false;
  const std::string& text = wanted.as_string();
  return part->size() == text.size() &&
         std::equal(part->begin(), part->end(), text.begin(), [](char a, char b) {
           return std::tolower(static_cast<unsigned char>(a)) ==
                  std::tolower(static_cast<unsigned char>(b));
         });
}

}  // namespace

Value information_schema_view(const Relation& relation, std::optional<std::string> view) {
  RelationParts parts;
  parts.database = relation.parts().database;
  parts.schema = "INFORMATION_SCHEMA";
  parts.identifier = std::move(view);
  parts.quote = relation.parts().quote;
  const warehouse::Dialect& dialect = relation.dialect();
  const std::optional<std::string>& schema = relation.parts().schema;
  if (dialect.information_schema_by_schema() && parts.identifier && schema)
    parts.schema =
        fmt::format("{}.INFORMATION_SCHEMA",
                    relation.parts().quote.schema ? dialect.quote_identifier(*schema) : *schema);
  parts.quote.schema = false;
  parts.quote.identifier = false;
  parts.include.database = relation.parts().database.has_value();
  parts.include.identifier = parts.identifier.has_value();
  return Relation::make(relation.dialect(), std::move(parts));
}

std::optional<RelationType> parse_relation_type(std::string_view word) {
  for (RelationType type : {RelationType::kTable, RelationType::kView, RelationType::kCte,
                            RelationType::kMaterializedView, RelationType::kExternal,
                            RelationType::kFunction, RelationType::kPointerTable})
    if (warehouse::relation_type_name(type) == word) return type;
  return std::nullopt;
}

Value Relation::make(const warehouse::Dialect& dialect, RelationParts parts) {
  return Value::object(jinja::make_ref<Relation>(dialect, std::move(parts)));
}

std::string_view Relation::type_name() const { return dialect_.relation_class(); }

std::string Relation::render() const {
  std::string out;
  if (parts_.external) {
    out = *parts_.external;
  } else {
    auto append = [&](const std::optional<std::string>& part, bool include, bool quote) {
      if (!include || !part) return;
      if (!out.empty()) out += '.';
      out += quote ? dialect_.quote_identifier(*part) : *part;
    };
    append(parts_.database, parts_.include.database, parts_.quote.database);
    append(parts_.schema, parts_.include.schema, parts_.quote.schema);
    append(parts_.identifier, parts_.include.identifier, parts_.quote.identifier);
  }
  return out;
}

std::string Relation::scan_text() const {
  if (parts_.filter_column.empty()) return limited_text();
  return windowed_text(limited_text());
}

std::string Relation::limited_text() const {
  if (!parts_.limit) return render();
  const std::string text =
      *parts_.limit == 0 ? fmt::format("(select * from {} where false limit 0)", render())
                         : fmt::format("(select * from {} limit {})", render(), *parts_.limit);
  return parts_.requires_alias
             ? fmt::format("{} _dbt_limit_subq_{}", text, parts_.identifier.value_or(""))
             : text;
}

std::string Relation::windowed_text(std::string text) const {
  if (parts_.filter_column.empty()) return text;
  text = fmt::format("(select * from {0} where {1} >= '{2}' and {1} < '{3}')", text,
                     parts_.filter_column, moment_text(parts_.filter_window.start_micros),
                     moment_text(parts_.filter_window.end_micros));
  return parts_.requires_alias
             ? fmt::format("{} _dbt_et_filter_subq_{}", text, parts_.identifier.value_or(""))
             : text;
}

warehouse::RelationInfo Relation::info() const {
  return {parts_.database.value_or(""), parts_.schema.value_or(""), parts_.identifier.value_or(""),
          parts_.type.value_or(RelationType::kTable)};
}

Result<std::optional<Value>> Relation::attribute(std::string_view name) const {
  using Member = Value (*)(const RelationParts&);
  static constexpr std::pair<std::string_view, Member> kMembers[] = {
      {"database", [](const RelationParts& parts) { return optional_string(parts.database); }},
      {"schema", [](const RelationParts& parts) { return optional_string(parts.schema); }},
      {"identifier", [](const RelationParts& parts) { return optional_string(parts.identifier); }},
      {"name", [](const RelationParts& parts) { return optional_string(parts.identifier); }},
      {"table", [](const RelationParts& parts) { return optional_string(parts.identifier); }},
      {"type",
       [](const RelationParts& parts) {
         return parts.type ? Value::string(warehouse::relation_type_name(*parts.type))
                           : Value::none();
       }},
      {"path", make_path},
      {"quote_policy", [](const RelationParts& parts) { return make_policy(parts.quote); }},
      {"include_policy", [](const RelationParts& parts) { return make_policy(parts.include); }},
      {"external", [](const RelationParts& parts) { return optional_string(parts.external); }},
      {"limit",
       [](const RelationParts& parts) {
         return parts.limit ? Value::integer(*parts.limit) : Value::none();
       }},
      {"is_pointer",
       [](const RelationParts& parts) {
         return Value::boolean(parts.type == RelationType::kPointerTable);
       }},
      {"catalog", [](const RelationParts& parts) { return optional_string(parts.catalog); }},
      {"event_time_filter", event_time_filter},
      {"dbt_created",
       [](const RelationParts& parts) { return Value::boolean(parts.created_by_run); }},
      {"require_alias",
       [](const RelationParts& parts) { return Value::boolean(parts.requires_alias); }},
      // DuckDB's DDL is transactional, so dbt-duckdb declares neither of these.
      {"can_be_renamed", [](const RelationParts&) { return Value::boolean(false); }},
      {"can_be_replaced", [](const RelationParts&) { return Value::boolean(false); }},
      {"renameable_relations", [](const RelationParts&) { return make_empty_frozen_set(); }},
      {"replaceable_relations", [](const RelationParts&) { return make_empty_frozen_set(); }},
  };
  for (const auto& [known, member] : kMembers)
    if (known == name) return member(parts_);
  if (name == "quote_character") return Value::string(dialect_.quote_character());
  if (name == "metadata") {
    Value metadata = Value::dict();
    metadata.as_dict().set("type", Value::string(type_name()));
    return metadata;
  }
  if (!name.starts_with("is_")) return relation_class_attribute(name);
  std::optional<RelationType> type = parse_relation_type(name.substr(3));
  if (!type) return std::nullopt;
  return Value::boolean(parts_.type == type);
}

Result<std::optional<Value>> Relation::item(const Value& key) const {
  if (key.is_string()) return attribute(key.as_string());
  return std::nullopt;
}

Result<std::optional<Value>> Relation::call_method(jinja::Interpreter& interpreter,
                                                   std::string_view name, const CallArgs& args) {
  RelationParts parts = parts_;
  if (name == "include") {
    SLUICE_TRY(apply_policy_arguments(args, parts.include));
  } else if (name == "quote") {
    SLUICE_TRY(apply_policy_arguments(args, parts.quote));
  } else if (name == "incorporate" || name == "replace_path") {
    for (const jinja::KeywordArg& arg : args.keyword) SLUICE_TRY(apply_keyword(arg, parts));
  } else if (name == "without_identifier") {
    parts.identifier.reset();
    parts.include.identifier = false;
  } else if (name == "replace") {
    SLUICE_ASSIGN(Value copy, replaced(args));
    return copy;
  } else {
    return other_method(interpreter, name, args);
  }
  return make(dialect_, std::move(parts));
}

// Methods that do not make a changed copy.
Result<std::optional<Value>> Relation::other_method(jinja::Interpreter& interpreter,
                                                    std::string_view name, const CallArgs& args) {
  if (name == "render") return Value::string(render());
  if (name == "render_limited") return Value::string(limited_text());
  if (name == "render_event_time_filtered") {
    SLUICE_ASSIGN(auto bound, bind_arguments(name, args, {{"rendered", Value::none()}}));
    SLUICE_ASSIGN(std::string text,
                  bound[0].is_none() ? Result<std::string>(render()) : jinja::to_str(bound[0]));
    return Value::string(windowed_text(std::move(text)));
  }
  if (name == "quoted") {
    SLUICE_ASSIGN(auto bound, bind_arguments(name, args, {{"identifier"}}));
    SLUICE_ASSIGN(const std::string text, jinja::to_str(bound[0]));
    return Value::string(dialect_.wrap_identifier(text));
  }
  if (name == "to_dict") {
    SLUICE_ASSIGN(auto bound, bind_arguments(name, args, {{"omit_none", Value::boolean(false)}}));
    SLUICE_ASSIGN(const bool omit_none, jinja::truth(bound[0]));
    return as_dict(omit_none);
  }
  if (name == "information_schema_only") return information_schema_view(*this, std::nullopt);
  if (name == "information_schema") {
    SLUICE_ASSIGN(auto bound,
                  bind_arguments("information_schema", args, {{"view_name", Value::none()}}));
    std::optional<std::string> view;
    SLUICE_TRY(read_part(bound[0], view));
    return information_schema_view(*this, std::move(view));
  }
  if (name == "matches") {
    SLUICE_ASSIGN(auto bound, bind_arguments("matches", args,
                                             {{"database", Value::none()},
                                              {"schema", Value::none()},
                                              {"identifier", Value::none()}}));
    return Value::boolean(same_text(parts_.database, bound[0]) &&
                          same_text(parts_.schema, bound[1]) &&
                          same_text(parts_.identifier, bound[2]));
  }
  if (name == "get") return item_or_default(*this, args);
  SLUICE_ASSIGN(auto found, relation_class_method(dialect_, RelationPolicy{}, name, args));
  if (found) return found;
  return jinja::Object::call_method(interpreter, name, args);
}

// A copy with other members; a name that no relation has is an error, other than incorporate().
Result<Value> Relation::replaced(const CallArgs& args) const {
  RelationParts parts = parts_;
  for (const jinja::KeywordArg& arg : args.keyword) {
    if (!relation_has_member(arg.name))
      return fail(ErrorCode::kJinjaRuntime,
                  fmt::format("{}.replace() got an unexpected keyword argument '{}'", type_name(),
                              arg.name),
                  "database, schema and identifier are changed by replace_path(…)");
    SLUICE_TRY(apply_keyword(arg, parts));
  }
  return make(dialect_, std::move(parts));
}

Value Relation::as_dict(bool omit_none) const {
  Value out = Value::dict();
  for (const std::string_view name : relation_member_names()) {
    Value value = attribute(name).value_or(std::nullopt).value_or(Value::none());
    if (omit_none && value.is_none()) continue;
    if (std::optional<Value> plain =
            value.is_object() ? value.as_object().to_plain() : std::optional<Value>())
      value = std::move(*plain);
    out.as_dict().set(name, std::move(value));
  }
  return out;
}

Result<std::string> Relation::repr() const { return fmt::format("<{} {}>", type_name(), render()); }

bool Relation::equals(const Value& other) const {
  const Relation* relation = other.object_as<Relation>();
  return relation && relation->parts_.database == parts_.database &&
         relation->parts_.schema == parts_.schema &&
         relation->parts_.identifier == parts_.identifier && relation->parts_.type == parts_.type &&
         relation->render() == render();
}

std::optional<uint64_t> Relation::hash() const { return std::hash<std::string>{}(render()); }

Result<Value> create_relation(const warehouse::Dialect& dialect,
                              const RelationPolicy& default_quote, const CallArgs& args) {
  RelationParts parts;
  parts.quote = default_quote;
  parts.include = dialect.default_include();
  constexpr std::array<std::string_view, 4> kOrder = {"database", "schema", "identifier", "type"};
  if (args.positional.size() > kOrder.size())
    return fail(ErrorCode::kJinjaRuntime, "Relation.create takes at most 4 positional arguments");
  for (size_t i = 0; i < args.positional.size(); ++i)
    SLUICE_TRY(apply_keyword({kOrder[i], args.positional[i]}, parts));
  for (const jinja::KeywordArg& arg : args.keyword) SLUICE_TRY(apply_keyword(arg, parts));
  return Relation::make(dialect, std::move(parts));
}

}  // namespace sluice::compile
