#include "compile/relation_members.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "compile/call_arguments.h"
#include "jinja/ops.h"

namespace sluice::compile {

using jinja::CallArgs;
using jinja::Value;

namespace {

// Path or Policy: database, schema, identifier.
class MemberObject final : public jinja::Object {
 public:
  MemberObject(std::string_view type, Value dict) : type_(type), dict_(std::move(dict)) {}
  std::string_view type_name() const override { return type_; }
  const jinja::Dict& dict() const { return dict_.as_dict(); }
  Result<std::optional<Value>> attribute(std::string_view name) const override {
    const Value* found = dict().find(name);
    return found ? std::optional<Value>(*found) : std::nullopt;
  }
  Result<std::optional<Value>> item(const Value& key) const override {
    return key.is_string() ? attribute(key.as_string()) : std::optional<Value>();
  }
  Result<std::optional<Value>> call_method(jinja::Interpreter& interpreter, std::string_view name,
                                           const CallArgs& args) override {
    if (name == "get") return item_or_default(*this, args);
    if (name == "get_part" || name == "get_lowered_part") return part(name, args);
    if (name == "replace") {
      Value copy = copied();
      for (const jinja::KeywordArg& arg : args.keyword) copy.as_dict().set(arg.name, arg.value);
      return Value::object(jinja::make_ref<MemberObject>(type_, copy));
    }
    if (name == "replace_dict") {
      SLUICE_ASSIGN(auto bound, bind_arguments(name, args, {{"dct"}}));
      Value copy = copied();
      if (const jinja::Dict* changes = member_dict(bound[0]))
        for (const auto& entry : changes->entries()) copy.as_dict().set(entry.key, entry.value);
      return Value::object(jinja::make_ref<MemberObject>(type_, copy));
    }
    if (name == "to_dict") {
      SLUICE_ASSIGN(auto bound, bind_arguments(name, args, {{"omit_none", Value::boolean(false)}}));
      SLUICE_ASSIGN(const bool omit_none, jinja::truth(bound[0]));
      Value out = Value::dict();
      for (const auto& entry : dict().entries())
        if (!omit_none || !entry.value.is_none()) out.as_dict().set(entry.key, entry.value);
      return out;
    }
    return jinja::Object::call_method(interpreter, name, args);
  }
  Result<std::string> repr() const override {
    std::string out = fmt::format("{}(", type_);
    for (const auto& entry : dict().entries()) {
      SLUICE_ASSIGN(const std::string text, jinja::to_repr(entry.value));
      out += fmt::format("{}{}={}", out.back() == '(' ? "" : ", ", entry.key.as_string(), text);
    }
    return out + ")";
  }
  bool equals(const Value& other) const override {
    const MemberObject* member = other.object_as<MemberObject>();
    return member && member->type_ == type_ && jinja::equals(member->dict_, dict_);
  }
  std::optional<Value> to_plain() const override { return copied(); }

 private:
  Value copied() const {
    Value copy = Value::dict();
    for (const auto& entry : dict().entries()) copy.as_dict().set(entry.key, entry.value);
    return copy;
  }
  Result<std::optional<Value>> part(std::string_view method, const CallArgs& args) const {
    SLUICE_ASSIGN(auto bound, bind_arguments(method, args, {{"key"}}));
    SLUICE_ASSIGN(std::optional<Value> found, item(bound[0]));
    if (!found) return Value::none();
    if (method == "get_part" || !found->is_string()) return found;
    std::string text = found->as_string();
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return Value::string(std::move(text));
  }

  std::string_view type_;
  Value dict_;
};

class EmptyFrozenSet final : public jinja::Object {
 public:
  std::string_view type_name() const override { return "frozenset"; }
  Result<std::string> repr() const override { return std::string("frozenset()"); }
  Result<std::optional<std::vector<Value>>> iterate() const override {
    return std::vector<Value>{};
  }
  std::optional<size_t> length() const override { return 0; }
  std::optional<Value> to_plain() const override { return Value::list(); }
};

constexpr auto kMembers = std::to_array<std::string_view>(
    {"path", "type", "quote_character", "include_policy", "quote_policy", "dbt_created", "limit",
     "event_time_filter", "require_alias", "catalog", "renameable_relations",
     "replaceable_relations", "external"});

}  // namespace

Value make_path(const RelationParts& parts) {
  const auto text = [](const std::optional<std::string>& part) {
    return part ? Value::string(*part) : Value::none();
  };
  Value dict = Value::dict();
  dict.as_dict().set("database", text(parts.database));
  dict.as_dict().set("schema", text(parts.schema));
  dict.as_dict().set("identifier", text(parts.identifier));
  return Value::object(jinja::make_ref<MemberObject>("Path", std::move(dict)));
}

Value make_policy(const RelationPolicy& policy) {
  Value dict = Value::dict();
  dict.as_dict().set("database", Value::boolean(policy.database));
  dict.as_dict().set("schema", Value::boolean(policy.schema));
  dict.as_dict().set("identifier", Value::boolean(policy.identifier));
  return Value::object(jinja::make_ref<MemberObject>("Policy", std::move(dict)));
}

Value make_empty_frozen_set() { return Value::object(jinja::make_ref<EmptyFrozenSet>()); }

const jinja::Dict* member_dict(const Value& value) {
  if (value.is_dict()) return &value.as_dict();
  const MemberObject* member = value.object_as<MemberObject>();
  return member ? &member->dict() : nullptr;
}

std::span<const std::string_view> relation_member_names() { return kMembers; }

bool relation_has_member(std::string_view name) {
  return std::find(kMembers.begin(), kMembers.end(), name) != kMembers.end();
}

}  // namespace sluice::compile
