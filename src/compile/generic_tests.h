// Generic tests: from an entry of `data_tests:` to a test node. Names, aliases and ids are dbt's to
// the byte.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compile/manifest.h"

namespace sluice::compile {

// What an entry says, before it is attached to a node.
struct GenericTestDefinition {
  std::string test_name;        // "unique"
  std::string macro_namespace;  // "dbt_utils"; empty: none
  std::string custom_name;      // `name:` of the entry
  std::string description;
  jinja::Value kwargs;  // dict without `model`, in YAML order, column_name first when given
  jinja::Value config;  // dict
  // What stands beside `arguments:` and `config:` though it belongs inside.
  std::vector<std::string> stray_arguments, stray_configs;
  bool has_arguments = false;  // an `arguments:` mapping
};

// The tested thing as names need it.
struct TestTarget {
  std::string name;        // model name, or "<source>_<table>"
  std::string model_text;  // "ref('m')" or "source('s', 't')"
  bool is_source = false;
};

// Reads an entry (string or one-key dict; `arguments:` and `config:` sub-maps or flat keys).
// kPropertyInvalid. Unless `nested_arguments`, `arguments` is an argument like any other, as before
// dbt 1.10.
Result<GenericTestDefinition> read_test_definition(const project::TestEntry& entry,
                                                   const std::string& column_name,
                                                   bool nested_arguments = true);

struct GenericTestNames {
  std::string full;       // name and fqn
  std::string shortened;  // alias and file name
  bool needs_alias = false;
};
GenericTestNames generic_test_names(const GenericTestDefinition& definition,
                                    const TestTarget& target);

// Last ten hex digits of the id.
std::string generic_test_hash(const std::string& full_name, const GenericTestDefinition& definition,
                              const jinja::Value& kwargs_with_model);

// `{{ test_unique(**_dbt_generic_test_kwargs) }}{{ config(…) }}`.
std::string generic_test_raw_code(const GenericTestDefinition& definition,
                                  const std::string& alias);

}  // namespace sluice::compile
