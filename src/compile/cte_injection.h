// Putting the CTEs of ephemeral models into a compiled query, as dbt does: before the first token,
// or inside an existing `with`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compile/manifest.h"

namespace sluice::compile {

struct Injection {
  std::string sql;
  size_t at = 0;     // byte where text was put in
  size_t bytes = 0;  // how much
};

Injection inject_ctes(std::string_view sql, const std::vector<ExtraCte>& ctes);

}  // namespace sluice::compile
