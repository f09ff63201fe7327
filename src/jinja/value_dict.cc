// Dict: entries in insertion order in one vector; beyond kLinearLimit of them, an open-addressing
// index of positions (linear probing, power-of-two size, at most 2/3 full). Layout after CPython's
// compact dict.
#include <limits>

#include "jinja/ops.h"
#include "jinja/value.h"
#include "jinja/value_hash.h"

namespace sluice::jinja {
namespace {

constexpr size_t kLinearLimit = 8;
constexpr uint32_t kEmptySlot = std::numeric_limits<uint32_t>::max();
constexpr uint32_t kTombstone = kEmptySlot - 1;
constexpr size_t kNotFound = std::numeric_limits<size_t>::max();

}  // namespace

template <typename Matches>
size_t Dict::locate(uint64_t hash, const Matches& matches) const {
  if (index_.empty()) {
    for (size_t i = 0; i < entries_.size(); ++i)
      if (entries_[i].hash == hash && matches(entries_[i].key)) return i;
    return kNotFound;
  }
  const size_t mask = index_.size() - 1;
  for (size_t slot = hash & mask;; slot = (slot + 1) & mask) {
    const uint32_t position = index_[slot];
    if (position == kEmptySlot) return kNotFound;
    if (position == kTombstone) continue;
    const Entry& entry = entries_[position];
    if (entry.hash == hash && matches(entry.key)) return position;
  }
}

Value* Dict::find(std::string_view key) const {
  const size_t position = locate(hash_text(key), [key](const Value& candidate) {
    return candidate.is_string() && candidate.as_string() == key;
  });
  return position == kNotFound ? nullptr : const_cast<Value*>(&entries_[position].value);
}

Value* Dict::find(const Value& key) const {
  if (key.is_string()) return find(std::string_view(key.as_string()));
  const std::optional<uint64_t> key_hash = jinja::hash(key);
  if (!key_hash) return nullptr;
  const size_t position =
      locate(*key_hash, [&key](const Value& candidate) { return equals(candidate, key); });
  return position == kNotFound ? nullptr : const_cast<Value*>(&entries_[position].value);
}

void Dict::set(std::string_view key, Value value) {
  const uint64_t key_hash = hash_text(key);
  const size_t position = locate(key_hash, [key](const Value& candidate) {
    return candidate.is_string() && candidate.as_string() == key;
  });
  if (position != kNotFound) {
    entries_[position].value = std::move(value);
    return;
  }
  append_entry(Value::string(key), std::move(value), key_hash);
}

void Dict::set(const Value& key, Value value) {
  const std::optional<uint64_t> key_hash = jinja::hash(key);
  SLUICE_CHECK(key_hash.has_value());
  const size_t position =
      locate(*key_hash, [&key](const Value& candidate) { return equals(candidate, key); });
  if (position != kNotFound) {
    entries_[position].value = std::move(value);
    return;
  }
  append_entry(key, std::move(value), *key_hash);
}

void Dict::append_entry(Value key, Value value, uint64_t hash) {
  entries_.push_back(Entry{std::move(key), std::move(value), hash});
  if (index_.empty() && entries_.size() <= kLinearLimit) return;
  if ((num_used_slots_ + 1) * 3 > index_.size() * 2) {
    rebuild_index();
    return;
  }
  place(hash, static_cast<uint32_t>(entries_.size() - 1));
}

void Dict::place(uint64_t hash, uint32_t position) {
  const size_t mask = index_.size() - 1;
  size_t slot = hash & mask;
  while (index_[slot] != kEmptySlot) slot = (slot + 1) & mask;
  index_[slot] = position;
  ++num_used_slots_;
}

void Dict::rebuild_index() {
  num_used_slots_ = 0;
  if (entries_.size() <= kLinearLimit) {
    index_.clear();
    return;
  }
  size_t size = 32;
  while (size < entries_.size() * 3) size *= 2;
  index_.assign(size, kEmptySlot);
  for (size_t i = 0; i < entries_.size(); ++i) place(entries_[i].hash, static_cast<uint32_t>(i));
}

bool Dict::erase(const Value& key) {
  const std::optional<uint64_t> key_hash = jinja::hash(key);
  if (!key_hash) return false;
  const size_t position =
      locate(*key_hash, [&key](const Value& candidate) { return equals(candidate, key); });
  if (position == kNotFound) return false;
  const bool is_last = position + 1 == entries_.size();
  if (!index_.empty() && is_last) {
    const size_t mask = index_.size() - 1;
    size_t slot = *key_hash & mask;
    while (index_[slot] != position) slot = (slot + 1) & mask;
    index_[slot] = kTombstone;
  }
  // The entry dies after the dict is whole again: its destructor may run code that looks at the
  // dict.
  const Entry removed = std::move(entries_[position]);
  entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(position));
  if (!index_.empty() && !is_last) rebuild_index();
  return true;
}

void Dict::clear() {
  entries_.clear();
  index_.clear();
  num_used_slots_ = 0;
}

}  // namespace sluice::jinja
