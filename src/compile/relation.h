// Relation: the name of a table or view as templates hold it. Immutable; include(), quote() and
// incorporate() give copies. Rendering follows the quote and include policies, as in dbt.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "compile/manifest.h"
#include "jinja/value.h"
#include "warehouse/warehouse.h"

namespace sluice::compile {

using RelationPolicy = warehouse::PartFlags;

struct RelationParts {
  std::optional<std::string> database;
  std::optional<std::string> schema;
  std::optional<std::string> identifier;
  std::optional<warehouse::RelationType> type;
  RelationPolicy quote;
  RelationPolicy include;
  // Text that stands for the whole relation: read_parquet('…') of an external source.
  std::optional<std::string> external;
  // The rows that are read at most; --empty: none.
  std::optional<int64_t> limit;
  std::optional<std::string> catalog;
  bool created_by_run = false;  // what templates call dbt_created
  bool requires_alias = false;  // of a subquery that stands for the relation
  // Batches and --sample: reads only what happened in the window. `filter_column` is SQL.
  std::string filter_column;
  TimeWindow filter_window;
};

class Relation final : public jinja::Object {
 public:
  Relation(const warehouse::Dialect& dialect, RelationParts parts)
      : dialect_(dialect), parts_(std::move(parts)) {}

  static jinja::Value make(const warehouse::Dialect& dialect, RelationParts parts);

  const RelationParts& parts() const { return parts_; }
  const warehouse::Dialect& dialect() const { return dialect_; }
  // The name alone.
  std::string render() const;
  // What templates print: the name, or a subquery that reads some rows or a window of time only.
  std::string scan_text() const;
  // The name, or a subquery with the limit.
  std::string limited_text() const;
  // The subquery of the window over `text`; `text` itself when there is no window.
  std::string windowed_text(std::string text) const;
  warehouse::RelationInfo info() const;

  std::string_view type_name() const override;
  Result<std::optional<jinja::Value>> attribute(std::string_view name) const override;
  Result<std::optional<jinja::Value>> item(const jinja::Value& key) const override;
  Result<std::optional<jinja::Value>> call_method(jinja::Interpreter& interpreter,
                                                  std::string_view name,
                                                  const jinja::CallArgs& args) override;
  Result<std::string> str() const override { return scan_text(); }
  Result<std::string> repr() const override;
  bool equals(const jinja::Value& other) const override;
  std::optional<uint64_t> hash() const override;
  std::optional<size_t> length() const override { return std::nullopt; }
  // dbt's relations answer get() and item access; packages recognise them by that and `metadata`.
  bool is_mapping() const override { return true; }

 private:
  Result<std::optional<jinja::Value>> other_method(jinja::Interpreter& interpreter,
                                                   std::string_view name,
                                                   const jinja::CallArgs& args);

  Result<jinja::Value> replaced(const jinja::CallArgs& args) const;
  jinja::Value as_dict(bool omit_none) const;

  const warehouse::Dialect& dialect_;
  RelationParts parts_;
};

// The INFORMATION_SCHEMA of the relation's database, or one view of it.
jinja::Value information_schema_view(const Relation& relation, std::optional<std::string> view);

// "table", "view"… → type; nullopt for an unknown word.
std::optional<warehouse::RelationType> parse_relation_type(std::string_view word);

// Relation.create(database=…, schema=…, identifier=…, type=…, quote_policy=…): the constructor
// templates call.
Result<jinja::Value> create_relation(const warehouse::Dialect& dialect,
                                     const RelationPolicy& default_quote,
                                     const jinja::CallArgs& args);

// `api.Relation` / `adapter.Relation`: callable class with create().
jinja::Value make_relation_class(const warehouse::Dialect& dialect,
                                 const RelationPolicy& default_quote);

}  // namespace sluice::compile
