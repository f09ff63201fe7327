// Truth, equality, order, hashing, membership, length and iteration.
#include "jinja/ops.h"

#include <fmt/format.h>

#include <algorithm>

#include "jinja/numbers.h"
#include "jinja/ops_errors.h"
#include "jinja/value_bigint.h"
#include "jinja/value_hash.h"
#include "jinja/value_text.h"

namespace sluice::jinja {
namespace {

// One character of a string as its own string value, for iteration.
std::vector<Value> characters(std::string_view text) {
  std::vector<Value> items;
  for (size_t position = 0; position < text.size();) {
    const size_t start = position;
    next_code_point(text, position);
    items.push_back(Value::string(text.substr(start, position - start)));
  }
  return items;
}

std::vector<Value> keys_of(const std::vector<Dict::Entry>& entries) {
  std::vector<Value> keys;
  keys.reserve(entries.size());
  for (const Dict::Entry& entry : entries) keys.push_back(entry.key);
  return keys;
}

bool items_equal(const std::vector<Value>& a, const std::vector<Value>& b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(),
                    [](const Value& x, const Value& y) { return equals(x, y); });
}

bool dicts_equal(const Dict& a, const Dict& b) {
  if (a.size() != b.size()) return false;
  for (const Dict::Entry& entry : a.entries()) {
    const Value* other = b.find(entry.key);
    if (other == nullptr || !equals(entry.value, *other)) return false;
  }
  return true;
}

bool is_subset(const Set& a, const Set& b) {
  if (a.size() > b.size()) return false;
  return std::all_of(a.entries().begin(), a.entries().end(),
                     [&b](const Dict::Entry& entry) { return b.contains(entry.key); });
}

// The three-way answer that makes the operator come out as `holds`.
int answer_for(std::string_view op, bool holds) {
  const bool less = !op.empty() && op.front() == '<';
  return holds == less ? -1 : 1;
}

int compare_sets(const Set& a, const Set& b, std::string_view op) {
  bool holds = false;
  if (op == "<")
    holds = a.size() < b.size() && is_subset(a, b);
  else if (op == "<=")
    holds = is_subset(a, b);
  else if (op == ">")
    holds = b.size() < a.size() && is_subset(b, a);
  else
    holds = is_subset(b, a);
  return answer_for(op, holds);
}

Result<int> compare_items(const std::vector<Value>& a, const std::vector<Value>& b,
                          std::string_view op) {
  const size_t shared = std::min(a.size(), b.size());
  for (size_t i = 0; i < shared; ++i)
    if (!equals(a[i], b[i])) return compare(a[i], b[i], op);
  return a.size() < b.size() ? -1 : (a.size() > b.size() ? 1 : 0);
}

std::optional<int> compare_objects(const Value& a, const Value& b) {
  if (a.is_object())
    if (const std::optional<int> order = a.as_object().compare(b)) return order;
  if (b.is_object())
    if (const std::optional<int> order = b.as_object().compare(a)) return -*order;
  return std::nullopt;
}

// One of the two is an object.
bool equals_object(const Value& a, const Value& b) {
  if (a.identity() == b.identity()) return true;
  return (a.is_object() && a.as_object().equals(b)) || (b.is_object() && b.as_object().equals(a));
}

bool equals_same_kind(const Value& a, const Value& b) {
  switch (a.kind()) {
    case Kind::kUndefined:
    case Kind::kNone:
      return true;
    case Kind::kList:
    case Kind::kTuple:
      return items_equal(a.as_items(), b.as_items());
    case Kind::kDict:
      return dicts_equal(a.as_dict(), b.as_dict());
    case Kind::kSet:
      return a.as_set().size() == b.as_set().size() && is_subset(a.as_set(), b.as_set());
    default:
      return false;
  }
}

Result<bool> contains_key(const Value& container, const Value& item) {
  SLUICE_TRY(hash_or_error(item));
  return container.is_dict() ? container.as_dict().find(item) != nullptr
                             : container.as_set().contains(item);
}

bool contains_item(const std::vector<Value>& items, const Value& item) {
  return std::any_of(items.begin(), items.end(),
                     [&item](const Value& candidate) { return equals(candidate, item); });
}

std::optional<uint64_t> hash_items(const std::vector<Value>& items) {
  uint64_t result = items.size();
  for (const Value& item : items) {
    const std::optional<uint64_t> part = hash(item);
    if (!part) return std::nullopt;
    result = combine_hashes(result, *part);
  }
  return result;
}

}  // namespace

std::string_view type_name(const Value& value) {
  switch (value.kind()) {
    case Kind::kUndefined:
      return "Undefined";
    case Kind::kNone:
      return "NoneType";
    case Kind::kBool:
      return "bool";
    case Kind::kInt:
    case Kind::kBigInt:
      return "int";
    case Kind::kFloat:
      return "float";
    case Kind::kString:
      return "str";
    case Kind::kMarkup:
      return "Markup";
    case Kind::kList:
      return "list";
    case Kind::kTuple:
      return "tuple";
    case Kind::kDict:
      return "dict";
    case Kind::kSet:
      return "set";
    case Kind::kObject:
      return value.as_object().type_name();
  }
  return "object";
}

Error undefined_error(const Value& undefined) {
  const UndefinedNode& node = undefined.as_undefined();
  const ErrorCode code = node.unsafe ? ErrorCode::kJinjaSecurity : ErrorCode::kJinjaUndefined;
  if (!node.detail.empty()) return {code, node.detail};
  return {code, "'" + node.name + "' is undefined"};
}

Result<bool> truth(const Value& value) {
  switch (value.kind()) {
    case Kind::kUndefined:
    case Kind::kNone:
      return false;
    case Kind::kBool:
      return value.as_bool();
    case Kind::kInt:
      return value.as_int() != 0;
    case Kind::kBigInt:
      return true;
    case Kind::kFloat:
      return value.as_float() != 0.0;
    case Kind::kString:
    case Kind::kMarkup:
      return !value.as_string().empty();
    case Kind::kList:
    case Kind::kTuple:
      return !value.as_items().empty();
    case Kind::kDict:
      return !value.as_dict().empty();
    case Kind::kSet:
      return value.as_set().size() != 0;
    case Kind::kObject:
      return value.as_object().truth();
  }
  return false;
}

bool equals(const Value& a, const Value& b) {
  if (a.is_int() && b.is_int()) return a.as_int() == b.as_int();
  if (a.is_string() && b.is_string())
    return a.identity() == b.identity() || a.as_string() == b.as_string();
  if (is_number_kind(a) && is_number_kind(b)) return number_equals(a, b);
  if (a.is_object() || b.is_object()) return equals_object(a, b);
  if (a.kind() != b.kind()) return false;
  if (a.identity() != nullptr && a.identity() == b.identity()) return true;
  return equals_same_kind(a, b);
}

Result<int> compare(const Value& a, const Value& b, std::string_view op) {
  if (is_number_kind(a) && is_number_kind(b)) {
    const std::optional<int> order = number_compare(a, b);
    return order ? *order : answer_for(op, false);
  }
  if (a.is_string() && b.is_string()) {
    const int order = a.as_string().compare(b.as_string());
    return order;
  }
  if (a.is_undefined()) return fail(undefined_error(a));
  if (b.is_undefined()) return fail(undefined_error(b));
  if (a.kind() == b.kind()) {
    if (a.is_sequence()) return compare_items(a.as_items(), b.as_items(), op);
    if (a.is_set()) return compare_sets(a.as_set(), b.as_set(), op);
  }
  if (const std::optional<int> order = compare_objects(a, b)) return *order;
  return runtime_failure(fmt::format("'{}' not supported between instances of '{}' and '{}'", op,
                                     type_name(a), type_name(b)));
}

Result<bool> contains(const Value& container, const Value& item) {
  switch (container.kind()) {
    case Kind::kUndefined:
      return false;
    case Kind::kString:
    case Kind::kMarkup:
      if (!item.is_string())
        return runtime_failure(
            fmt::format("'in <string>' requires string as left operand, not {}", type_name(item)));
      return container.as_string().find(item.as_string()) != std::string::npos;
    case Kind::kList:
    case Kind::kTuple:
      return contains_item(container.as_items(), item);
    case Kind::kDict:
    case Kind::kSet:
      return contains_key(container, item);
    case Kind::kObject: {
      const Object& object = container.as_object();
      if (object.is_mapping()) {
        SLUICE_ASSIGN(const std::optional<Value> found, object.item(item));
        return found.has_value();
      }
      SLUICE_ASSIGN(const auto items, object.iterate());
      if (items) return contains_item(*items, item);
      break;
    }
    default:
      break;
  }
  return runtime_failure(
      fmt::format("argument of type '{}' is not iterable", type_name(container)));
}

std::optional<uint64_t> hash(const Value& value) {
  switch (value.kind()) {
    case Kind::kUndefined:
      return 0x756e646566ULL;
    case Kind::kNone:
      return 0x4e6f6e65ULL;
    case Kind::kBool:
      return hash_integer(value.as_bool() ? 1 : 0);
    case Kind::kInt:
      return hash_integer(value.as_int());
    case Kind::kBigInt:
      return hash_float(bigint_to_float(value));
    case Kind::kFloat:
      return hash_float(value.as_float());
    case Kind::kString:
    case Kind::kMarkup:
      return hash_text(value.as_string());
    case Kind::kTuple:
      return hash_items(value.as_items());
    case Kind::kObject:
      return value.as_object().hash();
    case Kind::kList:
    case Kind::kDict:
    case Kind::kSet:
      return std::nullopt;
  }
  return std::nullopt;
}

Result<uint64_t> hash_or_error(const Value& value) {
  const std::optional<uint64_t> result = hash(value);
  if (result) return *result;
  const Value* culprit = &value;
  while (culprit->is_tuple()) {
    const auto& items = culprit->as_items();
    culprit = &*std::find_if(items.begin(), items.end(),
                             [](const Value& item) { return !hash(item).has_value(); });
  }
  return runtime_failure(fmt::format("unhashable type: '{}'", type_name(*culprit)));
}

Result<size_t> length(const Value& value) {
  switch (value.kind()) {
    case Kind::kUndefined:
      return 0;
    case Kind::kString:
    case Kind::kMarkup:
      return utf8_length(value.as_string());
    case Kind::kList:
    case Kind::kTuple:
      return value.as_items().size();
    case Kind::kDict:
      return value.as_dict().size();
    case Kind::kSet:
      return value.as_set().size();
    case Kind::kObject:
      if (const std::optional<size_t> size = value.as_object().length()) return *size;
      break;
    default:
      break;
  }
  return runtime_failure(fmt::format("object of type '{}' has no len()", type_name(value)));
}

Result<std::vector<Value>> iterate(const Value& value) {
  switch (value.kind()) {
    case Kind::kUndefined:
      return std::vector<Value>();
    case Kind::kString:
    case Kind::kMarkup:
      return characters(value.as_string());
    case Kind::kList:
    case Kind::kTuple:
      return value.as_items();
    case Kind::kDict:
      return keys_of(value.as_dict().entries());
    case Kind::kSet:
      return keys_of(value.as_set().entries());
    case Kind::kObject: {
      SLUICE_ASSIGN(auto items, value.as_object().iterate());
      if (items) return std::move(*items);
      break;
    }
    default:
      break;
  }
  return runtime_failure(fmt::format("'{}' object is not iterable", type_name(value)));
}

}  // namespace sluice::jinja
