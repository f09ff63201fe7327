// Methods of str, grouped by concern in str_methods_*.cc. Every function has the MethodFunction
// shape; arguments were counted by call_checked. Positions are code points, as in Python.
#pragma once

#include "jinja/ops_methods.h"

namespace sluice::jinja::str_methods {

#define SLUICE_METHOD(name) \
  Result<Value> name(Interpreter& interpreter, const Value& self, const CallArgs& args)

// str_methods_case.cc
SLUICE_METHOD(lower);
SLUICE_METHOD(upper);
SLUICE_METHOD(casefold);
SLUICE_METHOD(capitalize);
SLUICE_METHOD(title);
SLUICE_METHOD(swapcase);
// str_methods_class.cc
SLUICE_METHOD(isalnum);
SLUICE_METHOD(isalpha);
SLUICE_METHOD(isascii);
SLUICE_METHOD(isdecimal);
SLUICE_METHOD(isdigit);
SLUICE_METHOD(isidentifier);
SLUICE_METHOD(islower);
SLUICE_METHOD(isnumeric);
SLUICE_METHOD(isprintable);
SLUICE_METHOD(isspace);
SLUICE_METHOD(istitle);
SLUICE_METHOD(isupper);
// str_methods_search.cc
SLUICE_METHOD(count);
SLUICE_METHOD(endswith);
SLUICE_METHOD(find);
SLUICE_METHOD(index);
SLUICE_METHOD(rfind);
SLUICE_METHOD(rindex);
SLUICE_METHOD(startswith);
// str_methods_split.cc
SLUICE_METHOD(join);
SLUICE_METHOD(partition);
SLUICE_METHOD(rpartition);
SLUICE_METHOD(rsplit);
SLUICE_METHOD(split);
SLUICE_METHOD(splitlines);
// str_methods_shape.cc
SLUICE_METHOD(center);
SLUICE_METHOD(encode);
SLUICE_METHOD(expandtabs);
SLUICE_METHOD(format);
SLUICE_METHOD(format_map);
SLUICE_METHOD(ljust);
SLUICE_METHOD(lstrip);
SLUICE_METHOD(maketrans);
SLUICE_METHOD(removeprefix);
SLUICE_METHOD(removesuffix);
SLUICE_METHOD(replace);
SLUICE_METHOD(rjust);
SLUICE_METHOD(rstrip);
SLUICE_METHOD(strip);
SLUICE_METHOD(translate);
SLUICE_METHOD(zfill);

#undef SLUICE_METHOD

// A result string of the same flavour (Markup stays Markup).
inline Value like(const Value& self, std::string text) {
  return self.kind() == Kind::kMarkup ? Value::markup(std::move(text))
                                      : Value::string(std::move(text));
}

}  // namespace sluice::jinja::str_methods
