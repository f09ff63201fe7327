#include "base/suggest.h"

#include <algorithm>
#include <numeric>

namespace sluice {

size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      size_t above = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

std::string nearest_name(std::string_view wrong, const std::vector<std::string_view>& names) {
  size_t limit = std::max<size_t>(1, wrong.size() / 3);
  std::string_view best;
  for (std::string_view name : names) {
    size_t difference = name.size() > wrong.size() ? name.size() - wrong.size() : wrong.size() - name.size();
    if (difference > limit) continue;
    size_t distance = edit_distance(wrong, name);
    if (distance > limit || (distance == limit && !best.empty())) continue;
    if (distance < limit || best.empty()) {
      limit = distance;
      best = name;
    }
  }
  return std::string(best);
}

}  // namespace sluice
