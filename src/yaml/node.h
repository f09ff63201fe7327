// Located YAML tree: what a file says and where it says it.
// A Document owns all its nodes (arena); Node pointers live as long as the Document. Immutable after parse(), so any
// number of threads may read it. Scalars are resolved as PyYAML's SafeLoader resolves YAML 1.1 (yes/no/on/off,
// octal, sexagesimal, dates stay text with Tag::kTimestamp).
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
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
  bool quoted = false;    // a quoted or block scalar (always a string unless tagged)
  int64_t integer = 0;    // kInt that fits; others keep digits in `text`
  double floating = 0;
  std::string_view text;  // the scalar as written (after YAML unescaping)
  std::vector<std::pair<const Node*, const Node*>> entries;  // mapping, in order, merge keys applied
  std::vector<const Node*> items;                            // sequence
  uint32_t line = 0;  // from 1
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
  std::string file_;
  std::unique_ptr<std::string> text_;
  std::deque<Node> nodes_;
  std::deque<std::string> strings_;
  const Node* root_ = nullptr;
  Diagnostics warnings_;
};

// Parses one YAML document. `file` is what errors name. Errors: kYamlSyntax with libyaml's problem and context and a
// place; kYamlUnquotedJinja when a bare `{{ … }}` value was read as a flow mapping (hint: quote it).
// An empty text gives a null root.
Result<Document> parse(std::string text, std::string file);

// Plain scalar → tag and value by YAML 1.1 rules, as one tested table. Exposed for tests and --vars.
Node resolve_plain_scalar(std::string_view text);

}  // namespace sluice::yaml
