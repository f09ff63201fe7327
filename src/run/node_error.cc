#include "run/node_error.h"

#include <fmt/format.h>

namespace sluice::run {

std::string_view dbt_error_kind(const Error& error) {
  const int range = static_cast<int>(error.code()) / 100;
  if (range == 2 || range == 4) return "Compilation Error";
  if (range == 1 || range == 3) return "Parsing Error";
  return "Runtime Error";
}

std::string dbt_message(const Error& error, const compile::Node& node) {
  std::string text =
      fmt::format("{} in {} {} ({})", dbt_error_kind(error), project::resource_type_name(node.type),
                  node.name, node.original_file_path);
  std::string_view rest = error.message();
  while (!rest.empty()) {
    const size_t end = rest.find('\n');
    text += "\n  ";
    text += rest.substr(0, end);
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  return text;
}

}  // namespace sluice::run
