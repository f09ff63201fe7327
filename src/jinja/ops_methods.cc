#include "jinja/ops_methods.h"

#include <fmt/format.h>

#include <limits>

#include "jinja/numbers.h"
#include "jinja/ops.h"
#include "jinja/ops_errors.h"
#include "jinja/value_bigint.h"

namespace sluice::jinja {

const Method* find_method(const Value& self, std::string_view name) {
  switch (self.kind()) {
    case Kind::kString:
    case Kind::kMarkup:
      return find_str_method(name);
    case Kind::kList:
      return find_list_method(name);
    case Kind::kTuple:
      return find_tuple_method(name);
    case Kind::kDict:
      return find_dict_method(name);
    case Kind::kSet:
      return find_set_method(name);
    case Kind::kBool:
    case Kind::kInt:
    case Kind::kBigInt:
    case Kind::kFloat:
      return find_number_method(self, name);
    case Kind::kUndefined:
    case Kind::kNone:
    case Kind::kObject:
      return nullptr;
  }
  return nullptr;
}

namespace {

tl::unexpected<Error> wrong_positional_count(const Method& method, size_t given) {
  const bool few = given < method.min;
  const size_t bound = few ? method.min : method.max;
  const char* relation = few ? "at least " : "at most ";
  if (method.min == method.max) relation = "";
  return runtime_failure(fmt::format("{} expected {}{} argument{}, got {}", method.name, relation,
                                     bound, bound == 1 ? "" : "s", given));
}

Status check_count(const Value& self, const Method& method, size_t given) {
  switch (method.arity) {
    case Arity::kNone:
      if (given != 0)
        return runtime_failure(fmt::format("{}.{}() takes no arguments ({} given)", type_name(self),
                                           method.name, given));
      break;
    case Arity::kOne:
      if (given != 1)
        return runtime_failure(fmt::format("{}.{}() takes exactly one argument ({} given)",
                                           type_name(self), method.name, given));
      break;
    case Arity::kPositional:
      if (given < method.min || (given > method.max && method.max != kAnyNumber))
        return wrong_positional_count(method, given);
      break;
    case Arity::kKeywords:
      break;
  }
  return {};
}

}  // namespace

Result<Value> call_checked(Interpreter& interpreter, const Value& self, const Method& method,
                           const CallArgs& args) {
  if (method.arity != Arity::kKeywords && !args.keyword.empty())
    return runtime_failure(
        fmt::format("{}.{}() takes no keyword arguments", type_name(self), method.name));
  SLUICE_TRY(check_count(self, method, args.positional.size()));
  return method.function(interpreter, self, args);
}

Status bind_arguments_into(std::string_view method, std::span<const std::string_view> names,
                           const CallArgs& args, std::span<const Value*> bound) {
  const size_t given = args.positional.size() + args.keyword.size();
  if (given > names.size())
    return runtime_failure(fmt::format("{}() takes at most {} argument{} ({} given)", method,
                                       names.size(), names.size() == 1 ? "" : "s", given));
  for (size_t i = 0; i < args.positional.size(); ++i) bound[i] = &args.positional[i];
  for (const KeywordArg& arg : args.keyword) {
    size_t position = 0;
    while (position < names.size() && names[position] != arg.name) ++position;
    if (position == names.size())
      return runtime_failure(
          fmt::format("'{}' is an invalid keyword argument for {}()", arg.name, method));
    if (bound[position] != nullptr)
      return runtime_failure(fmt::format("argument for {}() given by name ('{}') and position ({})",
                                         method, arg.name, position + 1));
    bound[position] = &arg.value;
  }
  return {};
}

Result<int64_t> index_argument(const Value& value) {
  if (const std::optional<int64_t> number = integer_in_range(value)) return *number;
  if (value.kind() == Kind::kBigInt)
    return bigint_sign(value) < 0 ? std::numeric_limits<int64_t>::min()
                                  : std::numeric_limits<int64_t>::max();
  if (value.is_undefined()) return fail(undefined_error(value));
  return runtime_failure(
      fmt::format("'{}' object cannot be interpreted as an integer", type_name(value)));
}

Result<bool> flag_argument(const Value* value, bool fallback) {
  if (value == nullptr) return fallback;
  return truth(*value);
}

}  // namespace sluice::jinja
