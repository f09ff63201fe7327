#include "compile/relation_class.h"

#include <fmt/format.h>

#include <array>

#include "compile/call_arguments.h"
#include "compile/relation_members.h"
#include "jinja/ops.h"

namespace sluice::compile {

using jinja::CallArgs;
using jinja::Value;

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kTypes = {{
    {"Table", "table"},
    {"View", "view"},
    {"CTE", "cte"},
    {"MaterializedView", "materialized_view"},
    {"External", "external"},
    {"Function", "function"},
    {"PointerTable", "pointer_table"},
}};

std::optional<Value> type_word(std::string_view name) {
  for (const auto& [known, word] : kTypes)
    if (known == name) return Value::string(word);
  return std::nullopt;
}

// Relation.get_relation_type: a type by its word or by its name.
class RelationTypes final : public jinja::Object {
 public:
  std::string_view type_name() const override { return "type"; }
  bool callable() const override { return true; }
  Result<std::optional<Value>> attribute(std::string_view name) const override {
    return type_word(name);
  }
  Result<Value> call(jinja::Interpreter&, const CallArgs& args) override {
    SLUICE_ASSIGN(auto bound, bind_arguments("get_relation_type", args, {{"value"}}));
    SLUICE_ASSIGN(std::string word, jinja::to_str(bound[0]));
    if (parse_relation_type(word)) return Value::string(std::move(word));
    return fail(ErrorCode::kJinjaRuntime, fmt::format("'{}' is not a valid relation type", word),
                "use table, view, cte, materialized_view, external, function or pointer_table");
  }
};

class RelationClass final : public jinja::Object {
 public:
  RelationClass(const warehouse::Dialect& dialect, RelationPolicy quote)
      : dialect_(dialect), quote_(quote) {}
  std::string_view type_name() const override { return "type"; }
  bool callable() const override { return true; }
  Result<Value> call(jinja::Interpreter&, const CallArgs& args) override {
    return create_relation(dialect_, quote_, args);
  }
  Result<std::optional<Value>> attribute(std::string_view name) const override {
    return relation_class_attribute(name);
  }
  Result<std::optional<Value>> call_method(jinja::Interpreter& interpreter, std::string_view name,
                                           const CallArgs& args) override {
    SLUICE_ASSIGN(auto found, relation_class_method(dialect_, quote_, name, args));
    if (found) return found;
    return jinja::Object::call_method(interpreter, name, args);
  }

 private:
  const warehouse::Dialect& dialect_;
  RelationPolicy quote_;
};

constexpr std::string_view kEphemeralPrefix = "__dbt__cte__";

// What scd_args() gives to a hash: the columns of the key, then when the row changed.
Result<Value> scd_args(const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, bind_arguments("scd_args", args, {{"primary_key"}, {"updated_at"}}));
  std::vector<Value> out;
  if (bound[0].is_sequence())
    out = bound[0].as_items();
  else
    out.push_back(bound[0]);
  out.push_back(bound[1]);
  return Value::list(std::move(out));
}

// The CTE that an ephemeral model becomes.
Result<Value> create_ephemeral(const warehouse::Dialect& dialect, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, bind_arguments("create_ephemeral_from", args, {{"node"}}));
  SLUICE_ASSIGN(const Value identifier, identifier_of(bound[0]));
  SLUICE_ASSIGN(const std::string name, jinja::to_str(identifier));
  RelationParts parts;
  parts.identifier = std::string(kEphemeralPrefix) + name;
  parts.type = warehouse::RelationType::kCte;
  parts.quote.identifier = false;
  return Relation::make(dialect, std::move(parts));
}

}  // namespace

std::optional<Value> relation_class_attribute(std::string_view name) {
  if (name == "ADDITIONAL_PROPERTIES") return Value::boolean(false);
  if (name == "get_relation_type") return Value::object(jinja::make_ref<RelationTypes>());
  return type_word(name);
}

Result<std::optional<Value>> relation_class_method(const warehouse::Dialect& dialect,
                                                   const RelationPolicy& default_quote,
                                                   std::string_view name, const CallArgs& args) {
  if (name == "create") {
    SLUICE_ASSIGN(Value out, create_relation(dialect, default_quote, args));
    return out;
  }
  if (name == "from_dict") {
    SLUICE_ASSIGN(auto bound, bind_arguments(name, args, {{"d"}}));
    std::vector<jinja::KeywordArg> members;
    if (const jinja::Dict* dict = member_dict(bound[0]))
      for (const auto& entry : dict->entries())
        if (entry.key.is_string()) members.push_back({entry.key.as_string(), entry.value});
    SLUICE_ASSIGN(Value out, create_relation(dialect, default_quote, {{}, members}));
    return out;
  }
  if (name == "get_default_quote_policy") return make_policy(dialect.default_quoting());
  if (name == "get_default_include_policy") return make_policy(dialect.default_include());
  if (name == "add_ephemeral_prefix") {
    SLUICE_ASSIGN(auto bound, bind_arguments(name, args, {{"name"}}));
    SLUICE_ASSIGN(const std::string text, jinja::to_str(bound[0]));
    return Value::string(std::string(kEphemeralPrefix) + text);
  }
  if (name == "create_ephemeral_from") {
    SLUICE_ASSIGN(Value out, create_ephemeral(dialect, args));
    return out;
  }
  if (name == "scd_args") {
    SLUICE_ASSIGN(Value out, scd_args(args));
    return out;
  }
  return std::nullopt;
}

Result<Value> identifier_of(const Value& node) {
  for (const std::string_view name : {"identifier", "alias"}) {
    SLUICE_ASSIGN(const Value found,
                  jinja::get_attribute(node, name, jinja::UndefinedFlavor::kCapture));
    if (!found.is_undefined() && !found.is_none()) return found;
  }
  return fail(ErrorCode::kJinjaRuntime,
              fmt::format("a relation or a model is needed, got a '{}'", jinja::type_name(node)),
              "pass this, model or ref(…)");
}

Value make_relation_class(const warehouse::Dialect& dialect, const RelationPolicy& default_quote) {
  return Value::object(jinja::make_ref<RelationClass>(dialect, default_quote));
}

}  // namespace sluice::compile
