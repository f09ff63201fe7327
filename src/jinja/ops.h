// Python's operations on Values: what `+`, `==`, `in`, `str()`, slicing, methods and formatting
// mean. Pure functions of their arguments; safe from any thread under the rules of value.h. Errors
// are kJinjaRuntime or kJinjaUndefined with Python's own wording, without a place (the interpreter
// adds it).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "jinja/value.h"

namespace sluice::jinja {

// Python's name of the type: 'str', 'int', 'NoneType', 'list'…
std::string_view type_name(const Value& value);

Result<bool> truth(const Value& value);
// The error that using this undefined gives: kJinjaUndefined, or kJinjaSecurity for what the
// sandbox forbids.
Error undefined_error(const Value& undefined);
// str(x): as output by {{ x }}. Undefined gives ''.
Result<std::string> to_str(const Value& value);
// Appends str(x) to `out` without a copy where possible.
Status append_str(const Value& value, std::string& out);
Result<std::string> to_repr(const Value& value);

// Arithmetic and `~`. Integers overflow into big integers; `/` is true division; `%` on strings is
// printf formatting.
Result<Value> add(const Value& a, const Value& b);
Result<Value> subtract(const Value& a, const Value& b);
Result<Value> multiply(const Value& a, const Value& b);
Result<Value> divide(const Value& a, const Value& b);
Result<Value> floor_divide(const Value& a, const Value& b);
Result<Value> modulo(const Value& a, const Value& b);
Result<Value> power(const Value& a, const Value& b);
Result<Value> negate(const Value& a);
Result<Value> positive(const Value& a);

bool equals(const Value& a, const Value& b);
// <0, 0, >0; error when the types are not ordered ("'<' not supported between instances of 'int'
// and 'str'").
Result<int> compare(const Value& a, const Value& b, std::string_view op = "<");
Result<bool> contains(const Value& container, const Value& item);
std::optional<uint64_t> hash(const Value& value);    // nullopt: unhashable
Result<uint64_t> hash_or_error(const Value& value);  // "unhashable type: 'list'"

// len(x); error for what has none.
Result<size_t> length(const Value& value);
// All items of an iterable, in order (characters of a string, keys of a dict). Error: "'int' object
// is not iterable".
Result<std::vector<Value>> iterate(const Value& value);

// Jinja's `x.name`: attribute, then item; `x[key]`: item, then attribute. A miss gives an undefined
// of `flavor`. Attributes that the sandbox forbids (names starting with `_`, …) are kJinjaSecurity
// when used.
Result<Value> get_attribute(const Value& value, std::string_view name, UndefinedFlavor flavor);
Result<Value> get_item(const Value& value, const Value& key, UndefinedFlavor flavor);
// Slice bounds may be None.
Result<Value> slice(const Value& value, const Value& start, const Value& stop, const Value& step);

// x.name(args): methods of str, list, dict, set, tuple, int, float and of objects. nullopt: no such
// method.
Result<std::optional<Value>> call_method(Interpreter& interpreter, const Value& self,
                                         std::string_view name, const CallArgs& args);
// f(args): objects that are callable; an undefined gives its error, other values "'int' object is
// not callable".
Result<Value> call(Interpreter& interpreter, const Value& callee, const CallArgs& args);

// "…" % args, and "…".format(*args, **kwargs) with the whole mini-language.
Result<std::string> percent_format(std::string_view format, const Value& args);
Result<std::string> brace_format(std::string_view format, const CallArgs& args);
// format(value, spec).
Result<std::string> format_value(const Value& value, std::string_view spec);

// repr of a float: shortest text that reads back equal, Python's layout.
std::string float_repr(double value);
// repr of a string: quotes chosen and characters escaped as Python does.
std::string string_repr(std::string_view text);
// Number of code points; code-point slicing of UTF-8.
size_t utf8_length(std::string_view text);

// int(x) and float(x) for strings, as Python reads them (underscores, spaces, signs, 'inf', bases);
// nullopt: not a number.
std::optional<Value> parse_int(std::string_view text, int base = 10);
std::optional<double> parse_float(std::string_view text);

// JSON as Python's json module writes and reads it (", " and ": " separators, ensure_ascii, NaN…).
struct JsonStyle {
  bool sort_keys = false;
  int indent = -1;  // -1: one line
};
Result<std::string> to_json(const Value& value, const JsonStyle& style = {});
Result<Value> from_json(std::string_view text);
// YAML as PyYAML's safe_load and safe_dump; tags of the core schema only (no !!set, !!omap).
Result<Value> from_yaml(std::string_view text);
Result<std::string> to_yaml(const Value& value, bool sort_keys = false);

// `modules`: a dict-like of datetime, pytz, re, itertools with the members dbt exposes.
// The clock is the caller's: `now_unix_micros` is used by datetime.now()/utcnow()/date.today().
Value make_modules(std::function<int64_t()> now_unix_micros);
// An aware datetime in UTC, as `run_started_at` is.
Value make_utc_datetime(int64_t unix_micros);
// Naive datetime / date values, for results of queries.
Value make_datetime(int64_t unix_micros);
Value make_date(int64_t days_since_epoch);
// Exact decimal (`decimal.Decimal`), for results of queries: digits such as "12.50".
Value make_decimal(std::string digits);

}  // namespace sluice::jinja
