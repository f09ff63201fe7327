// Located YAML tree: what a file says and where it says it.
// A Document owns all its nodes (arena); Node pointers live as long as the Document. Immutable
// after parse(), so any number of threads may read it. Scalars are resolved as PyYAML's SafeLoader
// resolves YAML 1.1 (yes/no/on/off, octal, sexagesimal, dates stay text with Tag::kTimestamp).
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/diagnostics.h"
#include "base/result.h"

namespace sluice::yaml {

enum class Tag : uint8_t { kNull, kBool, kInt, kFloat, kTimestamp, kString, kSequence, kMapping };

struct Node {
  Tag tag = Tag::kNull;
  bool boolean = false;
  bool quoted = false;   // a quoted or block scalar (always a string unless tagged)
  bool big_int = false;  // kInt beyond 64 bits: `integer` is 0, the digits are in `text`
  int64_t integer = 0;   // kInt that fits; others are `big_int`
  double floating = 0;
  std::string_view text;  // the scalar as written (after YAML unescaping)
  // Of a mapping, in order, merge keys applied.
  std::span<const std::pair<const Node*, const Node*>> entries;
  std::span<const Node* const> items;  // of a sequence
  uint32_t line = 0;                   // from 1
  uint32_t column = 0;
  uint32_t end_line = 0;
  uint32_t end_column = 0;

  bool is_null() const { return tag == Tag::kNull; }
  bool is_string() const { return tag == Tag::kString; }
  bool is_scalar() const { return tag < Tag::kSequence; }
  bool is_sequence() const { return tag == Tag::kSequence; }
  bool is_mapping() const { return tag == Tag::kMapping; }
  // Value of a mapping's key; null when absent or not a mapping.
  const Node* find(std::string_view key) const;
  // The key node itself, for its place; null when absent.
  const Node* find_key(std::string_view key) const;
};

// Memory in growing blocks; what was handed out never moves and is freed with the arena.
template <typename T>
class Arena {
 public:
  // `count` value-initialised elements in a row.
  T* take(size_t count) {
    if (count > left_) {
      next_block_ = std::min(next_block_ * 2, kLargestBlock);
      left_ = std::max(count, next_block_);
      blocks_.push_back(std::make_unique<T[]>(left_));
      place_ = blocks_.back().get();
    }
    left_ -= count;
    return std::exchange(place_, place_ + count);
  }

 private:
  static constexpr size_t kLargestBlock = std::max<size_t>(64 * 1024 / sizeof(T), 1);
  std::vector<std::unique_ptr<T[]>> blocks_;
  T* place_ = nullptr;
  size_t left_ = 0;
  size_t next_block_ = 16;
};

class Document {
 public:
  Document(Document&&) noexcept = default;
  Document& operator=(Document&&) noexcept = default;
  ~Document() = default;
  const Node& root() const { return *root_; }
  const std::string& file() const { return file_; }
  const std::string& text() const { return *text_; }
  // Place of a node, for errors.
  Span span(const Node& node) const;
  // Warnings (duplicate keys: the last wins, as in PyYAML).
  const Diagnostics& warnings() const { return warnings_; }

 private:
  friend class Loader;
  Document() = default;
  SharedText file_;
  std::unique_ptr<std::string> text_;
  Arena<Node> nodes_;
  Arena<char> texts_;  // unescaped scalars
  Arena<std::pair<const Node*, const Node*>> entries_;
  Arena<const Node*> items_;
  const Node* root_ = nullptr;
  Diagnostics warnings_;
};

// Parses one YAML document. `file` is what errors name. Errors: kYamlSyntax with libyaml's problem
// and context and a place; kYamlUnquotedJinja when a bare `{{ … }}` value was read as a flow
// mapping (hint: quote it). An empty text gives a null root.
Result<Document> parse(std::string text, std::string file);

// Plain scalar → tag and value by YAML 1.1 rules, as one tested table. Exposed for tests and
// --vars.
Node resolve_plain_scalar(std::string_view text);

}  // namespace sluice::yaml
