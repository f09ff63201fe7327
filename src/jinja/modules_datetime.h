// Python's datetime, date, time, timedelta and time zones as values. Immutable.
//
// A time zone object stands for one fixed offset, as pytz makes them: a zone with several offsets
// has one object for each, and at_utc() finds the one that holds at an instant.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "jinja/format.h"
#include "jinja/modules_calendar.h"
#include "jinja/modules_object.h"

namespace sluice::jinja {

class TimeZoneObject : public ModuleObject {
 public:
  virtual int64_t offset_seconds() const = 0;
  virtual int64_t dst_seconds() const { return 0; }
  virtual std::string zone_name() const = 0;  // tzname()
  virtual Ref<TimeZoneObject> at_utc(int64_t utc_seconds) const = 0;
};

using ZoneRef = Ref<TimeZoneObject>;

class TimeDeltaObject final : public ModuleObject {
 public:
  explicit TimeDeltaObject(int64_t micros) : micros_(micros) {}
  std::string_view type_name() const override { return "datetime.timedelta"; }
  Result<std::string> str() const override;
  Result<std::string> repr() const override;
  bool truth() const override { return micros_ != 0; }
  bool equals(const Value& other) const override;
  std::optional<uint64_t> hash() const override;
  std::optional<int> compare(const Value& other) const override;
  Result<std::optional<Value>> binary(BinaryOp op, const Value& other,
                                      bool reflected) const override;
  int64_t micros() const { return micros_; }

 protected:
  const Method* method(std::string_view name) const override;
  std::optional<Value> field(std::string_view name) const override;

 private:
  int64_t micros_;
};

class DateObject final : public ModuleObject, public Formattable {
 public:
  explicit DateObject(int64_t days) : days_(days) {}
  std::string_view type_name() const override { return "datetime.date"; }
  Result<std::string> str() const override;
  Result<std::string> repr() const override;
  bool equals(const Value& other) const override;
  std::optional<uint64_t> hash() const override;
  std::optional<int> compare(const Value& other) const override;
  Result<std::optional<Value>> binary(BinaryOp op, const Value& other,
                                      bool reflected) const override;
  Result<std::string> format(std::string_view spec) const override;
  int64_t days() const { return days_; }

 protected:
  const Method* method(std::string_view name) const override;
  std::optional<Value> field(std::string_view name) const override;

 private:
  int64_t days_;  // since 1970-01-01
};

class TimeObject final : public ModuleObject, public Formattable {
 public:
  TimeObject(int64_t micros, ZoneRef zone) : micros_(micros), zone_(std::move(zone)) {}
  std::string_view type_name() const override { return "datetime.time"; }
  Result<std::string> str() const override;
  Result<std::string> repr() const override;
  bool equals(const Value& other) const override;
  std::optional<uint64_t> hash() const override;
  std::optional<int> compare(const Value& other) const override;
  Result<std::string> format(std::string_view spec) const override;
  int64_t micros() const { return micros_; }
  const ZoneRef& zone() const { return zone_; }

 protected:
  const Method* method(std::string_view name) const override;
  std::optional<Value> field(std::string_view name) const override;

 private:
  int64_t micros_;  // of the day
  ZoneRef zone_;    // may be null
};

class DateTimeObject final : public ModuleObject, public Formattable {
 public:
  DateTimeObject(int64_t micros, ZoneRef zone) : micros_(micros), zone_(std::move(zone)) {}
  std::string_view type_name() const override { return "datetime.datetime"; }
  Result<std::string> str() const override;
  Result<std::string> repr() const override;
  bool equals(const Value& other) const override;
  std::optional<uint64_t> hash() const override;
  std::optional<int> compare(const Value& other) const override;
  Result<std::optional<Value>> binary(BinaryOp op, const Value& other,
                                      bool reflected) const override;
  Result<std::string> format(std::string_view spec) const override;
  int64_t micros() const { return micros_; }  // local wall time since 1970-01-01 00:00
  const ZoneRef& zone() const { return zone_; }
  int64_t days() const { return floor_div(micros_, kMicrosPerDay); }
  int64_t micros_of_day() const { return floor_mod(micros_, kMicrosPerDay); }
  // Instant in UTC; a naive one is taken as UTC here.
  int64_t utc_micros() const;
  BrokenTime broken() const;

 protected:
  const Method* method(std::string_view name) const override;
  std::optional<Value> field(std::string_view name) const override;

 private:
  int64_t micros_;
  ZoneRef zone_;  // may be null
};

// Constructors that check ranges, with Python's wording.
Result<Value> make_timedelta(int64_t micros);
Result<Value> make_date_of_days(int64_t days);
Result<Value> make_datetime_of(int64_t local_micros, ZoneRef zone);
Result<int64_t> checked_days(int64_t year, int64_t month, int64_t day);
Result<int64_t> checked_time(int64_t hour, int64_t minute, int64_t second, int64_t microsecond);
Result<Value> make_checked_date(int64_t year, int64_t month, int64_t day);
// year, month, day, hour, minute, second, microsecond.
Result<Value> make_checked_datetime(const std::array<int64_t, 7>& fields,
                                    std::optional<int64_t> offset_seconds);
bool is_date_or_datetime(const Value& value);

// datetime.timezone(offset, name) and pytz.utc.
ZoneRef fixed_zone(int64_t offset_seconds, std::string name = {});
ZoneRef pytz_utc();
Value zone_value(const ZoneRef& zone);
// None gives null. Error: "tzinfo argument must be None or of a tzinfo subclass, not type 'int'".
Result<ZoneRef> zone_argument(const Value* value);

// isoformat pieces.
Result<std::string> iso_time_text(int64_t micros_of_day, std::string_view timespec);
Result<Value> parse_iso_date(std::string_view text);
Result<Value> parse_iso_time(std::string_view text);
Result<Value> parse_iso_datetime(std::string_view text);
// datetime.strptime.
Result<Value> parse_time(std::string_view text, std::string_view format);

// repr of a time zone inside repr of a time: ", tzinfo=…" or nothing.
Result<std::string> zone_repr_suffix(const ZoneRef& zone);

}  // namespace sluice::jinja
