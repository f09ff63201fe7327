// Methods of dict.
#include <fmt/format.h>

#include "jinja/dict_methods.h"
#include "jinja/ops.h"
#include "jinja/ops_errors.h"
#include "jinja/ops_methods.h"
#include "jinja/value_views.h"

namespace sluice::jinja {
namespace {

Result<Value> dict_clear(Interpreter& /*interpreter*/, const Value& self,
                         const CallArgs& /*args*/) {
  self.as_dict().clear();
  return Value::none();
}

Result<Value> dict_copy(Interpreter& /*interpreter*/, const Value& self, const CallArgs& /*args*/) {
  return copy_dict(self.as_dict());
}

Result<Value> dict_fromkeys(Interpreter& /*interpreter*/, const Value& /*self*/,
                            const CallArgs& args) {
  SLUICE_ASSIGN(const std::vector<Value> keys, iterate(args.positional[0]));
  Value result = Value::dict();
  for (const Value& key : keys) {
    SLUICE_TRY(hash_or_error(key));
    result.as_dict().set(key, args.positional.size() > 1 ? args.positional[1] : Value::none());
  }
  return result;
}

Result<Value> dict_get(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_TRY(hash_or_error(args.positional[0]));
  if (const Value* found = self.as_dict().find(args.positional[0])) return *found;
  return args.positional.size() > 1 ? args.positional[1] : Value::none();
}

Result<Value> dict_items(Interpreter& /*interpreter*/, const Value& self,
                         const CallArgs& /*args*/) {
  return Value::object(make_ref<DictView>(self, DictPart::kItems));
}

Result<Value> dict_keys(Interpreter& /*interpreter*/, const Value& self, const CallArgs& /*args*/) {
  return Value::object(make_ref<DictView>(self, DictPart::kKeys));
}

Result<Value> dict_values(Interpreter& /*interpreter*/, const Value& self,
                          const CallArgs& /*args*/) {
  return Value::object(make_ref<DictView>(self, DictPart::kValues));
}

Result<Value> dict_pop(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  const Value key = args.positional[0];
  SLUICE_TRY(hash_or_error(key));
  if (const Value* found = self.as_dict().find(key)) {
    Value value = *found;
    self.as_dict().erase(key);
    return value;
  }
  if (args.positional.size() > 1) return args.positional[1];
  SLUICE_ASSIGN(const std::string shown, to_repr(key));
  return runtime_failure("KeyError: " + shown);
}

Result<Value> dict_popitem(Interpreter& /*interpreter*/, const Value& self,
                           const CallArgs& /*args*/) {
  Dict& dict = self.as_dict();
  if (dict.empty()) return runtime_failure("KeyError: 'popitem(): dictionary is empty'");
  const Value key = dict.entries().back().key;
  Value pair = Value::tuple({key, dict.entries().back().value});
  dict.erase(key);
  return pair;
}

Result<Value> dict_setdefault(Interpreter& /*interpreter*/, const Value& self,
                              const CallArgs& args) {
  SLUICE_TRY(hash_or_error(args.positional[0]));
  if (const Value* found = self.as_dict().find(args.positional[0])) return *found;
  Value value = args.positional.size() > 1 ? args.positional[1] : Value::none();
  self.as_dict().set(args.positional[0], value);
  return value;
}

Result<Value> dict_update(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  if (args.positional.size() > 1)
    return runtime_failure(
        fmt::format("update expected at most 1 argument, got {}", args.positional.size()));
  if (!args.positional.empty()) {
    const Value source = args.positional[0];
    SLUICE_TRY(update_dict(self.as_dict(), source));
  }
  for (const KeywordArg& arg : args.keyword) self.as_dict().set(arg.name, arg.value);
  return Value::none();
}

constexpr MethodTable kDictMethods(std::to_array<Method>({
    {"clear", dict_clear, Arity::kNone},
    {"copy", dict_copy, Arity::kNone},
    {"fromkeys", dict_fromkeys, Arity::kPositional, 1, 2},
    {"get", dict_get, Arity::kPositional, 1, 2},
    {"items", dict_items, Arity::kNone},
    {"keys", dict_keys, Arity::kNone},
    {"pop", dict_pop, Arity::kPositional, 1, 2},
    {"popitem", dict_popitem, Arity::kNone},
    {"setdefault", dict_setdefault, Arity::kPositional, 1, 2},
    {"update", dict_update, Arity::kKeywords},
    {"values", dict_values, Arity::kNone},
}));

}  // namespace

const Method* find_dict_method(std::string_view name) { return kDictMethods.find(name); }

Value copy_dict(const Dict& dict) {
  Value result = Value::dict();
  for (const Dict::Entry& entry : dict.entries()) result.as_dict().set(entry.key, entry.value);
  return result;
}

Status update_dict(Dict& dict, const Value& source) {
  if (source.is_dict()) {
    if (&source.as_dict() == &dict) return {};
    for (const Dict::Entry& entry : source.as_dict().entries()) dict.set(entry.key, entry.value);
    return {};
  }
  SLUICE_ASSIGN(const std::vector<Value> items, iterate(source));
  if (source.is_object() && source.as_object().is_mapping()) {
    for (const Value& key : items) {
      SLUICE_TRY(hash_or_error(key));
      SLUICE_ASSIGN(std::optional<Value> value, source.as_object().item(key));
      dict.set(key, value ? std::move(*value) : Value::none());
    }
    return {};
  }
  for (size_t i = 0; i < items.size(); ++i) {
    Result<std::vector<Value>> pair = iterate(items[i]);
    if (!pair)
      return runtime_failure(
          fmt::format("cannot convert dictionary update sequence element #{} to a sequence", i));
    if (pair->size() != 2)
      return runtime_failure(fmt::format(
          "dictionary update sequence element #{} has length {}; 2 is required", i, pair->size()));
    SLUICE_TRY(hash_or_error((*pair)[0]));
    dict.set((*pair)[0], (*pair)[1]);
  }
  return {};
}

}  // namespace sluice::jinja
