// What we know of each adapter, as data. Names, quoting and type words are those that dbt's
// adapters were observed to give to templates. Module-private: others ask find_dialect(). Any
// thread.
#pragma once

#include <span>
#include <string_view>

#include "warehouse/warehouse.h"

namespace sluice::warehouse {

// Words by '|': "text|varchar". Compared without regard to ASCII case.
struct TypeWords {
  std::string_view string, integer, floating, numeric;
};

enum class ColumnForm : uint8_t {
  kSized,     // Column(column='a', dtype='int', char_size=None, …)
  kPlain,     // <SparkColumn a (int)>; its type is the dtype alone
  kWithMode,  // <BigQueryColumn a (INT64, NULLABLE)>; its type is the dtype alone
};

struct DialectFacts {
  std::string_view adapter_type;
  std::string_view parents;  // adapters whose macros it inherits, nearest first, by '|'
  std::string_view sibling;  // an adapter whose macros it calls by name without inheriting them
  std::string_view quotes = "\"\"";  // around an identifier: the opening and the closing one
  std::string_view name_quotes;      // those of adapter.quote() and columns, where they differ
  PartFlags quoting;
  PartFlags include;
  std::string_view relation_class = "BaseRelation";
  std::string_view column_class = "Column";
  ColumnForm form = ColumnForm::kSized;
  std::string_view column_suffix;  // further members in the column's repr: ", fields=[]"
  TypeWords words;
  std::string_view translations;  // "STRING=TEXT|FLOAT=DOUBLE": left side in capitals
  bool lower_types = false;       // translate_type also gives small letters
  std::string_view string_name = "character varying";
  bool string_is_plain = false;     // string types show no size
  std::string_view numeric_name;    // numeric_type("numeric"…): this instead
  bool numeric_is_plain = false;    // numeric types show no precision
  int64_t char_size = 256;          // of a string column without one
  std::string_view unsized;         // string types that stay as they are without a size
  bool literal_by_cast = false;     // cast(1 as int), not 1::int
  bool plain_seed_columns = false;  // a seed's columns are quoted only when it asks for it
  std::string_view seed_types;      // "text=varchar|number=double": kinds not named keep their name
  bool transactions = false;
  bool schema_views = false;  // information_schema views are reached through the schema
};

std::span<const DialectFacts> dialect_table();
// Plain ANSI SQL, for adapters that the table does not have; without a name.
const DialectFacts& ansi_facts();

}  // namespace sluice::warehouse
