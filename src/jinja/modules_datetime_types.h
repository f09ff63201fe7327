// Constructors, class methods and constants of the classes in `modules.datetime`; each pair lives
// beside its type.
#pragma once

#include "jinja/modules_object.h"

namespace sluice::jinja {

Result<Value> construct_timedelta(Interpreter& interpreter, const Value& self,
                                  const CallArgs& args);
const Method* find_timedelta_class_method(std::string_view name);
std::optional<Value> timedelta_constant(std::string_view name);

Result<Value> construct_date(Interpreter& interpreter, const Value& self, const CallArgs& args);
const Method* find_date_class_method(std::string_view name);
std::optional<Value> date_constant(std::string_view name);

Result<Value> construct_time(Interpreter& interpreter, const Value& self, const CallArgs& args);
const Method* find_time_class_method(std::string_view name);
std::optional<Value> time_constant(std::string_view name);

Result<Value> construct_datetime(Interpreter& interpreter, const Value& self, const CallArgs& args);
const Method* find_datetime_class_method(std::string_view name);
std::optional<Value> datetime_constant(std::string_view name);

// The result of isocalendar().
Value make_iso_calendar(int64_t days);

}  // namespace sluice::jinja
