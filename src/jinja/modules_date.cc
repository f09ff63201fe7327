// datetime.date.
#include <fmt/format.h>

#include "base/clock.h"
#include "jinja/modules_datetime.h"
#include "jinja/modules_datetime_types.h"
#include "jinja/numbers.h"
#include "jinja/ops.h"
#include "jinja/ops_errors.h"
#include "jinja/value_hash.h"

namespace sluice::jinja {
namespace {

const DateObject& date_of(const Value& value) {
  return static_cast<const DateObject&>(value.as_object());
}

BrokenTime broken(const DateObject& date) { return BrokenTime{date.days(), 0, std::nullopt, {}}; }

// isocalendar()'s named tuple.
class IsoCalendar final : public ModuleObject {
 public:
  explicit IsoCalendar(int64_t days) : week_(iso_week_of(days)) {}
  std::string_view type_name() const override { return "datetime.IsoCalendarDate"; }
  bool is_sequence() const override { return true; }
  std::optional<size_t> length() const override { return 3; }
  Result<std::optional<std::vector<Value>>> iterate() const override { return items(); }
  Result<std::optional<Value>> item(const Value& key) const override {
    return jinja::get_item(Value::tuple(items()), key, UndefinedFlavor::kDefault);
  }
  bool equals(const Value& other) const override {
    if (const auto* calendar = other.object_as<IsoCalendar>())
      return jinja::equals(Value::tuple(items()), Value::tuple(calendar->items()));
    return jinja::equals(Value::tuple(items()), other);
  }
  Result<std::string> repr() const override {
    return fmt::format("datetime.IsoCalendarDate(year={}, week={}, weekday={})", week_.year,
                       week_.week, week_.weekday);
  }

 protected:
  const Method* method(std::string_view /*name*/) const override { return nullptr; }
  std::optional<Value> field(std::string_view name) const override {
    if (name == "year") return Value::integer(week_.year);
    if (name == "week") return Value::integer(week_.week);
    if (name == "weekday") return Value::integer(week_.weekday);
    return std::nullopt;
  }

 private:
  std::vector<Value> items() const {
    return {Value::integer(week_.year), Value::integer(week_.week), Value::integer(week_.weekday)};
  }
  IsoWeek week_;
};

Result<Value> date_ctime(Interpreter& /*interpreter*/, const Value& self,
                         const CallArgs& /*args*/) {
  return Value::string(format_time(broken(date_of(self)), "%a %b %e %H:%M:%S %Y"));
}

Result<Value> date_isocalendar(Interpreter& /*interpreter*/, const Value& self,
                               const CallArgs& /*args*/) {
  return make_iso_calendar(date_of(self).days());
}

Result<Value> date_isoformat(Interpreter& /*interpreter*/, const Value& self,
                             const CallArgs& /*args*/) {
  SLUICE_ASSIGN(std::string text, date_of(self).str());
  return Value::string(std::move(text));
}

Result<Value> date_isoweekday(Interpreter& /*interpreter*/, const Value& self,
                              const CallArgs& /*args*/) {
  return Value::integer(weekday_of(date_of(self).days()) + 1);
}

Result<Value> date_replace(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(const auto bound,
                bind_arguments<3>("replace", {std::string_view("year"), "month", "day"}, args));
  const CivilDate date = civil_from_days(date_of(self).days());
  std::array<int64_t, 3> fields{date.year, date.month, date.day};
  for (size_t i = 0; i < fields.size(); ++i) {
    if (bound[i] == nullptr) continue;
    SLUICE_ASSIGN(fields[i], index_argument(*bound[i]));
  }
  return make_checked_date(fields[0], fields[1], fields[2]);
}

Result<Value> date_strftime(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(const auto bound,
                bind_arguments<1>("strftime", {std::string_view("format")}, args));
  if (bound[0] == nullptr)
    return runtime_failure("strftime() missing required argument 'format' (pos 1)");
  if (!bound[0]->is_string())
    return runtime_failure(
        fmt::format("strftime() argument 1 must be str, not {}", type_name(*bound[0])));
  return Value::string(format_time(broken(date_of(self)), bound[0]->as_string()));
}

Result<Value> date_timetuple(Interpreter& /*interpreter*/, const Value& self,
                             const CallArgs& /*args*/) {
  const int64_t days = date_of(self).days();
  const CivilDate date = civil_from_days(days);
  return Value::tuple({Value::integer(date.year), Value::integer(date.month),
                       Value::integer(date.day), Value::integer(0), Value::integer(0),
                       Value::integer(0), Value::integer(weekday_of(days)),
                       Value::integer(day_of_year(date)), Value::integer(-1)});
}

Result<Value> date_toordinal(Interpreter& /*interpreter*/, const Value& self,
                             const CallArgs& /*args*/) {
  return Value::integer(date_of(self).days() + kDaysToEpoch);
}

Result<Value> date_weekday(Interpreter& /*interpreter*/, const Value& self,
                           const CallArgs& /*args*/) {
  return Value::integer(weekday_of(date_of(self).days()));
}

constexpr MethodTable kMethods(std::to_array<Method>({
    {"ctime", date_ctime, Arity::kNone},
    {"isocalendar", date_isocalendar, Arity::kNone},
    {"isoformat", date_isoformat, Arity::kNone},
    {"isoweekday", date_isoweekday, Arity::kNone},
    {"replace", date_replace, Arity::kKeywords},
    {"strftime", date_strftime, Arity::kKeywords},
    {"timetuple", date_timetuple, Arity::kNone},
    {"toordinal", date_toordinal, Arity::kNone},
    {"weekday", date_weekday, Arity::kNone},
}));

Result<Value> date_fromisocalendar(Interpreter& /*interpreter*/, const Value& /*self*/,
                                   const CallArgs& args) {
  SLUICE_ASSIGN(
      const auto bound,
      bind_arguments<3>("fromisocalendar", {std::string_view("year"), "week", "day"}, args));
  std::array<int64_t, 3> fields{};
  for (size_t i = 0; i < fields.size(); ++i) {
    if (bound[i] == nullptr)
      return runtime_failure("fromisocalendar() takes exactly 3 arguments: year, week, day");
    SLUICE_ASSIGN(fields[i], index_argument(*bound[i]));
  }
  if (fields[0] < 1 || fields[0] > 9999)
    return runtime_failure(fmt::format("Year is out of range: {}", fields[0]));
  const int64_t weeks = (iso_year_start(fields[0] + 1) - iso_year_start(fields[0])) / 7;
  if (fields[1] < 1 || fields[1] > weeks)
    return runtime_failure(fmt::format("Invalid week: {}", fields[1]));
  if (fields[2] < 1 || fields[2] > 7)
    return runtime_failure(fmt::format("Invalid weekday: {} (range is [1, 7])", fields[2]));
  return make_date_of_days(iso_year_start(fields[0]) + (fields[1] - 1) * 7 + fields[2] - 1);
}

Result<Value> date_fromisoformat(Interpreter& /*interpreter*/, const Value& /*self*/,
                                 const CallArgs& args) {
  if (!args.positional[0].is_string())
    return runtime_failure("fromisoformat: argument must be str");
  return parse_iso_date(args.positional[0].as_string());
}

Result<Value> date_fromordinal(Interpreter& /*interpreter*/, const Value& /*self*/,
                               const CallArgs& args) {
  SLUICE_ASSIGN(const int64_t ordinal, index_argument(args.positional[0]));
  if (ordinal < 1) return runtime_failure("ordinal must be >= 1");
  if (ordinal > 3'652'059) return runtime_failure("year is out of range");
  return make_date_of_days(ordinal - kDaysToEpoch);
}

Result<Value> date_fromtimestamp(Interpreter& /*interpreter*/, const Value& /*self*/,
                                 const CallArgs& args) {
  SLUICE_ASSIGN(const double timestamp, number_to_float(args.positional[0]));
  if (!(timestamp > -1e11 && timestamp < 1e12)) return runtime_failure("year is out of range");
  const auto seconds = static_cast<int64_t>(timestamp);
  return make_date_of_days(floor_div(seconds + local_offset_seconds(seconds), kSecondsPerDay));
}

Result<Value> date_today(Interpreter& /*interpreter*/, const Value& self,
                         const CallArgs& /*args*/) {
  const int64_t now = floor_div(self.object_as<TypeObject>()->now_micros(), kMicrosPerSecond);
  return make_date_of_days(floor_div(now + local_offset_seconds(now), kSecondsPerDay));
}

constexpr MethodTable kClassMethods(std::to_array<Method>({
    {"fromisocalendar", date_fromisocalendar, Arity::kKeywords},
    {"fromisoformat", date_fromisoformat, Arity::kOne},
    {"fromordinal", date_fromordinal, Arity::kOne},
    {"fromtimestamp", date_fromtimestamp, Arity::kOne},
    {"today", date_today, Arity::kNone},
}));

}  // namespace

const Method* DateObject::method(std::string_view name) const { return kMethods.find(name); }

std::optional<Value> DateObject::field(std::string_view name) const {
  const CivilDate date = civil_from_days(days_);
  if (name == "year") return Value::integer(date.year);
  if (name == "month") return Value::integer(date.month);
  if (name == "day") return Value::integer(date.day);
  return date_constant(name);
}

Result<std::string> DateObject::str() const {
  const CivilDate date = civil_from_days(days_);
  return fmt::format("{:04d}-{:02d}-{:02d}", date.year, date.month, date.day);
}

Result<std::string> DateObject::repr() const {
  const CivilDate date = civil_from_days(days_);
  return fmt::format("datetime.date({}, {}, {})", date.year, date.month, date.day);
}

bool DateObject::equals(const Value& other) const {
  const auto* date = other.object_as<DateObject>();
  return date != nullptr && date->days_ == days_;
}

std::optional<uint64_t> DateObject::hash() const {
  return combine_hashes(hash_text("date"), hash_integer(days_));
}

std::optional<int> DateObject::compare(const Value& other) const {
  const auto* date = other.object_as<DateObject>();
  if (date == nullptr) return std::nullopt;
  return days_ < date->days_ ? -1 : (days_ > date->days_ ? 1 : 0);
}

Result<std::optional<Value>> DateObject::binary(BinaryOp op, const Value& other,
                                                bool reflected) const {
  if (op != BinaryOp::kAdd && op != BinaryOp::kSub) return std::nullopt;
  if (const auto* delta = other.object_as<TimeDeltaObject>()) {
    if (reflected && op == BinaryOp::kSub) return std::nullopt;
    const int64_t shift = floor_div(delta->micros(), kMicrosPerDay);
    SLUICE_ASSIGN(Value result,
                  make_date_of_days(op == BinaryOp::kAdd ? days_ + shift : days_ - shift));
    return std::optional<Value>(std::move(result));
  }
  const auto* date = other.object_as<DateObject>();
  if (date == nullptr || op != BinaryOp::kSub || reflected) return std::nullopt;
  SLUICE_ASSIGN(Value result, make_timedelta((days_ - date->days_) * kMicrosPerDay));
  return std::optional<Value>(std::move(result));
}

Result<std::string> DateObject::format(std::string_view spec) const {
  return format_time(broken(*this), spec);
}

std::optional<Value> date_constant(std::string_view name) {
  if (name == "min") return Value::object(make_ref<DateObject>(days_from_civil({1, 1, 1})));
  if (name == "max") return Value::object(make_ref<DateObject>(days_from_civil({9999, 12, 31})));
  if (name == "resolution") return Value::object(make_ref<TimeDeltaObject>(kMicrosPerDay));
  return std::nullopt;
}

Result<Value> construct_date(Interpreter& /*interpreter*/, const Value& /*self*/,
                             const CallArgs& args) {
  static constexpr std::array<std::string_view, 3> kNames = {"year", "month", "day"};
  SLUICE_ASSIGN(const auto bound, bind_arguments<3>("function", kNames, args));
  std::array<int64_t, 3> fields{};
  for (size_t i = 0; i < fields.size(); ++i) {
    if (bound[i] == nullptr)
      return runtime_failure(
          fmt::format("function missing required argument '{}' (pos {})", kNames[i], i + 1));
    SLUICE_ASSIGN(fields[i], index_argument(*bound[i]));
  }
  return make_checked_date(fields[0], fields[1], fields[2]);
}

const Method* find_date_class_method(std::string_view name) { return kClassMethods.find(name); }

Value make_iso_calendar(int64_t days) { return Value::object(make_ref<IsoCalendar>(days)); }

Result<Value> make_date_of_days(int64_t days) {
  if (days < days_from_civil({1, 1, 1}) || days > days_from_civil({9999, 12, 31}))
    return runtime_failure("date value out of range");
  return Value::object(make_ref<DateObject>(days));
}

Result<int64_t> checked_days(int64_t year, int64_t month, int64_t day) {
  if (year < 1 || year > 9999) return runtime_failure(fmt::format("year {} is out of range", year));
  if (month < 1 || month > 12) return runtime_failure("month must be in 1..12");
  if (day < 1 || day > days_in_month(year, month))
    return runtime_failure("day is out of range for month");
  return days_from_civil({year, month, day});
}

Result<Value> make_checked_date(int64_t year, int64_t month, int64_t day) {
  SLUICE_ASSIGN(const int64_t days, checked_days(year, month, day));
  return Value::object(make_ref<DateObject>(days));
}

Value make_date(int64_t days_since_epoch) {
  return Value::object(make_ref<DateObject>(days_since_epoch));
}

}  // namespace sluice::jinja
