// Reads JSON objects of a plan strictly: keys outside the list are refused, and the first refusal
// is kept. What is read after one is meaningless but safe to hold.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "sql/plan_decoder.h"
#include "sql/relational.h"

namespace sluice::sql {

class PlanReader {
 public:
  // The text that a type has in SQL; empty where it has none that says everything (collations,
  // types whose values the engine cannot parse back).
  static std::string type_text(const Json& type);

  ExprPtr expression(const Json& json);
  OperatorPtr operation(const Json& json);

  const std::optional<Unsupported>& refusal() const { return refusal_; }

 private:
  struct CommonTable {
    std::string name;
    OperatorPtr body;
  };

  void refuse(std::string what, size_t place = kNoPlace);
  void allow(const Json& object, std::string_view what,
             std::initializer_list<std::string_view> keys);
  const Json& field(const Json& object, std::string_view key);
  std::string text(const Json& object, std::string_view key);
  bool flag(const Json& object, std::string_view key);
  std::vector<ExprPtr> expressions(const Json& object, std::string_view key);
  ExprPtr optional_expression(const Json& object, std::string_view key);
  std::vector<SortKey> sort_keys(const Json& list);
  std::vector<size_t> positions(const Json& list);

  void column(const Json& json, Expr& expr);
  void constant(const Json& json, Expr& expr);
  void conjunction(const Json& json, Expr& expr);
  void unnest(const Json& json, Expr& expr);
  void unresolved(const Json& json, Expr& expr);
  void comparison(const Json& json, Expr& expr);
  void cast(const Json& json, Expr& expr);
  void function(const Json& json, Expr& expr);
  void operator_call(const Json& json, Expr& expr);
  void case_expression(const Json& json, Expr& expr);
  void aggregate(const Json& json, Expr& expr);
  void window(const Json& json, Expr& expr);

  void read_operation(const Json& json, std::string_view type, Operator& out);
  void inputs(const Json& json, Operator& out, size_t count);
  void stub_scan(const Json& json, Operator& out);
  void generated_rows(const Json& json, Operator& out);
  // One for each kind of operator; `type` is its name in the plan.
  void get(const Json& json, std::string_view type, Operator& out);
  void values_operation(const Json& json, std::string_view type, Operator& out);
  void parameters_operation(const Json& json, std::string_view type, Operator& out);
  void row_operation(const Json& json, std::string_view type, Operator& out);
  void limit_operation(const Json& json, std::string_view type, Operator& out);
  void aggregate_operation(const Json& json, std::string_view type, Operator& out);
  void distinct_operation(const Json& json, std::string_view type, Operator& out);
  void sort_operation(const Json& json, std::string_view type, Operator& out);
  void join_operation(const Json& json, std::string_view type, Operator& out);
  void set_operation(const Json& json, std::string_view type, Operator& out);
  void common_table(const Json& json, std::string_view type, Operator& out);
  void common_table_reference(const Json& json, std::string_view type, Operator& out);

  std::optional<Unsupported> refusal_;
  std::vector<std::pair<int64_t, CommonTable>> common_tables_;  // by table index
};

}  // namespace sluice::sql
