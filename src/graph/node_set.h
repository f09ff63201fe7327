// NodeSet: a set of positions in a Graph as bits, so that unions and differences over thousands of
// nodes cost microseconds. A plain value.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include "graph/graph.h"

namespace sluice::graph {

class NodeSet {
 public:
  explicit NodeSet(size_t size) : words_((size + 63) / 64, 0) {}

  void add(Index index) { words_[index / 64] |= uint64_t{1} << (index % 64); }
  bool contains(Index index) const { return (words_[index / 64] >> (index % 64) & 1) != 0; }
  bool empty() const {
    for (const uint64_t word : words_)
      if (word != 0) return false;
    return true;
  }

  NodeSet& operator|=(const NodeSet& other) {
    for (size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
    return *this;
  }
  NodeSet& operator&=(const NodeSet& other) {
    for (size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
    return *this;
  }
  NodeSet& operator-=(const NodeSet& other) {
    for (size_t i = 0; i < words_.size(); ++i) words_[i] &= ~other.words_[i];
    return *this;
  }
  bool operator==(const NodeSet&) const = default;

  // Calls visit(index) for each member, smallest first.
  template <typename Visit>
  void for_each(const Visit& visit) const {
    for (size_t i = 0; i < words_.size(); ++i)
      for (uint64_t word = words_[i]; word != 0; word &= word - 1)
        visit(static_cast<Index>(i * 64 + static_cast<size_t>(std::countr_zero(word))));
  }

 private:
  std::vector<uint64_t> words_;
};

}  // namespace sluice::graph
