// datetime.datetime: attributes, methods of instances, comparison and arithmetic.
#include "jinja/modules_datetime.h"

#include <fmt/format.h>

#include <cmath>

#include "base/clock.h"
#include "jinja/modules_datetime_types.h"
#include "jinja/ops.h"
#include "jinja/ops_errors.h"
#include "jinja/value_hash.h"

namespace sluice::jinja {
namespace {

const DateTimeObject& moment_of(const Value& value) {
  return static_cast<const DateTimeObject&>(value.as_object());
}

std::array<int64_t, 7> fields_of(const DateTimeObject& moment) {
  const CivilDate date = civil_from_days(moment.days());
  const int64_t micros = moment.micros_of_day();
  const int64_t seconds = micros / kMicrosPerSecond;
  return {date.year,
          date.month,
          date.day,
          seconds / 3600,
          seconds / 60 % 60,
          seconds % 60,
          micros % kMicrosPerSecond};
}

// Seconds since 1970 in UTC; naive moments are local time.
int64_t utc_micros_of(const DateTimeObject& moment) {
  if (moment.zone()) return moment.utc_micros();
  const int64_t guess = floor_div(moment.micros(), kMicrosPerSecond);
  const int64_t first = guess - local_offset_seconds(guess);
  return moment.micros() - local_offset_seconds(first) * kMicrosPerSecond;
}

Result<Value> astimezone(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(const auto bound, bind_arguments<1>("astimezone", {std::string_view("tz")}, args));
  const int64_t utc = utc_micros_of(moment_of(self));
  const int64_t utc_seconds = floor_div(utc, kMicrosPerSecond);
  SLUICE_ASSIGN(ZoneRef zone, zone_argument(bound[0]));
  zone = zone ? zone->at_utc(utc_seconds) : fixed_zone(local_offset_seconds(utc_seconds));
  return make_datetime_of(utc + zone->offset_seconds() * kMicrosPerSecond, zone);
}

Result<Value> ctime(Interpreter& /*interpreter*/, const Value& self, const CallArgs& /*args*/) {
  return Value::string(format_time(moment_of(self).broken(), "%a %b %e %H:%M:%S %Y"));
}

Result<Value> date(Interpreter& /*interpreter*/, const Value& self, const CallArgs& /*args*/) {
  return make_date(moment_of(self).days());
}

Result<Value> dst(Interpreter& /*interpreter*/, const Value& self, const CallArgs& /*args*/) {
  const ZoneRef& zone = moment_of(self).zone();
  if (!zone) return Value::none();
  return make_timedelta(zone->dst_seconds() * kMicrosPerSecond);
}

Result<Value> isocalendar(Interpreter& /*interpreter*/, const Value& self,
                          const CallArgs& /*args*/) {
  return make_iso_calendar(moment_of(self).days());
}

Result<std::string> iso_text(const DateTimeObject& moment, std::string_view separator,
                             std::string_view timespec) {
  const CivilDate date = civil_from_days(moment.days());
  SLUICE_ASSIGN(const std::string time, iso_time_text(moment.micros_of_day(), timespec));
  std::string text =
      fmt::format("{:04d}-{:02d}-{:02d}{}{}", date.year, date.month, date.day, separator, time);
  if (moment.zone()) text += offset_text(moment.zone()->offset_seconds(), true);
  return text;
}

Result<Value> isoformat(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(const auto bound,
                bind_arguments<2>("isoformat", {std::string_view("sep"), "timespec"}, args));
  for (const Value* text : bound)
    if (text != nullptr && !text->is_string())
      return runtime_failure(
          fmt::format("isoformat() arguments must be str, not {}", type_name(*text)));
  if (bound[0] != nullptr && utf8_length(bound[0]->as_string()) != 1)
    return runtime_failure("isoformat() argument 1 must be a unicode character, not str");
  SLUICE_ASSIGN(std::string text,
                iso_text(moment_of(self), bound[0] == nullptr ? "T" : bound[0]->as_string(),
                         bound[1] == nullptr ? "auto" : bound[1]->as_string()));
  return Value::string(std::move(text));
}

Result<Value> isoweekday(Interpreter& /*interpreter*/, const Value& self,
                         const CallArgs& /*args*/) {
  return Value::integer(weekday_of(moment_of(self).days()) + 1);
}

Result<Value> moment_from_fields(std::string_view method, std::array<int64_t, 7> fields,
                                 ZoneRef zone, size_t num_required, const CallArgs& args) {
  static constexpr std::array<std::string_view, 9> kNames = {
      "year", "month", "day", "hour", "minute", "second", "microsecond", "tzinfo", "fold"};
  SLUICE_ASSIGN(const auto bound, bind_arguments<9>(method, kNames, args));
  for (size_t i = 0; i < fields.size(); ++i) {
    if (bound[i] != nullptr) {
      SLUICE_ASSIGN(fields[i], index_argument(*bound[i]));
    } else if (i < num_required) {
      return runtime_failure(
          fmt::format("function missing required argument '{}' (pos {})", kNames[i], i + 1));
    }
  }
  if (bound[7] != nullptr) {
    SLUICE_ASSIGN(zone, zone_argument(bound[7]));
  }
  SLUICE_ASSIGN(const int64_t days, checked_days(fields[0], fields[1], fields[2]));
  SLUICE_ASSIGN(const int64_t micros, checked_time(fields[3], fields[4], fields[5], fields[6]));
  return make_datetime_of(days * kMicrosPerDay + micros, std::move(zone));
}

Result<Value> replace(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  return moment_from_fields("replace", fields_of(moment_of(self)), moment_of(self).zone(), 0, args);
}

Result<Value> strftime(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(const auto bound,
                bind_arguments<1>("strftime", {std::string_view("format")}, args));
  if (bound[0] == nullptr)
    return runtime_failure("strftime() missing required argument 'format' (pos 1)");
  if (!bound[0]->is_string())
    return runtime_failure(
        fmt::format("strftime() argument 1 must be str, not {}", type_name(*bound[0])));
  return Value::string(format_time(moment_of(self).broken(), bound[0]->as_string()));
}

Result<Value> time(Interpreter& /*interpreter*/, const Value& self, const CallArgs& /*args*/) {
  return Value::object(make_ref<TimeObject>(moment_of(self).micros_of_day(), ZoneRef()));
}

Result<Value> timetz(Interpreter& /*interpreter*/, const Value& self, const CallArgs& /*args*/) {
  return Value::object(
      make_ref<TimeObject>(moment_of(self).micros_of_day(), moment_of(self).zone()));
}

Value time_tuple(const DateTimeObject& moment, int64_t dst_flag) {
  const std::array<int64_t, 7> fields = fields_of(moment);
  std::vector<Value> items;
  for (size_t i = 0; i < 6; ++i) items.push_back(Value::integer(fields[i]));
  items.push_back(Value::integer(weekday_of(moment.days())));
  items.push_back(Value::integer(day_of_year(civil_from_days(moment.days()))));
  items.push_back(Value::integer(dst_flag));
  return Value::tuple(std::move(items));
}

Result<Value> timetuple(Interpreter& /*interpreter*/, const Value& self, const CallArgs& /*args*/) {
  const ZoneRef& zone = moment_of(self).zone();
  return time_tuple(moment_of(self), zone ? (zone->dst_seconds() != 0 ? 1 : 0) : -1);
}

Result<Value> utctimetuple(Interpreter& /*interpreter*/, const Value& self,
                           const CallArgs& /*args*/) {
  const DateTimeObject utc(moment_of(self).utc_micros(), ZoneRef());
  return time_tuple(utc, 0);
}

Result<Value> timestamp(Interpreter& /*interpreter*/, const Value& self, const CallArgs& /*args*/) {
  return Value::floating(static_cast<double>(utc_micros_of(moment_of(self))) / 1e6);
}

Result<Value> toordinal(Interpreter& /*interpreter*/, const Value& self, const CallArgs& /*args*/) {
  return Value::integer(moment_of(self).days() + kDaysToEpoch);
}

Result<Value> tzname(Interpreter& /*interpreter*/, const Value& self, const CallArgs& /*args*/) {
  const ZoneRef& zone = moment_of(self).zone();
  const std::string name = zone ? zone->zone_name() : std::string();
  return name.empty() ? Value::none() : Value::string(name);
}

Result<Value> utcoffset(Interpreter& /*interpreter*/, const Value& self, const CallArgs& /*args*/) {
  const ZoneRef& zone = moment_of(self).zone();
  if (!zone) return Value::none();
  return make_timedelta(zone->offset_seconds() * kMicrosPerSecond);
}

Result<Value> weekday(Interpreter& /*interpreter*/, const Value& self, const CallArgs& /*args*/) {
  return Value::integer(weekday_of(moment_of(self).days()));
}

constexpr MethodTable kMethods(std::to_array<Method>({
    {"astimezone", astimezone, Arity::kKeywords},
    {"ctime", ctime, Arity::kNone},
    {"date", date, Arity::kNone},
    {"dst", dst, Arity::kNone},
    {"isocalendar", isocalendar, Arity::kNone},
    {"isoformat", isoformat, Arity::kKeywords},
    {"isoweekday", isoweekday, Arity::kNone},
    {"replace", replace, Arity::kKeywords},
    {"strftime", strftime, Arity::kKeywords},
    {"time", time, Arity::kNone},
    {"timestamp", timestamp, Arity::kNone},
    {"timetuple", timetuple, Arity::kNone},
    {"timetz", timetz, Arity::kNone},
    {"toordinal", toordinal, Arity::kNone},
    {"tzname", tzname, Arity::kNone},
    {"utcoffset", utcoffset, Arity::kNone},
    {"utctimetuple", utctimetuple, Arity::kNone},
    {"weekday", weekday, Arity::kNone},
}));

}  // namespace

const Method* DateTimeObject::method(std::string_view name) const { return kMethods.find(name); }

std::optional<Value> DateTimeObject::field(std::string_view name) const {
  static constexpr std::array<std::string_view, 7> kNames = {
      "year", "month", "day", "hour", "minute", "second", "microsecond"};
  for (size_t i = 0; i < kNames.size(); ++i)
    if (kNames[i] == name) return Value::integer(fields_of(*this)[i]);
  if (name == "tzinfo") return zone_value(zone_);
  if (name == "fold") return Value::integer(0);
  return datetime_constant(name);
}

int64_t DateTimeObject::utc_micros() const {
  return zone_ ? micros_ - zone_->offset_seconds() * kMicrosPerSecond : micros_;
}

BrokenTime DateTimeObject::broken() const {
  BrokenTime result{days(), micros_of_day(), std::nullopt, {}};
  if (zone_) {
    result.offset_seconds = zone_->offset_seconds();
    result.zone_name = zone_->zone_name();
  }
  return result;
}

Result<std::string> DateTimeObject::str() const { return iso_text(*this, " ", "auto"); }

Result<std::string> DateTimeObject::repr() const {
  const std::array<int64_t, 7> fields = fields_of(*this);
  size_t shown = 7;
  if (fields[6] == 0) shown = fields[5] == 0 ? 5 : 6;
  std::string text = "datetime.datetime(";
  for (size_t i = 0; i < shown; ++i) text += fmt::format("{}{}", i == 0 ? "" : ", ", fields[i]);
  SLUICE_ASSIGN(const std::string zone, zone_repr_suffix(zone_));
  return text + zone + ")";
}

bool DateTimeObject::equals(const Value& other) const {
  const std::optional<int> order = compare(other);
  return order && *order == 0;
}

std::optional<uint64_t> DateTimeObject::hash() const {
  return combine_hashes(hash_text("datetime"), hash_integer(utc_micros()));
}

std::optional<int> DateTimeObject::compare(const Value& other) const {
  const auto* moment = other.object_as<DateTimeObject>();
  if (moment == nullptr || static_cast<bool>(moment->zone_) != static_cast<bool>(zone_))
    return std::nullopt;
  const int64_t mine = utc_micros();
  const int64_t theirs = moment->utc_micros();
  return mine < theirs ? -1 : (mine > theirs ? 1 : 0);
}

Result<std::optional<Value>> DateTimeObject::binary(BinaryOp op, const Value& other,
                                                    bool reflected) const {
  if (op != BinaryOp::kAdd && op != BinaryOp::kSub) return std::nullopt;
  if (const auto* delta = other.object_as<TimeDeltaObject>()) {
    if (reflected && op == BinaryOp::kSub) return std::nullopt;
    int64_t moved = 0;
    const bool overflow = op == BinaryOp::kAdd
                              ? __builtin_add_overflow(micros_, delta->micros(), &moved)
                              : __builtin_sub_overflow(micros_, delta->micros(), &moved);
    if (overflow) return runtime_failure("date value out of range");
    SLUICE_ASSIGN(Value result, make_datetime_of(moved, zone_));
    return std::optional<Value>(std::move(result));
  }
  const auto* moment = other.object_as<DateTimeObject>();
  if (moment == nullptr || op != BinaryOp::kSub || reflected) return std::nullopt;
  if (static_cast<bool>(moment->zone_) != static_cast<bool>(zone_))
    return runtime_failure("can't subtract offset-naive and offset-aware datetimes");
  SLUICE_ASSIGN(Value result, make_timedelta(utc_micros() - moment->utc_micros()));
  return std::optional<Value>(std::move(result));
}

Result<std::string> DateTimeObject::format(std::string_view spec) const {
  return format_time(broken(), spec);
}

Result<Value> construct_datetime(Interpreter& /*interpreter*/, const Value& /*self*/,
                                 const CallArgs& args) {
  return moment_from_fields("function", {0, 0, 0, 0, 0, 0, 0}, ZoneRef(), 3, args);
}

Result<Value> make_datetime_of(int64_t local_micros, ZoneRef zone) {
  if (local_micros < days_from_civil({1, 1, 1}) * kMicrosPerDay ||
      local_micros >= (days_from_civil({9999, 12, 31}) + 1) * kMicrosPerDay)
    return runtime_failure("date value out of range");
  return Value::object(make_ref<DateTimeObject>(local_micros, std::move(zone)));
}

Result<Value> make_checked_datetime(const std::array<int64_t, 7>& fields,
                                    std::optional<int64_t> offset_seconds) {
  SLUICE_ASSIGN(const int64_t days, checked_days(fields[0], fields[1], fields[2]));
  SLUICE_ASSIGN(const int64_t micros, checked_time(fields[3], fields[4], fields[5], fields[6]));
  return make_datetime_of(days * kMicrosPerDay + micros,
                          offset_seconds ? fixed_zone(*offset_seconds) : ZoneRef());
}

bool is_date_or_datetime(const Value& value) {
  return value.object_as<DateObject>() != nullptr || value.object_as<DateTimeObject>() != nullptr;
}

Value make_datetime(int64_t unix_micros) {
  return Value::object(make_ref<DateTimeObject>(unix_micros, ZoneRef()));
}

}  // namespace sluice::jinja
