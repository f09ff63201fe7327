#include "compile/macro_argument_type.h"

#include <gtest/gtest.h>

namespace sluice::compile {
namespace {

// As dbt-core 1.11.16 with validate_macro_args takes and refuses them.
TEST(MacroArgumentType, TakesWhatDbtTakes) {
  for (const char* text :
       {"string", "str", "bool", "integer", "int", "float", "any", "relation", "column", "string ",
        "list[string]", "list[ string ]", "dict[string,int]", "dict[string, int]",
        "optional[string]", "list[list[int]]", "dict[string, list[int]]",
        "optional[dict[string, any]]"})
    EXPECT_TRUE(is_macro_argument_type(text)) << text;
}

TEST(MacroArgumentType, RefusesWhatDbtRefuses) {
  for (const char* text :
       {"boolean", "number", "list", "List[string]", "dict", "dict[string]", "optional", "list[]",
        "string|int", "list[string, int]", "date", "None", "list[nonsense]", ""})
    EXPECT_FALSE(is_macro_argument_type(text)) << text;
}

}  // namespace
}  // namespace sluice::compile
