#include "base/shared_text.h"

#include <array>
#include <mutex>
#include <unordered_set>

namespace sluice {

namespace {

struct TextHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

// One of several tables, so that threads rarely wait for each other. Never emptied: who holds a
// text may outlive everything else.
struct Shelf {
  std::mutex mutex;
  std::unordered_set<std::string, TextHash, std::equal_to<>> texts;
};

constexpr size_t kNumShelves = 16;

std::array<Shelf, kNumShelves>& shelves() {
  static auto* const all = new std::array<Shelf, kNumShelves>;  // NOLINT: lives with the process
  return *all;
}

}  // namespace

const std::string* SharedText::keep(std::string_view text) {
  if (text.empty()) return nullptr;
  const size_t hash = TextHash{}(text);
  // Most texts are those of a moment ago.
  thread_local std::array<const std::string*, 256> recent{};
  const std::string*& latest = recent[hash % recent.size()];
  if (latest != nullptr && *latest == text) return latest;
  Shelf& shelf = shelves()[hash / recent.size() % kNumShelves];
  std::lock_guard lock(shelf.mutex);
  auto known = shelf.texts.find(text);
  if (known == shelf.texts.end()) known = shelf.texts.emplace(text).first;
  return latest = &*known;
}

}  // namespace sluice
