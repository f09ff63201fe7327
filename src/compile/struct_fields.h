// The fields of a struct type as its text names them.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::compile {

bool is_struct_type(std::string_view type);

// "struct(x int, y struct(z varchar))" → {x, int}, {y, struct(z varchar)}; empty for other types.
std::vector<std::pair<std::string, std::string>> struct_fields(std::string_view type);

}  // namespace sluice::compile
