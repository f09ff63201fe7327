// Column: name and type of a column as templates hold it (api.Column,
// adapter.get_columns_in_relation). Immutable.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "jinja/value.h"
#include "warehouse/warehouse.h"

namespace sluice::compile {

class ColumnObject final : public jinja::Object {
 public:
  ColumnObject(const warehouse::Dialect& dialect, std::string name, std::string dtype,
               std::optional<int64_t> char_size = std::nullopt,
               std::optional<int> precision = std::nullopt, std::optional<int> scale = std::nullopt)
      : dialect_(dialect),
        name_(std::move(name)),
        dtype_(std::move(dtype)),
        char_size_(char_size),
        precision_(precision),
        scale_(scale) {}

  static jinja::Value make(const warehouse::Dialect& dialect, std::string name, std::string dtype);

  const std::string& name() const { return name_; }
  // Complete type: string types with size, numeric types with precision and scale.
  std::string data_type() const;

  std::string_view type_name() const override { return "Column"; }
  Result<std::optional<jinja::Value>> attribute(std::string_view name) const override;
  Result<std::optional<jinja::Value>> call_method(jinja::Interpreter& interpreter,
                                                  std::string_view name,
                                                  const jinja::CallArgs& args) override;
  Result<std::string> repr() const override;
  bool equals(const jinja::Value& other) const override;
  std::optional<uint64_t> hash() const override;

 private:
  std::vector<jinja::Value> fields() const;  // of a struct; empty for other types
  void flatten(std::string path, std::vector<jinja::Value>& out) const;
  std::optional<bool> is_kind(std::string_view method) const;
  warehouse::ColumnShape shape() const { return {name_, dtype_, char_size_, precision_, scale_}; }
  int64_t string_size() const { return char_size_.value_or(dialect_.default_char_size()); }

  const warehouse::Dialect& dialect_;
  std::string name_;
  std::string dtype_;
  std::optional<int64_t> char_size_;
  std::optional<int> precision_, scale_;
};

// `api.Column` / `adapter.Column`: callable class with create, translate_type, string_type,
// numeric_type,
// from_description.
jinja::Value make_column_class(const warehouse::Dialect& dialect);

}  // namespace sluice::compile
