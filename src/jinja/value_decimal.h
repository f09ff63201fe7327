// decimal.Decimal: exact decimal numbers from query results, with the arithmetic of Python's
// default context (28 significant digits, ties to even). Immutable.
#pragma once

#include <optional>
#include <string>

#include "jinja/format.h"
#include "jinja/value.h"

namespace sluice::jinja {

class DecimalObject final : public Object, public Formattable {
 public:
  // value = coefficient * 10^exponent; the coefficient is a non-negative integer kind.
  DecimalObject(bool negative, Value coefficient, int64_t exponent)
      : negative_(negative), coefficient_(std::move(coefficient)), exponent_(exponent) {}
  std::string_view type_name() const override { return "decimal.Decimal"; }
  Result<std::string> str() const override;
  Result<std::string> repr() const override;
  bool truth() const override;
  bool equals(const Value& other) const override;
  std::optional<uint64_t> hash() const override;
  std::optional<int> compare(const Value& other) const override;
  Result<std::optional<Value>> binary(BinaryOp op, const Value& other,
                                      bool reflected) const override;
  Result<std::string> format(std::string_view spec) const override;

  bool negative() const { return negative_; }
  const Value& coefficient() const { return coefficient_; }
  int64_t exponent() const { return exponent_; }
  // The coefficient with its sign.
  Value signed_coefficient() const;
  double to_float() const;
  // int(x): truncated.
  Value to_integer() const;
  // round(x, digits): half to even.
  Result<Value> round(int64_t digits) const;

 private:
  // Digits after the point as `precision` says (-1: those it has); `percent` multiplies by 100.
  std::string fixed_text(int64_t precision, bool percent) const;
  // The magnitude in the form that the spec asks for.
  Result<std::string> unsigned_text(const FormatSpec& spec) const;

  bool negative_;
  Value coefficient_;
  int64_t exponent_;
};

// Digits such as "-12.50" or "1E+3"; nullopt when it is no number.
std::optional<Value> parse_decimal(std::string_view digits);

}  // namespace sluice::jinja
