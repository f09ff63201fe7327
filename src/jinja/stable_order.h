// Stable merge sort of positions by a comparison that may be inconsistent (values of mixed kinds,
// NaN): unlike std::sort it stays in bounds whatever the comparison says.
#pragma once

#include <cstddef>
#include <numeric>
#include <vector>

namespace sluice::jinja {

// Positions 0 … count-1 so that none is `before` the one in front of it; equal ones keep their
// order.
template <typename Before>
std::vector<size_t> stable_order(size_t count, Before before) {
  std::vector<size_t> order(count);
  std::iota(order.begin(), order.end(), size_t{0});
  std::vector<size_t> merged(count);
  for (size_t width = 1; width < count; width *= 2) {
    for (size_t begin = 0; begin < count; begin += 2 * width) {
      size_t middle = begin + width < count ? begin + width : count;
      size_t end = begin + 2 * width < count ? begin + 2 * width : count;
      size_t left = begin;
      size_t right = middle;
      for (size_t out = begin; out < end; ++out) {
        bool take_right = right < end && (left == middle || before(order[right], order[left]));
        merged[out] = take_right ? order[right++] : order[left++];
      }
    }
    order.swap(merged);
  }
  return order;
}

}  // namespace sluice::jinja
