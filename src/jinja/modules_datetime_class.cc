// Class methods and constants of datetime.datetime, and the `modules.datetime` table.
#include <fmt/format.h>

#include <cmath>

#include "base/clock.h"
#include "jinja/modules_datetime.h"
#include "jinja/modules_datetime_types.h"
#include "jinja/numbers.h"
#include "jinja/ops.h"
#include "jinja/ops_errors.h"

namespace sluice::jinja {
namespace {

Result<std::string> text_argument(std::string_view method, size_t position, const Value& value) {
  if (value.is_string()) return value.as_string();
  if (value.is_undefined()) return fail(undefined_error(value));
  return runtime_failure(
      fmt::format("{}() argument {} must be str, not {}", method, position, type_name(value)));
}

Result<Value> at_instant(int64_t utc_micros, const ZoneRef& zone) {
  const int64_t seconds = floor_div(utc_micros, kMicrosPerSecond);
  if (!zone)
    return make_datetime_of(utc_micros + local_offset_seconds(seconds) * kMicrosPerSecond,
                            ZoneRef());
  const ZoneRef here = zone->at_utc(seconds);
  return make_datetime_of(utc_micros + here->offset_seconds() * kMicrosPerSecond, here);
}

Result<int64_t> timestamp_micros(const Value& value) {
  if (value.is_undefined()) return fail(undefined_error(value));
  if (!is_number_kind(value))
    return runtime_failure(
        fmt::format("'{}' object cannot be interpreted as an integer", type_name(value)));
  SLUICE_ASSIGN(const double seconds, number_to_float(value));
  if (std::isnan(seconds)) return runtime_failure("cannot convert float NaN to integer");
  if (seconds < -62'135'596'800.0 || seconds > 253'402'300'800.0)
    return runtime_failure("year is out of range");
  return static_cast<int64_t>(std::nearbyint(static_cast<long double>(seconds) * 1e6L));
}

Result<Value> combine(Interpreter& /*interpreter*/, const Value& /*self*/, const CallArgs& args) {
  SLUICE_ASSIGN(const auto bound,
                bind_arguments<3>("combine", {std::string_view("date"), "time", "tzinfo"}, args));
  if (bound[0] == nullptr || bound[1] == nullptr)
    return runtime_failure("combine() missing required argument 'time' (pos 2)");
  const auto* day = bound[0]->object_as<DateObject>();
  const auto* moment = bound[0]->object_as<DateTimeObject>();
  const auto* time = bound[1]->object_as<TimeObject>();
  if (day == nullptr && moment == nullptr)
    return runtime_failure(
        fmt::format("combine() argument 1 must be datetime.date, not {}", type_name(*bound[0])));
  if (time == nullptr)
    return runtime_failure(
        fmt::format("combine() argument 2 must be datetime.time, not {}", type_name(*bound[1])));
  ZoneRef zone = time->zone();
  if (bound[2] != nullptr) {
    SLUICE_ASSIGN(zone, zone_argument(bound[2]));
  }
  const int64_t days = day != nullptr ? day->days() : moment->days();
  return make_datetime_of(days * kMicrosPerDay + time->micros(), std::move(zone));
}

Result<Value> fromisocalendar(Interpreter& interpreter, const Value& self, const CallArgs& args) {
  const Method* method = find_date_class_method("fromisocalendar");
  SLUICE_ASSIGN(const Value date, method->function(interpreter, self, args));
  return make_datetime_of(date.object_as<DateObject>()->days() * kMicrosPerDay, ZoneRef());
}

Result<Value> fromisoformat(Interpreter& /*interpreter*/, const Value& /*self*/,
                            const CallArgs& args) {
  if (!args.positional[0].is_string())
    return runtime_failure("fromisoformat: argument must be str");
  return parse_iso_datetime(args.positional[0].as_string());
}

Result<Value> fromordinal(Interpreter& interpreter, const Value& self, const CallArgs& args) {
  const Method* method = find_date_class_method("fromordinal");
  SLUICE_ASSIGN(const Value date, method->function(interpreter, self, args));
  return make_datetime_of(date.object_as<DateObject>()->days() * kMicrosPerDay, ZoneRef());
}

Result<Value> fromtimestamp(Interpreter& /*interpreter*/, const Value& /*self*/,
                            const CallArgs& args) {
  SLUICE_ASSIGN(const auto bound,
                bind_arguments<2>("fromtimestamp", {std::string_view("timestamp"), "tz"}, args));
  if (bound[0] == nullptr)
    return runtime_failure("fromtimestamp() missing required argument 'timestamp' (pos 1)");
  SLUICE_ASSIGN(const int64_t micros, timestamp_micros(*bound[0]));
  SLUICE_ASSIGN(const ZoneRef zone, zone_argument(bound[1]));
  return at_instant(micros, zone);
}

Result<Value> now(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(const auto bound, bind_arguments<1>("now", {std::string_view("tz")}, args));
  SLUICE_ASSIGN(const ZoneRef zone, zone_argument(bound[0]));
  return at_instant(self.object_as<TypeObject>()->now_micros(), zone);
}

Result<Value> strptime(Interpreter& /*interpreter*/, const Value& /*self*/, const CallArgs& args) {
  SLUICE_ASSIGN(const std::string text, text_argument("strptime", 1, args.positional[0]));
  SLUICE_ASSIGN(const std::string format, text_argument("strptime", 2, args.positional[1]));
  return parse_time(text, format);
}

Result<Value> today(Interpreter& /*interpreter*/, const Value& self, const CallArgs& /*args*/) {
  return at_instant(self.object_as<TypeObject>()->now_micros(), ZoneRef());
}

Result<Value> utcfromtimestamp(Interpreter& /*interpreter*/, const Value& /*self*/,
                               const CallArgs& args) {
  SLUICE_ASSIGN(const int64_t micros, timestamp_micros(args.positional[0]));
  return make_datetime_of(micros, ZoneRef());
}

Result<Value> utcnow(Interpreter& /*interpreter*/, const Value& self, const CallArgs& /*args*/) {
  return make_datetime_of(self.object_as<TypeObject>()->now_micros(), ZoneRef());
}

constexpr MethodTable kClassMethods(std::to_array<Method>({
    {"combine", combine, Arity::kKeywords},
    {"fromisocalendar", fromisocalendar, Arity::kKeywords},
    {"fromisoformat", fromisoformat, Arity::kOne},
    {"fromordinal", fromordinal, Arity::kOne},
    {"fromtimestamp", fromtimestamp, Arity::kKeywords},
    {"now", now, Arity::kKeywords},
    {"strptime", strptime, Arity::kPositional, 2, 2},
    {"today", today, Arity::kNone},
    {"utcfromtimestamp", utcfromtimestamp, Arity::kOne},
    {"utcnow", utcnow, Arity::kNone},
}));

Result<Value> construct_tzinfo(Interpreter& /*interpreter*/, const Value& /*self*/,
                               const CallArgs& /*args*/) {
  return fail(ErrorCode::kJinjaRuntime, "datetime.tzinfo is an abstract class",
              "use modules.pytz.timezone(name) or modules.pytz.utc");
}

const Method* find_nothing(std::string_view /*name*/) { return nullptr; }
std::optional<Value> no_constant(std::string_view /*name*/) { return std::nullopt; }

}  // namespace

const Method* find_datetime_class_method(std::string_view name) { return kClassMethods.find(name); }

std::optional<Value> datetime_constant(std::string_view name) {
  if (name == "min") return make_datetime(days_from_civil({1, 1, 1}) * kMicrosPerDay);
  if (name == "max")
    return make_datetime((days_from_civil({9999, 12, 31}) + 1) * kMicrosPerDay - 1);
  if (name == "resolution") return Value::object(make_ref<TimeDeltaObject>(1));
  return std::nullopt;
}

Value make_datetime_module(const std::shared_ptr<const Clock>& clock) {
  Value module = Value::dict();
  const auto add = [&](std::string_view name, const TypeObject::Parts& parts) {
    module.as_dict().set(name, Value::object(make_ref<TypeObject>(parts, clock)));
  };
  add("date", {"datetime.date", construct_date, find_date_class_method, date_constant});
  add("datetime",
      {"datetime.datetime", construct_datetime, find_datetime_class_method, datetime_constant});
  add("time", {"datetime.time", construct_time, find_time_class_method, time_constant});
  add("timedelta",
      {"datetime.timedelta", construct_timedelta, find_timedelta_class_method, timedelta_constant});
  add("tzinfo", {"datetime.tzinfo", construct_tzinfo, find_nothing, no_constant});
  return module;
}

}  // namespace sluice::jinja
