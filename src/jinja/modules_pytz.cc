// pytz on the system's zone files, read by Howard Hinnant's date library. A zone value is one
// offset of its zone, as in pytz: `timezone(name)` gives the oldest (local mean time), localize()
// and astimezone() pick the right one.
#include <date/tz.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "jinja/modules_datetime.h"
#include "jinja/ops.h"
#include "jinja/ops_errors.h"
#include "jinja/value_hash.h"

namespace sluice::jinja {
namespace {

date::sys_seconds sys_time(int64_t seconds) {
  return date::sys_seconds(std::chrono::seconds(seconds));
}

// pytz rounds offsets to whole minutes.
int64_t whole_minutes(std::chrono::seconds offset) {
  return floor_div(offset.count() + 30, 60) * 60;
}

class PytzUtc final : public TimeZoneObject {
 public:
  std::string_view type_name() const override { return "pytz.utc"; }
  int64_t offset_seconds() const override { return 0; }
  std::string zone_name() const override { return "UTC"; }
  ZoneRef at_utc(int64_t /*utc_seconds*/) const override {
    return ZoneRef(const_cast<PytzUtc*>(this));
  }
  Result<std::string> str() const override { return std::string("UTC"); }
  Result<std::string> repr() const override { return std::string("<UTC>"); }
  bool equals(const Value& other) const override { return other.object_as<PytzUtc>() != nullptr; }
  std::optional<uint64_t> hash() const override { return hash_text("pytz.utc"); }

 protected:
  const Method* method(std::string_view name) const override;
  std::optional<Value> field(std::string_view name) const override {
    return name == "zone" ? std::optional<Value>(Value::string("UTC")) : std::nullopt;
  }
};

// pytz.FixedOffset(minutes).
class PytzFixed final : public TimeZoneObject {
 public:
  explicit PytzFixed(int64_t minutes) : minutes_(minutes) {}
  std::string_view type_name() const override { return "pytz._FixedOffset"; }
  int64_t offset_seconds() const override { return minutes_ * 60; }
  std::string zone_name() const override { return {}; }
  ZoneRef at_utc(int64_t /*utc_seconds*/) const override {
    return ZoneRef(const_cast<PytzFixed*>(this));
  }
  Result<std::string> repr() const override {
    return fmt::format("pytz.FixedOffset({})", minutes_);
  }
  bool equals(const Value& other) const override {
    const auto* zone = other.object_as<PytzFixed>();
    return zone != nullptr && zone->minutes_ == minutes_;
  }
  std::optional<uint64_t> hash() const override { return hash_integer(minutes_); }

 protected:
  const Method* method(std::string_view name) const override;
  std::optional<Value> field(std::string_view name) const override {
    return name == "zone" ? std::optional<Value>(Value::none()) : std::nullopt;
  }

 private:
  int64_t minutes_;
};

// What daylight saving adds at an offset of a zone. The zone files only say that it is on, so it is
// the difference to the last offset before it without; pytz computes it so too.
int64_t dst_of(const date::time_zone& zone, const date::sys_info& info) {
  constexpr int kMaxLookBack = 8;
  if (info.save.count() == 0) return 0;
  date::sys_info before = info;
  for (int i = 0; i < kMaxLookBack && before.save.count() != 0; ++i)
    before = zone.get_info(before.begin - std::chrono::seconds(1));
  const int64_t difference = whole_minutes(info.offset) - whole_minutes(before.offset);
  return difference != 0 ? difference : 3600;
}

class PytzZone final : public TimeZoneObject {
 public:
  PytzZone(const date::time_zone* zone, const date::sys_info& info)
      : zone_(zone),
        offset_(whole_minutes(info.offset)),
        dst_(dst_of(*zone, info)),
        abbreviation_(info.abbrev) {}
  std::string_view type_name() const override { return "pytz.tzfile.DstTzInfo"; }
  int64_t offset_seconds() const override { return offset_; }
  int64_t dst_seconds() const override { return dst_; }
  std::string zone_name() const override { return abbreviation_; }
  ZoneRef at_utc(int64_t utc_seconds) const override {
    return make_ref<PytzZone>(zone_, zone_->get_info(sys_time(utc_seconds)));
  }
  Result<std::string> str() const override { return zone_->name(); }
  Result<std::string> repr() const override {
    if (is_static()) return fmt::format("<StaticTzInfo {}>", string_repr(zone_->name()));
    SLUICE_ASSIGN(const std::string delta, TimeDeltaObject(offset_ * kMicrosPerSecond).str());
    return fmt::format("<DstTzInfo {} {}{}{} {}>", string_repr(zone_->name()), abbreviation_,
                       offset_ > 0 ? "+" : "", delta, dst_ != 0 ? "DST" : "STD");
  }
  bool equals(const Value& other) const override {
    const auto* zone = other.object_as<PytzZone>();
    return zone != nullptr && zone->zone_ == zone_ && zone->offset_ == offset_ &&
           zone->abbreviation_ == abbreviation_;
  }
  std::optional<uint64_t> hash() const override {
    return combine_hashes(hash_text(zone_->name()), hash_integer(offset_));
  }
  // The offset that holds at a local time, as pytz.localize decides it. `is_dst` unset: refuse to
  // guess.
  Result<ZoneRef> at_local(const DateTimeObject& moment, std::optional<bool> is_dst) const;

 protected:
  const Method* method(std::string_view name) const override;
  std::optional<Value> field(std::string_view name) const override {
    return name == "zone" ? std::optional<Value>(Value::string(zone_->name())) : std::nullopt;
  }

 private:
  bool is_static() const {
    const date::sys_info oldest = zone_->get_info(date::sys_days(date::year(1700) / 1 / 1));
    return oldest.end > date::sys_days(date::year(9999) / 1 / 1);
  }
  const date::time_zone* zone_;
  int64_t offset_;
  int64_t dst_;
  std::string abbreviation_;
};

Result<ZoneRef> PytzZone::at_local(const DateTimeObject& moment, std::optional<bool> is_dst) const {
  const date::local_seconds local(
      std::chrono::seconds(floor_div(moment.micros(), kMicrosPerSecond)));
  const date::local_info info = zone_->get_info(local);
  if (info.result == date::local_info::unique)
    return ZoneRef(make_ref<PytzZone>(zone_, info.first));
  const bool ambiguous = info.result == date::local_info::ambiguous;
  if (!is_dst) {
    SLUICE_ASSIGN(const std::string shown, moment.str());
    return runtime_failure(
        fmt::format("{}: {}", ambiguous ? "AmbiguousTimeError" : "NonExistentTimeError", shown));
  }
  if (!ambiguous) return ZoneRef(make_ref<PytzZone>(zone_, *is_dst ? info.second : info.first));
  const bool first_is_dst = info.first.save.count() != 0;
  const bool second_is_dst = info.second.save.count() != 0;
  const bool use_first = first_is_dst == second_is_dst ? *is_dst : first_is_dst == *is_dst;
  return ZoneRef(make_ref<PytzZone>(zone_, use_first ? info.first : info.second));
}

const DateTimeObject* moment_argument(const Value* value) {
  return value == nullptr ? nullptr : value->object_as<DateTimeObject>();
}

Result<std::optional<bool>> dst_argument(const Value* value) {
  if (value == nullptr) return std::optional<bool>(false);
  if (value->is_none()) return std::optional<bool>();
  SLUICE_ASSIGN(const bool flag, truth(*value));
  return std::optional<bool>(flag);
}

// The offset of `zone` at a local moment; pytz.utc has only one.
Result<ZoneRef> offset_at(const Value& zone, const DateTimeObject& moment,
                          std::optional<bool> is_dst) {
  if (const auto* pytz_zone = zone.object_as<PytzZone>())
    return pytz_zone->at_local(moment, is_dst);
  return ZoneRef(zone.object_as<TimeZoneObject>());
}

Result<Value> localize(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(const auto bound,
                bind_arguments<2>("localize", {std::string_view("dt"), "is_dst"}, args));
  const DateTimeObject* moment = moment_argument(bound[0]);
  if (moment == nullptr) return runtime_failure("localize() needs a datetime");
  if (moment->zone()) return runtime_failure("Not naive datetime (tzinfo is already set)");
  SLUICE_ASSIGN(const std::optional<bool> is_dst, dst_argument(bound[1]));
  SLUICE_ASSIGN(ZoneRef zone, offset_at(self, *moment, is_dst));
  return make_datetime_of(moment->micros(), std::move(zone));
}

Result<Value> normalize(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  const DateTimeObject* moment =
      args.positional.empty() ? nullptr : moment_argument(&args.positional[0]);
  if (moment == nullptr) return runtime_failure("normalize() needs a datetime");
  if (!moment->zone()) return runtime_failure("Naive time - no tzinfo set");
  const int64_t utc = moment->utc_micros();
  const ZoneRef zone = self.object_as<TimeZoneObject>()->at_utc(floor_div(utc, kMicrosPerSecond));
  return make_datetime_of(utc + zone->offset_seconds() * kMicrosPerSecond, zone);
}

Result<ZoneRef> zone_of_argument(const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(const auto bound,
                bind_arguments<2>("utcoffset", {std::string_view("dt"), "is_dst"}, args));
  const DateTimeObject* moment = moment_argument(bound[0]);
  if (moment == nullptr) return ZoneRef();
  if (moment->zone()) return moment->zone();
  SLUICE_ASSIGN(const std::optional<bool> is_dst, dst_argument(bound[1]));
  return offset_at(self, *moment, is_dst);
}

Result<Value> utcoffset(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(const ZoneRef zone, zone_of_argument(self, args));
  if (!zone) return Value::none();
  return make_timedelta(zone->offset_seconds() * kMicrosPerSecond);
}

Result<Value> dst(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(const ZoneRef zone, zone_of_argument(self, args));
  if (!zone) return Value::none();
  return make_timedelta(zone->dst_seconds() * kMicrosPerSecond);
}

Result<Value> tzname(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(const ZoneRef zone, zone_of_argument(self, args));
  if (!zone)
    return to_str(self).map([](std::string name) { return Value::string(std::move(name)); });
  const std::string name = zone->zone_name();
  return name.empty() ? Value::none() : Value::string(name);
}

constexpr MethodTable kMethods(std::to_array<Method>({
    {"dst", dst, Arity::kKeywords},
    {"localize", localize, Arity::kKeywords},
    {"normalize", normalize, Arity::kPositional, 1, 2},
    {"tzname", tzname, Arity::kKeywords},
    {"utcoffset", utcoffset, Arity::kKeywords},
}));

const Method* PytzFixed::method(std::string_view name) const { return kMethods.find(name); }
const Method* PytzUtc::method(std::string_view name) const { return kMethods.find(name); }
const Method* PytzZone::method(std::string_view name) const { return kMethods.find(name); }

bool same_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    const auto lower = [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    };
    return lower(x) == lower(y);
  });
}

// Null when there is no such zone. The library throws; nothing leaves this function.
const date::time_zone* find_zone(std::string_view name) {
  try {
    return date::locate_zone(std::string(name));
  } catch (const std::exception&) {
    try {
      for (const date::time_zone& zone : date::get_tzdb().zones)
        if (same_ignoring_case(zone.name(), name)) return &zone;
    } catch (const std::exception&) {
      return nullptr;
    }
  }
  return nullptr;
}

Result<Value> timezone(Interpreter& /*interpreter*/, const CallArgs& args) {
  SLUICE_ASSIGN(const auto bound, bind_arguments<1>("timezone", {std::string_view("zone")}, args));
  if (bound[0] == nullptr)
    return runtime_failure("timezone() missing 1 required positional argument: 'zone'");
  if (bound[0]->is_undefined()) return fail(undefined_error(*bound[0]));
  if (!bound[0]->is_string()) {
    SLUICE_ASSIGN(const std::string shown, to_repr(*bound[0]));
    return fail(ErrorCode::kJinjaRuntime, "UnknownTimeZoneError: " + shown);
  }
  const std::string& name = bound[0]->as_string();
  if (same_ignoring_case(name, "utc")) return zone_value(pytz_utc());
  const date::time_zone* zone = find_zone(name);
  if (zone == nullptr)
    return fail(ErrorCode::kJinjaRuntime, "UnknownTimeZoneError: " + string_repr(name),
                "name a zone of the IANA database, such as 'Europe/Berlin'");
  return Value::object(
      make_ref<PytzZone>(zone, zone->get_info(date::sys_days(date::year(1700) / 1 / 1))));
}

Result<Value> fixed_offset(Interpreter& /*interpreter*/, const CallArgs& args) {
  SLUICE_ASSIGN(const auto bound,
                bind_arguments<1>("FixedOffset", {std::string_view("offset")}, args));
  if (bound[0] == nullptr)
    return runtime_failure("FixedOffset() missing 1 required positional argument: 'offset'");
  SLUICE_ASSIGN(const int64_t minutes, index_argument(*bound[0]));
  if (minutes == 0) return zone_value(pytz_utc());
  if (minutes <= -1440 || minutes >= 1440)
    return runtime_failure(fmt::format("('absolute offset is too large', {})", minutes));
  return Value::object(make_ref<PytzFixed>(minutes));
}

std::vector<Value> zone_names() {
  std::vector<Value> names;
  try {
    for (const date::time_zone& zone : date::get_tzdb().zones)
      names.push_back(Value::string(zone.name()));
  } catch (const std::exception&) {
    names.clear();  // no zone files: pytz.utc still works
  }
  return names;
}

// The list is read from disk only when a template asks for it.
class PytzModule final : public Object {
 public:
  std::string_view type_name() const override { return "dict"; }
  bool is_mapping() const override { return true; }
  Result<std::optional<Value>> attribute(std::string_view /*name*/) const override {
    return std::nullopt;
  }
  Result<std::optional<Value>> item(const Value& key) const override {
    if (!key.is_string()) return std::nullopt;
    const std::string& name = key.as_string();
    if (name == "timezone") return std::optional<Value>(make_function("timezone", timezone));
    if (name == "utc") return std::optional<Value>(zone_value(pytz_utc()));
    if (name == "FixedOffset")
      return std::optional<Value>(make_function("FixedOffset", fixed_offset));
    if (name == "all_timezones") return std::optional<Value>(Value::list(zone_names()));
    if (name == "all_timezones_set") {
      Value names = Value::set();
      for (const Value& zone : zone_names()) names.as_set().add(zone);
      return std::optional<Value>(std::move(names));
    }
    return std::nullopt;
  }
  Result<std::optional<std::vector<Value>>> iterate() const override {
    std::vector<Value> names;
    for (const char* name :
         {"timezone", "utc", "FixedOffset", "all_timezones", "all_timezones_set"})
      names.push_back(Value::string(name));
    return names;
  }
  std::optional<size_t> length() const override { return 5; }
};

}  // namespace

ZoneRef pytz_utc() { return make_ref<PytzUtc>(); }

Value make_pytz_module() { return Value::object(make_ref<PytzModule>()); }

Value make_utc_datetime(int64_t unix_micros) {
  return Value::object(make_ref<DateTimeObject>(unix_micros, pytz_utc()));
}

}  // namespace sluice::jinja
