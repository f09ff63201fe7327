#include "plan/affected_keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "sql/expression_text.h"

namespace sluice::plan {
namespace {

// The expression as it can be asked of every row of the input: where the query asks it only of some
// rows, others may hold what it fails for. A row of theirs has no part in the result.
std::string safe_expr(const sql::Dep& dep) {
  const bool is_column =
      dep.columns.size() == 1 && dep.expr == sql::quoted_identifier(*dep.columns.begin());
  return is_column ? dep.expr : fmt::format("TRY({})", dep.expr);
}

// nullopt: a scan of the input has no exact Dep of that type on the column, or it is not scanned.
std::optional<TrackedInput> track(const sql::Locality& locality, const InputState& input,
                                  size_t column, const std::string& type) {
  TrackedInput out{input.name, {}, !input.now.columns.empty()};
  for (size_t scan = 0; scan < locality.scans.size(); ++scan) {
    if (locality.scans[scan].table != input.table) continue;
    const auto found = locality.deps[scan].find(column);
    if (found == locality.deps[scan].end()) return std::nullopt;
    const sql::Dep& dep = found->second;
    if (!dep.bands.empty() || dep.columns.empty() || dep.type != type) return std::nullopt;
    std::string expr = safe_expr(dep);
    if (std::find(out.exprs.begin(), out.exprs.end(), expr) == out.exprs.end())
      out.exprs.push_back(std::move(expr));
  }
  if (out.exprs.empty()) return std::nullopt;
  return out;
}

uint64_t bytes_of(const InputState& input) {
  uint64_t bytes = 1;
  for (const detect::Partition& partition : input.now.partitions) bytes += partition.bytes;
  return bytes;
}

}  // namespace

const TrackedInput* TrackedKey::find(const std::string& input) const {
  const auto found = std::find_if(inputs.begin(), inputs.end(),
                                  [&input](const TrackedInput& t) { return t.input == input; });
  return found == inputs.end() ? nullptr : &*found;
}

bool is_exact_key_type(const std::string& type) {
  static constexpr std::array<std::string_view, 20> kExact = {
      "BOOLEAN",      "TINYINT",      "SMALLINT",  "INTEGER",   "BIGINT",
      "HUGEINT",      "UTINYINT",     "USMALLINT", "UINTEGER",  "UBIGINT",
      "UHUGEINT",     "DATE",         "TIME",      "TIMESTAMP", "TIMESTAMP_S",
      "TIMESTAMP_MS", "TIMESTAMP_NS", "UUID",      "VARCHAR",   "TIMESTAMP WITH TIME ZONE"};
  return std::find(kExact.begin(), kExact.end(), type) != kExact.end() ||
         type.starts_with("DECIMAL(");
}

std::vector<TrackedKey> tracked_keys(const Specification& specification,
                                     const std::vector<InputState>& inputs,
                                     const std::set<std::string>& required) {
  std::vector<TrackedKey> out;
  const sql::Locality& locality = *specification.locality;
  for (size_t column = 0; column < locality.width; ++column) {
    const std::string& type = specification.columns[column].type;
    if (!is_exact_key_type(type)) continue;
    TrackedKey key;
    key.column = column;
    for (const InputState& input : inputs) {
      std::optional<TrackedInput> tracked = track(locality, input, column, type);
      if (!tracked) continue;
      if (tracked->is_partitioned) key.bytes += bytes_of(input);
      key.inputs.push_back(std::move(*tracked));
    }
    const bool has_all = std::all_of(required.begin(), required.end(), [&key](const auto& name) {
      return key.find(name) != nullptr;
    });
    if (has_all && !key.inputs.empty()) out.push_back(std::move(key));
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const TrackedKey& a, const TrackedKey& b) { return a.bytes > b.bytes; });
  return out;
}

}  // namespace sluice::plan
