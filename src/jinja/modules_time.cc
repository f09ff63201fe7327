// datetime.time.
#include <fmt/format.h>

#include "jinja/modules_datetime.h"
#include "jinja/modules_datetime_types.h"
#include "jinja/ops.h"
#include "jinja/ops_errors.h"
#include "jinja/value_hash.h"

namespace sluice::jinja {
namespace {

const TimeObject& time_of(const Value& value) {
  return static_cast<const TimeObject&>(value.as_object());
}

BrokenTime broken(const TimeObject& time) {
  BrokenTime result{days_from_civil({1900, 1, 1}), time.micros(), std::nullopt, {}};
  if (time.zone()) {
    result.offset_seconds = time.zone()->offset_seconds();
    result.zone_name = time.zone()->zone_name();
  }
  return result;
}

std::array<int64_t, 4> split_micros(int64_t micros) {
  const int64_t seconds = micros / kMicrosPerSecond;
  return {seconds / 3600, seconds / 60 % 60, seconds % 60, micros % kMicrosPerSecond};
}

Result<Value> time_isoformat(Interpreter& /*interpreter*/, const Value& self,
                             const CallArgs& args) {
  SLUICE_ASSIGN(const auto bound,
                bind_arguments<1>("isoformat", {std::string_view("timespec")}, args));
  const bool given = bound[0] != nullptr && bound[0]->is_string();
  SLUICE_ASSIGN(std::string text,
                iso_time_text(time_of(self).micros(), given ? bound[0]->as_string() : "auto"));
  if (time_of(self).zone()) text += offset_text(time_of(self).zone()->offset_seconds(), true);
  return Value::string(std::move(text));
}

Result<Value> time_from_fields(std::string_view method, const std::array<int64_t, 4>& current,
                               const ZoneRef& zone, const CallArgs& args) {
  SLUICE_ASSIGN(const auto bound, bind_arguments<6>(method,
                                                    {std::string_view("hour"), "minute", "second",
                                                     "microsecond", "tzinfo", "fold"},
                                                    args));
  std::array<int64_t, 4> fields = current;
  for (size_t i = 0; i < fields.size(); ++i) {
    if (bound[i] == nullptr) continue;
    SLUICE_ASSIGN(fields[i], index_argument(*bound[i]));
  }
  ZoneRef new_zone = zone;
  if (bound[4] != nullptr) {
    SLUICE_ASSIGN(new_zone, zone_argument(bound[4]));
  }
  SLUICE_ASSIGN(const int64_t micros, checked_time(fields[0], fields[1], fields[2], fields[3]));
  return Value::object(make_ref<TimeObject>(micros, std::move(new_zone)));
}

Result<Value> time_replace(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  return time_from_fields("replace", split_micros(time_of(self).micros()), time_of(self).zone(),
                          args);
}

Result<Value> time_strftime(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(const auto bound,
                bind_arguments<1>("strftime", {std::string_view("format")}, args));
  if (bound[0] == nullptr || !bound[0]->is_string())
    return runtime_failure("strftime() argument 1 must be str");
  return Value::string(format_time(broken(time_of(self)), bound[0]->as_string()));
}

Result<Value> time_tzname(Interpreter& /*interpreter*/, const Value& self,
                          const CallArgs& /*args*/) {
  return time_of(self).zone() ? Value::string(time_of(self).zone()->zone_name()) : Value::none();
}

Result<Value> time_utcoffset(Interpreter& /*interpreter*/, const Value& self,
                             const CallArgs& /*args*/) {
  if (!time_of(self).zone()) return Value::none();
  return make_timedelta(time_of(self).zone()->offset_seconds() * kMicrosPerSecond);
}

constexpr MethodTable kMethods(std::to_array<Method>({
    {"isoformat", time_isoformat, Arity::kKeywords},
    {"replace", time_replace, Arity::kKeywords},
    {"strftime", time_strftime, Arity::kKeywords},
    {"tzname", time_tzname, Arity::kNone},
    {"utcoffset", time_utcoffset, Arity::kNone},
}));

Result<Value> time_fromisoformat(Interpreter& /*interpreter*/, const Value& /*self*/,
                                 const CallArgs& args) {
  if (!args.positional[0].is_string())
    return runtime_failure("fromisoformat: argument must be str");
  return parse_iso_time(args.positional[0].as_string());
}

constexpr MethodTable kClassMethods(std::to_array<Method>({
    {"fromisoformat", time_fromisoformat, Arity::kOne},
}));

}  // namespace

const Method* TimeObject::method(std::string_view name) const { return kMethods.find(name); }

std::optional<Value> TimeObject::field(std::string_view name) const {
  const std::array<int64_t, 4> fields = split_micros(micros_);
  if (name == "hour") return Value::integer(fields[0]);
  if (name == "minute") return Value::integer(fields[1]);
  if (name == "second") return Value::integer(fields[2]);
  if (name == "microsecond") return Value::integer(fields[3]);
  if (name == "tzinfo") return zone_value(zone_);
  if (name == "fold") return Value::integer(0);
  return time_constant(name);
}

Result<std::string> TimeObject::str() const {
  SLUICE_ASSIGN(std::string text, iso_time_text(micros_, "auto"));
  if (zone_) text += offset_text(zone_->offset_seconds(), true);
  return text;
}

Result<std::string> TimeObject::repr() const {
  const std::array<int64_t, 4> fields = split_micros(micros_);
  std::string text = fmt::format("datetime.time({}, {}", fields[0], fields[1]);
  if (fields[2] != 0 || fields[3] != 0) text += fmt::format(", {}", fields[2]);
  if (fields[3] != 0) text += fmt::format(", {}", fields[3]);
  SLUICE_ASSIGN(const std::string zone, zone_repr_suffix(zone_));
  return text + zone + ")";
}

bool TimeObject::equals(const Value& other) const {
  const std::optional<int> order = compare(other);
  return order && *order == 0;
}

std::optional<uint64_t> TimeObject::hash() const {
  const int64_t offset = zone_ ? zone_->offset_seconds() * kMicrosPerSecond : 0;
  return combine_hashes(hash_text("time"), hash_integer(micros_ - offset));
}

std::optional<int> TimeObject::compare(const Value& other) const {
  const auto* time = other.object_as<TimeObject>();
  if (time == nullptr || static_cast<bool>(time->zone_) != static_cast<bool>(zone_))
    return std::nullopt;
  const auto utc = [](const TimeObject& value) {
    return value.micros_ -
           (value.zone_ ? value.zone_->offset_seconds() * kMicrosPerSecond : int64_t{0});
  };
  return utc(*this) < utc(*time) ? -1 : (utc(*this) > utc(*time) ? 1 : 0);
}

Result<std::string> TimeObject::format(std::string_view spec) const {
  return format_time(broken(*this), spec);
}

std::optional<Value> time_constant(std::string_view name) {
  if (name == "min") return Value::object(make_ref<TimeObject>(0, ZoneRef()));
  if (name == "max") return Value::object(make_ref<TimeObject>(kMicrosPerDay - 1, ZoneRef()));
  if (name == "resolution") return Value::object(make_ref<TimeDeltaObject>(1));
  return std::nullopt;
}

Result<Value> construct_time(Interpreter& /*interpreter*/, const Value& /*self*/,
                             const CallArgs& args) {
  return time_from_fields("function", {0, 0, 0, 0}, ZoneRef(), args);
}

const Method* find_time_class_method(std::string_view name) { return kClassMethods.find(name); }

Result<int64_t> checked_time(int64_t hour, int64_t minute, int64_t second, int64_t microsecond) {
  if (hour < 0 || hour > 23) return runtime_failure("hour must be in 0..23");
  if (minute < 0 || minute > 59) return runtime_failure("minute must be in 0..59");
  if (second < 0 || second > 59) return runtime_failure("second must be in 0..59");
  if (microsecond < 0 || microsecond > 999'999)
    return runtime_failure("microsecond must be in 0..999999");
  return ((hour * 60 + minute) * 60 + second) * kMicrosPerSecond + microsecond;
}

Result<std::string> iso_time_text(int64_t micros_of_day, std::string_view timespec) {
  const std::array<int64_t, 4> fields = split_micros(micros_of_day);
  const int64_t micros = fields[3];
  if (timespec == "auto") timespec = micros != 0 ? "microseconds" : "seconds";
  std::string text = fmt::format("{:02d}", fields[0]);
  if (timespec == "hours") return text;
  text += fmt::format(":{:02d}", fields[1]);
  if (timespec == "minutes") return text;
  text += fmt::format(":{:02d}", fields[2]);
  if (timespec == "seconds") return text;
  if (timespec == "milliseconds") return text + fmt::format(".{:03d}", micros / 1000);
  if (timespec == "microseconds") return text + fmt::format(".{:06d}", micros);
  return runtime_failure("Unknown timespec value");
}

}  // namespace sluice::jinja
