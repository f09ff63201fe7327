// Filters that choose, change or order items, by attribute or by another filter or test.
#include <algorithm>

#include "jinja/attribute_path.h"
#include "jinja/filter_arguments.h"
#include "jinja/filters.h"
#include "jinja/filters_groups.h"
#include "jinja/generator_object.h"
#include "jinja/list_methods.h"
#include "jinja/template.h"

namespace sluice::jinja::filters {

namespace {

Value nothing(Interpreter& interpreter, std::string_view detail) {
  return Value::undefined_with_detail("", std::string(detail), interpreter.environment().undefined);
}

Result<std::vector<Value>> keys_of(Interpreter& interpreter, const std::vector<Value>& items,
                                   const AttributePath& path, bool case_sensitive) {
  std::vector<Value> keys;
  keys.reserve(items.size());
  for (const Value& item : items) {
    SLUICE_ASSIGN(Value key, path.get(interpreter, item));
    if (!case_sensitive) {
      SLUICE_ASSIGN(key, fold_case(interpreter, key));
    }
    keys.push_back(std::move(key));
  }
  return keys;
}

// sort(attribute='a,b'): a key made of several attributes.
Result<std::vector<Value>> sort_keys(Interpreter& interpreter, const std::vector<Value>& items,
                                     const Value& attribute, bool case_sensitive) {
  bool several = attribute.is_string() && attribute.as_string().find(',') != std::string::npos;
  if (!several) {
    SLUICE_ASSIGN(AttributePath path, AttributePath::parse(attribute));
    return keys_of(interpreter, items, path, case_sensitive);
  }
  std::vector<std::vector<Value>> rows(items.size());
  std::string_view text = attribute.as_string();
  for (size_t at = 0; at <= text.size();) {
    size_t comma = std::min(text.find(',', at), text.size());
    SLUICE_ASSIGN(AttributePath path,
                  AttributePath::parse(Value::string(text.substr(at, comma - at))));
    SLUICE_ASSIGN(std::vector<Value> keys, keys_of(interpreter, items, path, case_sensitive));
    for (size_t i = 0; i < keys.size(); ++i) rows[i].push_back(std::move(keys[i]));
    at = comma + 1;
  }
  std::vector<Value> keys;
  for (auto& row : rows) keys.push_back(Value::list(std::move(row)));
  return keys;
}

}  // namespace

Result<Value> sort(Interpreter& interpreter, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound,
                BoundArguments::bind("sort", args, {"reverse", "case_sensitive", "attribute"}));
  SLUICE_ASSIGN(bool reverse, bound.flag(0, false));
  SLUICE_ASSIGN(bool case_sensitive, bound.flag(1, false));
  SLUICE_ASSIGN(std::vector<Value> items, iterate(self));
  SLUICE_ASSIGN(std::vector<Value> keys,
                sort_keys(interpreter, items, bound.value(2), case_sensitive));
  SLUICE_TRY(sort_values(items, keys, reverse));
  return Value::list(std::move(items));
}

Result<Value> dictsort(Interpreter& interpreter, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound,
                BoundArguments::bind("dictsort", args, {"case_sensitive", "by", "reverse"}));
  SLUICE_ASSIGN(bool case_sensitive, bound.flag(0, false));
  SLUICE_ASSIGN(std::string by, bound.text(1, "key"));
  SLUICE_ASSIGN(bool reverse, bound.flag(2, false));
  if (by != "key" && by != "value")
    return runtime_error("You can only sort by either \"key\" or \"value\"");
  SLUICE_ASSIGN(Value generator, filters::items(interpreter, self, {}));
  SLUICE_ASSIGN(std::vector<Value> pairs, iterate(generator));
  SLUICE_ASSIGN(AttributePath path, AttributePath::parse(Value::integer(by == "key" ? 0 : 1)));
  SLUICE_ASSIGN(std::vector<Value> keys, keys_of(interpreter, pairs, path, case_sensitive));
  SLUICE_TRY(sort_values(pairs, keys, reverse));
  return Value::list(std::move(pairs));
}

Result<Value> unique(Interpreter& interpreter, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, BoundArguments::bind("unique", args, {"case_sensitive", "attribute"}));
  SLUICE_ASSIGN(bool case_sensitive, bound.flag(0, false));
  SLUICE_ASSIGN(AttributePath path, AttributePath::parse(bound.value(1)));
  SLUICE_ASSIGN(std::vector<Value> items, iterate(self));
  SLUICE_ASSIGN(std::vector<Value> keys, keys_of(interpreter, items, path, case_sensitive));
  Dict seen;
  std::vector<Value> kept;
  for (size_t i = 0; i < items.size(); ++i) {
    SLUICE_TRY(hash_or_error(keys[i]));
    if (seen.find(keys[i]) != nullptr) continue;
    seen.set(keys[i], Value::none());
    kept.push_back(items[i]);
  }
  return make_generator(std::move(kept));
}

namespace {

Result<Value> extreme(Interpreter& interpreter, const Value& self, const CallArgs& args,
                      bool largest) {
  SLUICE_ASSIGN(auto bound, BoundArguments::bind(largest ? "max" : "min", args,
                                                 {"case_sensitive", "attribute"}));
  SLUICE_ASSIGN(bool case_sensitive, bound.flag(0, false));
  SLUICE_ASSIGN(AttributePath path, AttributePath::parse(bound.value(1)));
  SLUICE_ASSIGN(std::vector<Value> items, iterate(self));
  if (items.empty()) return nothing(interpreter, "No aggregated item, sequence was empty.");
  SLUICE_ASSIGN(std::vector<Value> keys, keys_of(interpreter, items, path, case_sensitive));
  size_t best = 0;
  for (size_t i = 1; i < items.size(); ++i) {
    SLUICE_ASSIGN(int order, compare(keys[i], keys[best], largest ? ">" : "<"));
    if (largest ? order > 0 : order < 0) best = i;
  }
  return items[best];
}

// What groupby gives: a tuple with names.
class GroupObject final : public Object {
 public:
  GroupObject(Value grouper, Value items)
      : pair_(Value::tuple({std::move(grouper), std::move(items)})) {}
  std::string_view type_name() const override { return "_GroupTuple"; }
  Result<std::optional<Value>> attribute(std::string_view name) const override {
    if (name == "grouper") return std::optional<Value>(pair_.as_items()[0]);
    if (name == "list") return std::optional<Value>(pair_.as_items()[1]);
    return std::nullopt;
  }
  Result<std::optional<Value>> item(const Value& key) const override {
    SLUICE_ASSIGN(Value found, get_item(pair_, key, UndefinedFlavor::kDefault));
    if (found.is_undefined()) return std::nullopt;
    return std::optional<Value>(std::move(found));
  }
  Result<std::optional<std::vector<Value>>> iterate() const override {
    return std::optional<std::vector<Value>>(pair_.as_items());
  }
  std::optional<size_t> length() const override { return 2; }
  Result<std::string> repr() const override { return to_repr(pair_); }
  bool equals(const Value& other) const override { return jinja::equals(pair_, other); }
  bool is_sequence() const override { return true; }
  std::optional<Value> to_plain() const override { return pair_; }

 private:
  Value pair_;
};

}  // namespace

Result<Value> min(Interpreter& interpreter, const Value& self, const CallArgs& args) {
  return extreme(interpreter, self, args, false);
}

Result<Value> max(Interpreter& interpreter, const Value& self, const CallArgs& args) {
  return extreme(interpreter, self, args, true);
}

Result<Value> sum(Interpreter& interpreter, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, BoundArguments::bind("sum", args, {"attribute", "start"}));
  SLUICE_ASSIGN(AttributePath path, AttributePath::parse(bound.value(0)));
  SLUICE_ASSIGN(std::vector<Value> items, iterate(self));
  Value total = bound.has(1) ? bound.value(1) : Value::integer(0);
  if (total.is_string()) return runtime_error("sum() can't sum strings [use ''.join(seq) instead]");
  for (const Value& item : items) {
    SLUICE_ASSIGN(Value part, path.get(interpreter, item));
    SLUICE_ASSIGN(total, add(total, part));
  }
  return total;
}

Result<Value> groupby(Interpreter& interpreter, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, BoundArguments::bind("groupby", args,
                                                 {"attribute", "default", "case_sensitive"}, 1));
  SLUICE_ASSIGN(bool case_sensitive, bound.flag(2, false));
  std::optional<Value> otherwise;
  if (!bound.value(1).is_none()) otherwise = bound.value(1);
  SLUICE_ASSIGN(AttributePath path, AttributePath::parse(bound.value(0), std::move(otherwise)));
  SLUICE_ASSIGN(std::vector<Value> items, iterate(self));
  SLUICE_ASSIGN(std::vector<Value> keys, keys_of(interpreter, items, path, case_sensitive));
  SLUICE_TRY(sort_values(items, keys, false));
  std::vector<Value> sorted_keys = keys;
  SLUICE_TRY(sort_values(sorted_keys, {}, false));
  std::vector<Value> groups;
  for (size_t i = 0; i < items.size();) {
    size_t begin = i;
    std::vector<Value> members;
    for (; i < items.size() && equals(sorted_keys[begin], sorted_keys[i]); ++i)
      members.push_back(items[i]);
    SLUICE_ASSIGN(Value grouper, path.get(interpreter, members.front()));
    groups.push_back(
        Value::object(make_ref<GroupObject>(std::move(grouper), Value::list(std::move(members)))));
  }
  return Value::list(std::move(groups));
}

namespace {

Result<Value> map_attribute(Interpreter& interpreter, const std::vector<Value>& items,
                            const CallArgs& args) {
  std::optional<Value> otherwise;
  for (const KeywordArg& keyword : args.keyword) {
    if (keyword.name == "default") {
      if (!keyword.value.is_none()) otherwise = keyword.value;
    } else if (keyword.name != "attribute") {
      return runtime_error("Unexpected keyword argument '" + std::string(keyword.name) + "'");
    }
  }
  SLUICE_ASSIGN(AttributePath path,
                AttributePath::parse(*args.find("attribute"), std::move(otherwise)));
  std::vector<Value> values;
  for (const Value& item : items) {
    SLUICE_ASSIGN(Value value, path.get(interpreter, item));
    values.push_back(std::move(value));
  }
  return make_generator(std::move(values));
}

}  // namespace

Result<Value> map(Interpreter& interpreter, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(bool any, truth(self));
  if (!any) return make_generator({});
  if (args.positional.empty()) {
    if (args.find("attribute") == nullptr) return runtime_error("map requires a filter argument");
    SLUICE_ASSIGN(std::vector<Value> items, iterate(self));
    return map_attribute(interpreter, items, args);
  }
  SLUICE_ASSIGN(std::string name, to_str(args.positional[0]));
  auto index = find_filter(name);
  if (!index) return runtime_error("No filter named '" + name + "'.");
  SLUICE_ASSIGN(std::vector<Value> items, iterate(self));
  CallArgs rest{args.positional.subspan(1), args.keyword};
  std::vector<Value> values;
  values.reserve(items.size());
  for (const Value& item : items) {
    SLUICE_ASSIGN(Value value, filter_at(*index).function(interpreter, item, rest));
    values.push_back(std::move(value));
  }
  return make_generator(std::move(values));
}

namespace {

// select, reject and their attribute forms: keep the items whose (attribute's) test gives `wanted`.
Result<Value> choose(Interpreter& interpreter, const Value& self, const CallArgs& args,
                     bool by_attribute, bool wanted) {
  SLUICE_ASSIGN(bool any, truth(self));
  if (!any) return make_generator({});
  if (by_attribute && args.positional.empty())
    return runtime_error("Missing parameter for attribute name");
  SLUICE_ASSIGN(AttributePath path,
                AttributePath::parse(by_attribute ? args.positional[0] : Value::none()));
  size_t offset = by_attribute ? 1 : 0;
  std::optional<uint32_t> test;
  if (args.positional.size() > offset) {
    SLUICE_ASSIGN(std::string name, to_str(args.positional[offset]));
    test = find_test(name);
    if (!test) return runtime_error("No test named '" + name + "'.");
  }
  CallArgs rest;
  if (test) rest = {args.positional.subspan(offset + 1), args.keyword};
  SLUICE_ASSIGN(std::vector<Value> items, iterate(self));
  std::vector<Value> kept;
  for (Value& item : items) {
    SLUICE_ASSIGN(Value subject, path.get(interpreter, item));
    Result<bool> yes = test ? test_at(*test).function(interpreter, subject, rest) : truth(subject);
    if (!yes) return fail(std::move(yes.error()));
    if (*yes == wanted) kept.push_back(std::move(item));
  }
  return make_generator(std::move(kept));
}

}  // namespace

Result<Value> select(Interpreter& interpreter, const Value& self, const CallArgs& args) {
  return choose(interpreter, self, args, false, true);
}

Result<Value> reject(Interpreter& interpreter, const Value& self, const CallArgs& args) {
  return choose(interpreter, self, args, false, false);
}

Result<Value> selectattr(Interpreter& interpreter, const Value& self, const CallArgs& args) {
  return choose(interpreter, self, args, true, true);
}

Result<Value> rejectattr(Interpreter& interpreter, const Value& self, const CallArgs& args) {
  return choose(interpreter, self, args, true, false);
}

}  // namespace sluice::jinja::filters
