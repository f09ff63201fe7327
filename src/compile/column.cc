#include "compile/column.h"

#include <fmt/format.h>

#include <functional>

#include "compile/call_arguments.h"
#include "compile/struct_fields.h"
#include "jinja/ops.h"

namespace sluice::compile {

using jinja::CallArgs;
using jinja::Value;

namespace {

std::optional<int64_t> optional_int(const Value& value) {
  if (value.is_int()) return value.as_int();
  return std::nullopt;
}

std::optional<int> optional_small_int(const Value& value) {
  if (value.is_int()) return static_cast<int>(value.as_int());
  return std::nullopt;
}

Value type_labels(const warehouse::Dialect& dialect) {
  Value out = Value::dict();
  out.as_dict().set("STRING", Value::string(dialect.translate_type("STRING")));
  return out;
}

// A column from the text of its type: "varchar(20)" has a size, "decimal(10,2)" precision and
// scale.
Result<Value> column_from_description(const warehouse::Dialect& dialect, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound,
                bind_arguments("from_description", args, {{"name"}, {"raw_data_type"}}));
  SLUICE_ASSIGN(const std::string name, jinja::to_str(bound[0]));
  SLUICE_ASSIGN(const std::string raw, jinja::to_str(bound[1]));
  const size_t open = raw.find('(');
  const size_t close = raw.find(')', open == std::string::npos ? 0 : open);
  std::vector<int64_t> sizes;
  if (close != std::string::npos && open != std::string::npos) {
    std::string_view inner = std::string_view(raw).substr(open + 1, close - open - 1);
    for (bool more = true; more;) {
      const size_t comma = inner.find(',');
      const std::string_view word = inner.substr(0, comma);
      const std::optional<Value> number = jinja::parse_int(std::string(word));
      if (!number || !number->is_int())
        return fail(ErrorCode::kJinjaRuntime,
                    fmt::format("could not interpret data_type \"{}\": could not convert \"{}\" to "
                                "an integer",
                                raw, word),
                    "write a type with at most two sizes, such as decimal(10,2)");
      sizes.push_back(number->as_int());
      more = comma != std::string_view::npos;
      if (more) inner = inner.substr(comma + 1);
    }
  }
  const auto small = [](int64_t size) { return std::optional(static_cast<int>(size)); };
  const bool is_number = sizes.size() == 2;
  return Value::object(jinja::make_ref<ColumnObject>(
      dialect, name, raw.substr(0, open),
      sizes.size() == 1 ? std::optional(sizes[0]) : std::nullopt,
      is_number ? small(sizes[0]) : std::nullopt, is_number ? small(sizes[1]) : std::nullopt));
}

// Class methods that columns and the class itself both have.
Result<std::optional<Value>> class_method(const warehouse::Dialect& dialect, std::string_view name,
                                          const CallArgs& args) {
  if (name == "translate_type") {
    SLUICE_ASSIGN(auto bound, bind_arguments(name, args, {{"dtype"}}));
    SLUICE_ASSIGN(std::string text, jinja::to_str(bound[0]));
    return Value::string(dialect.translate_type(text));
  }
  if (name == "string_type") {
    SLUICE_ASSIGN(auto bound, bind_arguments(name, args, {{"size"}}));
    return Value::string(dialect.string_type(optional_int(bound[0]).value_or(0)));
  }
  if (name == "numeric_type") {
    SLUICE_ASSIGN(auto bound, bind_arguments(name, args, {{"dtype"}, {"precision"}, {"scale"}}));
    SLUICE_ASSIGN(std::string text, jinja::to_str(bound[0]));
    return Value::string(
        dialect.numeric_type(text, optional_small_int(bound[1]), optional_small_int(bound[2])));
  }
  if (name == "create") {
    SLUICE_ASSIGN(auto bound, bind_arguments(name, args, {{"name"}, {"label_or_dtype"}}));
    SLUICE_ASSIGN(std::string column, jinja::to_str(bound[0]));
    SLUICE_ASSIGN(std::string type, jinja::to_str(bound[1]));
    return ColumnObject::make(dialect, column, dialect.translate_type(type));
  }
  if (name == "from_description") {
    SLUICE_ASSIGN(Value out, column_from_description(dialect, args));
    return out;
  }
  return std::nullopt;
}

class ColumnClass final : public jinja::Object {
 public:
  explicit ColumnClass(const warehouse::Dialect& dialect) : dialect_(dialect) {}
  std::string_view type_name() const override { return "type"; }
  bool callable() const override { return true; }
  Result<Value> call(jinja::Interpreter&, const CallArgs& args) override {
    SLUICE_ASSIGN(auto bound, bind_arguments("Column", args,
                                             {{"column"},
                                              {"dtype"},
                                              {"char_size", Value::none()},
                                              {"numeric_precision", Value::none()},
                                              {"numeric_scale", Value::none()}}));
    SLUICE_ASSIGN(std::string name, jinja::to_str(bound[0]));
    SLUICE_ASSIGN(std::string type, jinja::to_str(bound[1]));
    return Value::object(jinja::make_ref<ColumnObject>(dialect_, name, type, optional_int(bound[2]),
                                                       optional_small_int(bound[3]),
                                                       optional_small_int(bound[4])));
  }
  Result<std::optional<Value>> attribute(std::string_view name) const override {
    if (name == "TYPE_LABELS") return type_labels(dialect_);
    return std::nullopt;
  }
  Result<std::optional<Value>> call_method(jinja::Interpreter& interpreter, std::string_view name,
                                           const CallArgs& args) override {
    SLUICE_ASSIGN(auto found, class_method(dialect_, name, args));
    if (found) return found;
    return jinja::Object::call_method(interpreter, name, args);
  }

 private:
  const warehouse::Dialect& dialect_;
};

}  // namespace

Value ColumnObject::make(const warehouse::Dialect& dialect, std::string name, std::string dtype) {
  return Value::object(jinja::make_ref<ColumnObject>(dialect, std::move(name), std::move(dtype)));
}

std::string ColumnObject::data_type() const { return dialect_.data_type(shape()); }

Result<std::optional<Value>> ColumnObject::attribute(std::string_view name) const {
  auto number = [](auto value) { return value ? Value::integer(*value) : Value::none(); };
  if (name == "name" || name == "column") return Value::string(name_);
  if (name == "quoted") return Value::string(dialect_.quote_column(name_));
  if (name == "dtype") return Value::string(dtype_);
  if (name == "data_type") return Value::string(data_type());
  if (name == "expanded_data_type")
    return Value::string(dialect_.is_string_type(dtype_) ? dialect_.string_type(string_size())
                                                         : data_type());
  if (name == "fields") return Value::list(fields());
  if (name == "TYPE_LABELS") return type_labels(dialect_);
  if (name == "char_size") return number(char_size_);
  if (name == "numeric_precision") return number(precision_);
  if (name == "numeric_scale") return number(scale_);
  return std::nullopt;
}

std::vector<Value> ColumnObject::fields() const {
  std::vector<Value> out;
  for (auto& [name, type] : struct_fields(dtype_))
    out.push_back(make(dialect_, std::move(name), std::move(type)));
  return out;
}

// The column, or in place of a struct what its fields hold, each under its path.
void ColumnObject::flatten(std::string path, std::vector<Value>& out) const {
  const std::vector<Value> inner = fields();
  if (inner.empty())
    out.push_back(Value::object(jinja::make_ref<ColumnObject>(dialect_, std::move(path), dtype_,
                                                              char_size_, precision_, scale_)));
  for (const Value& field : inner) {
    const ColumnObject& column = *field.object_as<ColumnObject>();
    column.flatten(fmt::format("{}.{}", path, column.name_), out);
  }
}

// is_string(), is_number()…; nullopt: no such method.
std::optional<bool> ColumnObject::is_kind(std::string_view method) const {
  if (method == "is_string") return dialect_.is_string_type(dtype_);
  if (method == "is_integer") return dialect_.is_integer_type(dtype_);
  if (method == "is_float") return dialect_.is_float_type(dtype_);
  if (method == "is_numeric") return dialect_.is_numeric_type(dtype_);
  if (method == "is_struct") return is_struct_type(dtype_);
  if (method != "is_number") return std::nullopt;
  return dialect_.is_integer_type(dtype_) || dialect_.is_float_type(dtype_) ||
         dialect_.is_numeric_type(dtype_);
}

Result<std::optional<Value>> ColumnObject::call_method(jinja::Interpreter& interpreter,
                                                       std::string_view name,
                                                       const CallArgs& args) {
  if (std::optional<bool> answer = is_kind(name)) return Value::boolean(*answer);
  if (name == "string_size") {
    if (!dialect_.is_string_type(dtype_))
      return fail(ErrorCode::kJinjaRuntime,
                  fmt::format("string_size of column '{}', whose type is '{}'", name_, dtype_),
                  "only string columns have one");
    return Value::integer(string_size());
  }
  if (name == "can_expand_to") {
    SLUICE_ASSIGN(auto bound, bind_arguments(name, args, {{"other_column"}}));
    const ColumnObject* other = bound[0].object_as<ColumnObject>();
    bool can = other && dialect_.is_string_type(dtype_) && dialect_.is_string_type(other->dtype_) &&
               other->string_size() > string_size();
    return Value::boolean(can);
  }
  if (name == "literal") {
    SLUICE_ASSIGN(auto bound, bind_arguments(name, args, {{"value"}}));
    SLUICE_ASSIGN(std::string text, jinja::to_str(bound[0]));
    return Value::string(dialect_.column_literal(text, data_type()));
  }
  if (name == "flatten") {
    std::vector<Value> flat;
    flatten(name_, flat);
    return Value::list(std::move(flat));
  }
  SLUICE_ASSIGN(auto found, class_method(dialect_, name, args));
  if (found) return found;
  return jinja::Object::call_method(interpreter, name, args);
}

Result<std::string> ColumnObject::repr() const {
  std::string text = dialect_.column_repr(shape());
  constexpr std::string_view kNoFields = "fields=[])";
  if (!text.ends_with(kNoFields)) return text;
  SLUICE_ASSIGN(const std::string shown, jinja::to_repr(Value::list(fields())));
  text.replace(text.size() - kNoFields.size(), kNoFields.size(), fmt::format("fields={})", shown));
  return text;
}

bool ColumnObject::equals(const Value& other) const {
  const ColumnObject* column = other.object_as<ColumnObject>();
  return column && column->name_ == name_ && column->dtype_ == dtype_ &&
         column->data_type() == data_type();
}

std::optional<uint64_t> ColumnObject::hash() const {
  return std::hash<std::string>{}(name_ + '\0' + dtype_);
}

Value make_column_class(const warehouse::Dialect& dialect) {
  return Value::object(jinja::make_ref<ColumnClass>(dialect));
}

}  // namespace sluice::compile
