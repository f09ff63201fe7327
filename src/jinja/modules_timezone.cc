// datetime.timezone: fixed offsets.
#include <fmt/format.h>

#include "jinja/modules_datetime.h"
#include "jinja/ops.h"
#include "jinja/ops_errors.h"
#include "jinja/value_hash.h"

namespace sluice::jinja {
namespace {

class FixedZone final : public TimeZoneObject {
 public:
  FixedZone(int64_t offset_seconds, std::string name)
      : offset_seconds_(offset_seconds), name_(std::move(name)) {}
  std::string_view type_name() const override { return "datetime.timezone"; }
  int64_t offset_seconds() const override { return offset_seconds_; }
  std::string zone_name() const override {
    if (!name_.empty()) return name_;
    return offset_seconds_ == 0 ? "UTC" : "UTC" + offset_text(offset_seconds_, true);
  }
  ZoneRef at_utc(int64_t /*utc_seconds*/) const override {
    return ZoneRef(const_cast<FixedZone*>(this));
  }
  Result<std::string> str() const override { return zone_name(); }
  Result<std::string> repr() const override {
    if (offset_seconds_ == 0 && name_.empty()) return std::string("datetime.timezone.utc");
    SLUICE_ASSIGN(const std::string delta,
                  TimeDeltaObject(offset_seconds_ * kMicrosPerSecond).repr());
    if (name_.empty()) return fmt::format("datetime.timezone({})", delta);
    return fmt::format("datetime.timezone({}, {})", delta, string_repr(name_));
  }
  bool equals(const Value& other) const override {
    const auto* zone = other.object_as<FixedZone>();
    return zone != nullptr && zone->offset_seconds_ == offset_seconds_;
  }
  std::optional<uint64_t> hash() const override {
    return combine_hashes(hash_text("timezone"), hash_integer(offset_seconds_));
  }

 protected:
  const Method* method(std::string_view name) const override;

 private:
  int64_t offset_seconds_;
  std::string name_;
};

const FixedZone& zone_of(const Value& value) {
  return static_cast<const FixedZone&>(value.as_object());
}

Result<Value> zone_tzname(Interpreter& /*interpreter*/, const Value& self,
                          const CallArgs& /*args*/) {
  return Value::string(zone_of(self).zone_name());
}

Result<Value> zone_utcoffset(Interpreter& /*interpreter*/, const Value& self,
                             const CallArgs& /*args*/) {
  return make_timedelta(zone_of(self).offset_seconds() * kMicrosPerSecond);
}

Result<Value> zone_dst(Interpreter& /*interpreter*/, const Value& /*self*/,
                       const CallArgs& /*args*/) {
  return Value::none();
}

constexpr MethodTable kMethods(std::to_array<Method>({
    {"dst", zone_dst, Arity::kOne},
    {"tzname", zone_tzname, Arity::kOne},
    {"utcoffset", zone_utcoffset, Arity::kOne},
}));

const Method* FixedZone::method(std::string_view name) const { return kMethods.find(name); }

}  // namespace

ZoneRef fixed_zone(int64_t offset_seconds, std::string name) {
  return make_ref<FixedZone>(offset_seconds, std::move(name));
}

Value zone_value(const ZoneRef& zone) {
  return zone ? Value::object(Ref<Object>(zone.get())) : Value::none();
}

Result<ZoneRef> zone_argument(const Value* value) {
  if (value == nullptr || value->is_none()) return ZoneRef();
  if (value->is_undefined()) return fail(undefined_error(*value));
  if (auto* zone = value->object_as<TimeZoneObject>()) return ZoneRef(zone);
  return runtime_failure(fmt::format(
      "tzinfo argument must be None or of a tzinfo subclass, not type '{}'", type_name(*value)));
}

Result<std::string> zone_repr_suffix(const ZoneRef& zone) {
  if (!zone) return std::string();
  SLUICE_ASSIGN(const std::string text, zone->repr());
  return ", tzinfo=" + text;
}

}  // namespace sluice::jinja
