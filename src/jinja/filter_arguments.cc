#include "jinja/filter_arguments.h"

namespace sluice::jinja {

namespace {

std::string called(std::string_view function) { return std::string(function) + "()"; }

}  // namespace

Result<BoundArguments> BoundArguments::bind(std::string_view function, const CallArgs& args,
                                            std::initializer_list<std::string_view> parameters,
                                            size_t required) {
  BoundArguments bound;
  SLUICE_CHECK(parameters.size() <= bound.values_.size());
  if (args.positional.size() > parameters.size()) {
    return runtime_error(called(function) + " takes at most " + std::to_string(parameters.size()) +
                         " argument(s) but " + std::to_string(args.positional.size()) +
                         " were given");
  }
  for (size_t i = 0; i < args.positional.size(); ++i) bound.values_[i] = &args.positional[i];
  for (const KeywordArg& keyword : args.keyword) {
    size_t index = 0;
    for (std::string_view parameter : parameters) {
      if (parameter == keyword.name) break;
      ++index;
    }
    if (index == parameters.size()) {
      return runtime_error(called(function) + " got an unexpected keyword argument '" +
                           std::string(keyword.name) + "'");
    }
    if (bound.values_[index] != nullptr) {
      return runtime_error(called(function) + " got multiple values for argument '" +
                           std::string(keyword.name) + "'");
    }
    bound.values_[index] = &keyword.value;
  }
  for (size_t i = 0; i < required; ++i) {
    if (bound.values_[i] == nullptr) {
      return runtime_error(called(function) + " missing 1 required positional argument: '" +
                           std::string(parameters.begin()[i]) + "'");
    }
  }
  return bound;
}

const Value& BoundArguments::value(size_t index) const {
  static const Value kNothing;
  return has(index) ? *values_[index] : kNothing;
}

Result<bool> BoundArguments::flag(size_t index, bool otherwise) const {
  if (!has(index)) return otherwise;
  return truth(*values_[index]);
}

Result<int64_t> BoundArguments::integer(size_t index, int64_t otherwise) const {
  if (!has(index)) return otherwise;
  const Value& value = *values_[index];
  if (value.is_int()) return value.as_int();
  if (value.is_bool()) return value.as_bool() ? 1 : 0;
  return runtime_error("'" + std::string(jinja::type_name(value)) +
                       "' object cannot be interpreted as an integer");
}

Result<std::string> BoundArguments::text(size_t index, std::string_view otherwise) const {
  if (!has(index)) return std::string(otherwise);
  return to_str(*values_[index]);
}

std::string escape_html(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '\'':
        out += "&#39;";
        break;
      case '"':
        out += "&#34;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace sluice::jinja
