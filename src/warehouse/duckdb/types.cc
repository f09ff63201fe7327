#include "warehouse/duckdb/types.h"

#include <fmt/format.h>

#include <functional>

#include "warehouse/dialects.h"

namespace sluice::warehouse {
namespace {

struct TypeName {
  duckdb_type type;
  const char* name;
};

constexpr TypeName kTypeNames[] = {
    {DUCKDB_TYPE_BOOLEAN, "BOOLEAN"},
    {DUCKDB_TYPE_TINYINT, "TINYINT"},
    {DUCKDB_TYPE_SMALLINT, "SMALLINT"},
    {DUCKDB_TYPE_INTEGER, "INTEGER"},
    {DUCKDB_TYPE_BIGINT, "BIGINT"},
    {DUCKDB_TYPE_UTINYINT, "UTINYINT"},
    {DUCKDB_TYPE_USMALLINT, "USMALLINT"},
    {DUCKDB_TYPE_UINTEGER, "UINTEGER"},
    {DUCKDB_TYPE_UBIGINT, "UBIGINT"},
    {DUCKDB_TYPE_FLOAT, "FLOAT"},
    {DUCKDB_TYPE_DOUBLE, "DOUBLE"},
    {DUCKDB_TYPE_TIMESTAMP, "TIMESTAMP"},
    {DUCKDB_TYPE_DATE, "DATE"},
    {DUCKDB_TYPE_TIME, "TIME"},
    {DUCKDB_TYPE_INTERVAL, "INTERVAL"},
    {DUCKDB_TYPE_HUGEINT, "HUGEINT"},
    {DUCKDB_TYPE_UHUGEINT, "UHUGEINT"},
    {DUCKDB_TYPE_VARCHAR, "VARCHAR"},
    {DUCKDB_TYPE_BLOB, "BLOB"},
    {DUCKDB_TYPE_TIMESTAMP_S, "TIMESTAMP_S"},
    {DUCKDB_TYPE_TIMESTAMP_MS, "TIMESTAMP_MS"},
    {DUCKDB_TYPE_TIMESTAMP_NS, "TIMESTAMP_NS"},
    {DUCKDB_TYPE_UUID, "UUID"},
    {DUCKDB_TYPE_BIT, "BIT"},
    {DUCKDB_TYPE_TIME_TZ, "TIME WITH TIME ZONE"},
    {DUCKDB_TYPE_TIMESTAMP_TZ, "TIMESTAMP WITH TIME ZONE"},
    {DUCKDB_TYPE_BIGNUM, "BIGNUM"},
    {DUCKDB_TYPE_SQLNULL, "NULL"},
    {DUCKDB_TYPE_STRING_LITERAL, "STRING_LITERAL"},
    {DUCKDB_TYPE_INTEGER_LITERAL, "INTEGER_LITERAL"},
    {DUCKDB_TYPE_TIME_NS, "TIME_NS"},
    {DUCKDB_TYPE_GEOMETRY, "GEOMETRY"},
    {DUCKDB_TYPE_VARIANT, "VARIANT"},
    {DUCKDB_TYPE_ANY, "ANY"},
};

const char* simple_type_name(duckdb_type type) {
  for (const TypeName& entry : kTypeNames) {
    if (entry.type == type) return entry.name;
  }
  return "UNKNOWN";
}

// A field's name as the engine prints it: quoted unless it is a plain lower-case word.
std::string field_name(const std::string& name) {
  bool plain = !name.empty() && (name[0] < '0' || name[0] > '9');
  for (const char c : name)
    plain = plain && ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_');
  return plain ? name : quote_with('"', name);
}

// "name TYPE, name TYPE"
std::string field_list(idx_t count, const std::function<char*(idx_t)>& name_of,
                       const std::function<duckdb_logical_type(idx_t)>& type_of) {
  std::string out;
  for (idx_t i = 0; i < count; ++i) {
    const LogicalTypeHandle child(type_of(i));
    if (i > 0) out += ", ";
    out += field_name(take_string(name_of(i))) + " " + type_name(child.get());
  }
  return out;
}

std::string enum_name(duckdb_logical_type type) {
  std::string out = "ENUM(";
  const uint32_t size = duckdb_enum_dictionary_size(type);
  for (uint32_t i = 0; i < size; ++i) {
    if (i > 0) out += ", ";
    out += quote_with('\'', take_string(duckdb_enum_dictionary_value(type, i)));
  }
  return out + ")";
}

}  // namespace

std::string type_name(duckdb_logical_type type) {
  if (std::string alias = take_string(duckdb_logical_type_get_alias(type)); !alias.empty())
    return alias;
  const duckdb_type id = duckdb_get_type_id(type);
  switch (id) {
    case DUCKDB_TYPE_DECIMAL:
      return fmt::format("DECIMAL({},{})", static_cast<int>(duckdb_decimal_width(type)),
                         static_cast<int>(duckdb_decimal_scale(type)));
    case DUCKDB_TYPE_LIST:
      return type_name(LogicalTypeHandle(duckdb_list_type_child_type(type)).get()) + "[]";
    case DUCKDB_TYPE_ARRAY:
      return fmt::format("{}[{}]",
                         type_name(LogicalTypeHandle(duckdb_array_type_child_type(type)).get()),
                         duckdb_array_type_array_size(type));
    case DUCKDB_TYPE_MAP:
      return fmt::format("MAP({}, {})",
                         type_name(LogicalTypeHandle(duckdb_map_type_key_type(type)).get()),
                         type_name(LogicalTypeHandle(duckdb_map_type_value_type(type)).get()));
    case DUCKDB_TYPE_STRUCT:
      return "STRUCT(" +
             field_list(
                 duckdb_struct_type_child_count(type),
                 [&](idx_t i) { return duckdb_struct_type_child_name(type, i); },
                 [&](idx_t i) { return duckdb_struct_type_child_type(type, i); }) +
             ")";
    case DUCKDB_TYPE_UNION:
      return "UNION(" +
             field_list(
                 duckdb_union_type_member_count(type),
                 [&](idx_t i) { return duckdb_union_type_member_name(type, i); },
                 [&](idx_t i) { return duckdb_union_type_member_type(type, i); }) +
             ")";
    case DUCKDB_TYPE_ENUM:
      return enum_name(type);
    default:
      return simple_type_name(id);
  }
}

}  // namespace sluice::warehouse
