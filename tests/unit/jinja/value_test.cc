// Dict, Set, hashing and decimals.
#include "jinja/value.h"

#include <gtest/gtest.h>

#include "jinja/numbers.h"
#include "jinja/ops.h"
#include "jinja/value_bigint.h"
#include "jinja/value_decimal.h"

namespace sluice::jinja {
namespace {

TEST(Dict, KeepsInsertionOrderWhileGrowing) {
  const Value value = Value::dict();
  Dict& dict = value.as_dict();
  for (int64_t i = 0; i < 1000; ++i) dict.set(Value::integer(i * 7), Value::integer(i));
  ASSERT_EQ(dict.size(), 1000U);
  for (int64_t i = 0; i < 1000; ++i) {
    EXPECT_EQ(dict.entries()[static_cast<size_t>(i)].key.as_int(), i * 7);
    ASSERT_NE(dict.find(Value::integer(i * 7)), nullptr);
    EXPECT_EQ(dict.find(Value::integer(i * 7))->as_int(), i);
  }
  EXPECT_EQ(dict.find(Value::integer(1)), nullptr);
}

TEST(Dict, ErasesFromBothEndsAndFindsTheRest) {
  const Value value = Value::dict();
  Dict& dict = value.as_dict();
  for (int i = 0; i < 40; ++i) dict.set("k" + std::to_string(i), Value::integer(i));
  EXPECT_TRUE(dict.erase(Value::string("k39")));
  EXPECT_TRUE(dict.erase(Value::string("k0")));
  EXPECT_FALSE(dict.erase(Value::string("k0")));
  EXPECT_TRUE(dict.erase(Value::string("k38")));
  dict.set("k39", Value::integer(390));
  ASSERT_EQ(dict.size(), 38U);
  for (int i = 1; i < 38; ++i) EXPECT_EQ(dict.find("k" + std::to_string(i))->as_int(), i);
  EXPECT_EQ(dict.find("k39")->as_int(), 390);
  EXPECT_EQ(dict.find("k38"), nullptr);
}

TEST(Dict, ManyPopsOfTheLastEntryLeaveAWorkingIndex) {
  const Value value = Value::dict();
  Dict& dict = value.as_dict();
  for (int round = 0; round < 50; ++round) {
    for (int i = 0; i < 30; ++i) dict.set(Value::integer(i), Value::integer(round));
    for (int i = 29; i >= 5; --i) EXPECT_TRUE(dict.erase(Value::integer(i)));
    ASSERT_EQ(dict.size(), 5U);
    EXPECT_EQ(dict.find(Value::integer(4))->as_int(), round);
    EXPECT_EQ(dict.find(Value::integer(5)), nullptr);
  }
}

TEST(Dict, EqualNumbersAreOneKey) {
  const Value value = Value::dict();
  Dict& dict = value.as_dict();
  dict.set(Value::integer(1), Value::string("int"));
  dict.set(Value::floating(1.0), Value::string("float"));
  dict.set(Value::boolean(true), Value::string("bool"));
  dict.set(make_decimal("1.00"), Value::string("decimal"));
  ASSERT_EQ(dict.size(), 1U);
  EXPECT_EQ(to_repr(value).value(), "{1: 'decimal'}");
}

TEST(Set, KeepsOneOfEqualItems) {
  const Value value = Value::set();
  value.as_set().add(Value::string("a"));
  value.as_set().add(Value::string("a"));
  EXPECT_EQ(value.as_set().size(), 1U);
  EXPECT_TRUE(value.as_set().contains(Value::string("a")));
}

TEST(Hash, EqualValuesHashAlike) {
  const Value big = bigint_from_digits("100000000000000000000", 10, false);
  EXPECT_EQ(hash(big), hash(Value::floating(1e20)));
  EXPECT_EQ(hash(Value::floating(-3.0)), hash(Value::integer(-3)));
  EXPECT_EQ(hash(make_decimal("0.5")), hash(Value::floating(0.5)));
  EXPECT_EQ(hash(Value::list()), std::nullopt);
  EXPECT_EQ(hash(Value::tuple({Value::list()})), std::nullopt);
}

struct DecimalRow {
  const char* left;
  char op;
  const char* right;
  const char* result;
};

// Computed by Python's decimal module.
constexpr DecimalRow kDecimals[] = {
    {"1.10", '+', "2.2", "3.30"},
    {"1.00", '-', "1", "0.00"},
    {"1.5", '*', "-2.25", "-3.375"},
    {"1", '/', "3", "0.3333333333333333333333333333"},
    {"2", '/', "3", "0.6666666666666666666666666667"},
    {"10", '/', "4", "2.5"},
    {"1.20", '/', "0.4", "3.0"},
    {"99999999999999999999999999999", '+', "0.1", "1.000000000000000000000000000E+29"},
};

TEST(Decimal, Arithmetic) {
  for (const DecimalRow& row : kDecimals) {
    SCOPED_TRACE(std::string(row.left) + row.op + row.right);
    const Value left = make_decimal(row.left);
    const Value right = make_decimal(row.right);
    Result<Value> result = add(left, right);
    if (row.op == '-') result = subtract(left, right);
    if (row.op == '*') result = multiply(left, right);
    if (row.op == '/') result = divide(left, right);
    ASSERT_TRUE(result.has_value());
    EXPECT_EQ(to_str(*result).value(), row.result);
  }
}

TEST(Decimal, PrintsComparesAndRounds) {
  const Value value = make_decimal("12.50");
  EXPECT_EQ(to_str(value).value(), "12.50");
  EXPECT_EQ(to_repr(value).value(), "Decimal('12.50')");
  EXPECT_EQ(to_str(make_decimal("0.00000001")).value(), "1E-8");
  EXPECT_EQ(to_str(make_decimal("1E+3")).value(), "1E+3");
  EXPECT_TRUE(equals(value, Value::floating(12.5)));
  EXPECT_FALSE(equals(make_decimal("0.1"), Value::floating(0.1)));
  EXPECT_TRUE(equals(make_decimal("3.0"), Value::integer(3)));
  EXPECT_EQ(compare(value, Value::integer(13)).value(), -1);
  EXPECT_EQ(to_str(python_round(make_decimal("2.345"), 2).value()).value(), "2.34");
  EXPECT_EQ(to_str(python_round(make_decimal("2.5"), std::nullopt).value()).value(), "2");
  EXPECT_EQ(format_value(make_decimal("1234.5"), ",.2f").value(), "1,234.50");
  EXPECT_FALSE(add(value, Value::floating(1.0)).has_value());
}

}  // namespace
}  // namespace sluice::jinja
