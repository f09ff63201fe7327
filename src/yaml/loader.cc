// libyaml's events → the tree of node.h, in one pass with an explicit stack (no recursion, so depth
// is libyaml's limit).
//
// Children of open collections lie on one shared stack; a collection takes its own when it closes,
// so every vector is allocated once at its final size. Merge keys (`<<`) are applied when their
// mapping closes, by PyYAML's rule: merged entries come first, explicit ones win; of a list of
// mappings the earlier wins. Aliases share the node they name, so the tree is a DAG; an alias to a
// node that is still open (a cycle) is refused, and so is a DAG whose expansion is out of all
// proportion (the "billion laughs").
#include <fmt/format.h>
#include <yaml.h>

#include <algorithm>
#include <cstring>
#include <unordered_map>
#include <unordered_set>

#include "yaml/node.h"
#include "yaml/scalar.h"
#include "yaml/syntax_error.h"

namespace sluice::yaml {

namespace {

constexpr size_t kMaxDepth = 500;  // who walks the tree may recurse
constexpr uint64_t kMaxExpandedNodes = 10'000'000;
constexpr size_t kManyEntries = 16;  // beyond it, duplicate keys are looked for by hash
constexpr std::string_view kCoreTagPrefix = "tag:yaml.org,2002:";

class Parser {
 public:
  Parser() { SLUICE_CHECK(yaml_parser_initialize(&parser_) == 1); }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;
  ~Parser() { yaml_parser_delete(&parser_); }
  yaml_parser_t* get() { return &parser_; }

 private:
  yaml_parser_t parser_{};
};

// Deletes the event's strings when the next one is read.
class Event {
 public:
  Event() = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() { yaml_event_delete(&event_); }
  bool read(yaml_parser_t* parser) {
    yaml_event_delete(&event_);
    return yaml_parser_parse(parser, &event_) == 1;
  }
  const yaml_event_t& get() const { return event_; }

 private:
  yaml_event_t event_{};
};

std::string_view view_of(const yaml_char_t* text) {
  return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text);
}

bool is_numeric(const Node& node) {
  return node.tag == Tag::kBool || (node.tag == Tag::kInt && !node.big_int) ||
         node.tag == Tag::kFloat;
}

double number_of(const Node& node) {
  if (node.tag == Tag::kFloat) return node.floating;
  return node.tag == Tag::kBool ? (node.boolean ? 1 : 0) : static_cast<double>(node.integer);
}

// Python's equality of dict keys: 1 == 1.0 == True.
bool same_key(const Node& a, const Node& b) {
  if (a.tag == Tag::kString || b.tag == Tag::kString) return a.tag == b.tag && a.text == b.text;
  if (is_numeric(a) && is_numeric(b)) return number_of(a) == number_of(b);
  if (a.tag != b.tag) return false;
  return a.tag == Tag::kNull || a.text == b.text;
}

size_t key_hash(const Node& node) {
  if (is_numeric(node)) return std::hash<double>()(number_of(node));
  if (node.tag == Tag::kNull) return 1;
  return std::hash<std::string_view>()(node.text);
}

struct KeyHash {
  size_t operator()(const Node* node) const { return key_hash(*node); }
};
struct KeyEqual {
  bool operator()(const Node* a, const Node* b) const { return same_key(*a, *b); }
};
using Entry = std::pair<const Node*, const Node*>;
using KeyIndex = std::unordered_map<const Node*, size_t, KeyHash, KeyEqual>;

std::string_view kind_name(const Node& node) {
  if (node.is_mapping()) return "a mapping";
  return node.is_sequence() ? "a list" : "a plain value";
}

}  // namespace

class Loader {
 public:
  Loader(std::string text, std::string file) {
    document_.text_ = std::make_unique<std::string>(std::move(text));
    document_.file_ = std::move(file);
  }
  Result<Document> load();

 private:
  struct Frame {
    Node* node;
    size_t first_child;
    uint64_t weight;  // nodes below it with aliases expanded
    std::string anchor;
    bool has_merge;
  };
  struct Anchored {
    const Node* node;  // null while it is open
    uint64_t weight;
  };

  Status handle(const yaml_event_t& event);
  Status add_scalar(const yaml_event_t& event);
  Status add_alias(const yaml_event_t& event);
  Status open(const yaml_event_t& event, Tag tag, const yaml_char_t* anchor,
              const yaml_char_t* explicit_tag);
  Status close(const yaml_event_t& event);
  Status close_mapping(Frame& frame);
  Status apply_tag(Node& node, std::string_view tag);
  Status merge(const Node& from, std::vector<Entry>& out);
  Status check_key(const Node& mapping, const Node& key);
  void collect(const std::vector<Entry>& merged, size_t first_child, Node& node);
  void warn_duplicate(const Node& first, const Node& second);
  Status remember_anchor(std::string_view anchor, const Node& node, uint64_t weight);
  Status add_child(const Node* node, uint64_t weight);
  bool expects_key() const {
    return !frames_.empty() && frames_.back().node->is_mapping() &&
           (children_.size() - frames_.back().first_child) % 2 == 0;
  }
  Node* new_node(const yaml_event_t& event);
  std::string_view keep(const yaml_char_t* text, size_t length);
  Error error_at(ErrorCode code, const Node& node, std::string message, std::string hint) const;

  Document document_;
  std::vector<Frame> frames_;
  std::vector<const Node*> children_;
  std::unordered_map<std::string, Anchored> anchors_;
  bool has_aliases_ = false;
  size_t num_documents_ = 0;
};

Error Loader::error_at(ErrorCode code, const Node& node, std::string message,
                       std::string hint) const {
  Error error(code, std::move(message), std::move(hint));
  const Span span = document_.span(node);
  error.set_excerpt(make_excerpt(*document_.text_, span));
  error.add_span(span);
  return error;
}

Node* Loader::new_node(const yaml_event_t& event) {
  Node* node = document_.nodes_.take(1);
  node->line = static_cast<uint32_t>(event.start_mark.line) + 1;
  node->column = static_cast<uint32_t>(event.start_mark.column) + 1;
  node->end_line = static_cast<uint32_t>(event.end_mark.line) + 1;
  node->end_column = static_cast<uint32_t>(event.end_mark.column) + 1;
  return node;
}

std::string_view Loader::keep(const yaml_char_t* text, size_t length) {
  if (length == 0) return {};
  char* place = document_.texts_.take(length);
  std::memcpy(place, text, length);
  return {place, length};
}

Status Loader::remember_anchor(std::string_view anchor, const Node& node, uint64_t weight) {
  auto [entry, fresh] = anchors_.try_emplace(std::string(anchor), Anchored{&node, weight});
  if (!fresh)
    return fail(error_at(ErrorCode::kYamlSyntax, node,
                         fmt::format("anchor \"{}\" is defined twice", anchor),
                         "give each anchor (&name) of the file its own name"));
  return {};
}

Status Loader::add_child(const Node* node, uint64_t weight) {
  if (frames_.empty()) {
    document_.root_ = node;
    return {};
  }
  Frame& frame = frames_.back();
  frame.weight += weight;
  if (has_aliases_ && frame.weight > kMaxExpandedNodes)
    return fail(error_at(ErrorCode::kYamlSyntax, *node,
                         fmt::format("aliases expand to more than {} values", kMaxExpandedNodes),
                         "repeat fewer aliases inside anchored values"));
  if (expects_key()) SLUICE_TRY(check_key(*frame.node, *node));
  children_.push_back(node);
  return {};
}

// A key that is itself a mapping is nearly always `key: {{ expression }}` read as two flow
// mappings.
Status Loader::check_key(const Node& mapping, const Node& key) {
  if (key.is_scalar()) {
    if (!key.quoted && key.text == "<<" && key.tag == Tag::kString) frames_.back().has_merge = true;
    return {};
  }
  if (key.is_mapping() && key.line == mapping.line && key.column == mapping.column + 1)
    return fail(unquoted_jinja_error(*document_.text_, document_.span(mapping)));
  return fail(error_at(ErrorCode::kYamlSyntax, key,
                       fmt::format("{} cannot be a key", kind_name(key)),
                       "quote the key if it is meant as text"));
}

Status Loader::apply_tag(Node& node, std::string_view tag) {
  static const std::unordered_map<std::string_view, Tag> kTags = {
      {"null", Tag::kNull},    {"bool", Tag::kBool},           {"int", Tag::kInt},
      {"float", Tag::kFloat},  {"timestamp", Tag::kTimestamp}, {"str", Tag::kString},
      {"seq", Tag::kSequence}, {"map", Tag::kMapping}};
  std::string_view name = tag;
  auto found = kTags.end();
  if (name.starts_with(kCoreTagPrefix)) {
    name.remove_prefix(kCoreTagPrefix.size());
    found = kTags.find(name);
  }
  if (found == kTags.end())
    return fail(error_at(ErrorCode::kYamlSyntax, node, fmt::format("unknown tag \"{}\"", tag),
                         "remove the tag, or quote the value if it is meant as text"));
  const bool fits =
      node.is_scalar() ? apply_scalar_tag(found->second, node) : node.tag == found->second;
  if (fits) return {};
  const std::string shown =
      node.is_scalar() ? fmt::format("\"{}\"", node.text) : std::string(kind_name(node));
  return fail(error_at(ErrorCode::kYamlSyntax, node,
                       fmt::format("{} cannot be read as \"!!{}\"", shown, name),
                       "remove the tag or correct the value"));
}

Status Loader::add_scalar(const yaml_event_t& event) {
  const auto& scalar = event.data.scalar;
  Node* node = new_node(event);
  const std::string_view text = keep(scalar.value, scalar.length);
  node->text = text;
  node->tag = Tag::kString;
  node->quoted = scalar.style != YAML_PLAIN_SCALAR_STYLE;
  if (scalar.tag != nullptr && view_of(scalar.tag) != "!") {
    SLUICE_TRY(apply_tag(*node, view_of(scalar.tag)));
  } else if (!node->quoted) {
    if (text == "=" || (text == "<<" && !expects_key()))
      return fail(error_at(ErrorCode::kYamlSyntax, *node,
                           fmt::format("a bare \"{}\" has a meaning of its own in YAML", text),
                           fmt::format("quote it: \"{}\"", text)));
    resolve_plain(*node);
  }
  if (scalar.anchor != nullptr) SLUICE_TRY(remember_anchor(view_of(scalar.anchor), *node, 1));
  return add_child(node, 1);
}

Status Loader::add_alias(const yaml_event_t& event) {
  const std::string name(view_of(event.data.alias.anchor));
  auto found = anchors_.find(name);
  const auto place = [&] { return *new_node(event); };
  if (found == anchors_.end())
    return fail(error_at(ErrorCode::kYamlSyntax, place(),
                         fmt::format("alias \"{}\" has no anchor", name),
                         fmt::format("define it above with &{}, or quote the value if it is meant "
                                     "as text",
                                     name)));
  if (found->second.node == nullptr)
    return fail(error_at(ErrorCode::kYamlSyntax, place(),
                         fmt::format("alias \"{}\" stands inside the value that it names", name),
                         "a value cannot contain itself"));
  has_aliases_ = true;
  return add_child(found->second.node, found->second.weight);
}

Status Loader::open(const yaml_event_t& event, Tag tag, const yaml_char_t* anchor,
                    const yaml_char_t* explicit_tag) {
  Node* node = new_node(event);
  if (frames_.size() >= kMaxDepth)
    return fail(error_at(ErrorCode::kYamlSyntax, *node,
                         fmt::format("values are nested deeper than {} levels", kMaxDepth),
                         "flatten the structure, or close the brackets above this line"));
  node->tag = tag;
  const std::string_view written = view_of(explicit_tag);
  if (!written.empty() && written != "!") SLUICE_TRY(apply_tag(*node, written));
  if (anchor != nullptr) {
    SLUICE_TRY(remember_anchor(view_of(anchor), *node, 1));
    anchors_[std::string(view_of(anchor))].node = nullptr;
  }
  frames_.push_back({node, children_.size(), 1, std::string(view_of(anchor)), false});
  return {};
}

Status Loader::close(const yaml_event_t& event) {
  Frame frame = std::move(frames_.back());
  frames_.pop_back();
  frame.node->end_line = static_cast<uint32_t>(event.end_mark.line) + 1;
  frame.node->end_column = static_cast<uint32_t>(event.end_mark.column) + 1;
  if (frame.node->is_mapping()) {
    SLUICE_TRY(close_mapping(frame));
  } else {
    const size_t count = children_.size() - frame.first_child;
    const Node** items = document_.items_.take(count);
    std::copy_n(children_.begin() + static_cast<ptrdiff_t>(frame.first_child), count, items);
    frame.node->items = {items, count};
  }
  children_.resize(frame.first_child);
  if (!frame.anchor.empty()) anchors_[frame.anchor] = {frame.node, frame.weight};
  return add_child(frame.node, frame.weight);
}

// Appends the entries that `<<: from` brings, in PyYAML's order.
Status Loader::merge(const Node& from, std::vector<Entry>& out) {
  if (from.is_mapping()) {
    out.insert(out.end(), from.entries.begin(), from.entries.end());
    return {};
  }
  const bool is_list = from.is_sequence();
  const Node* wrong = is_list ? nullptr : &from;
  for (const Node* item : from.items)
    if (!item->is_mapping() && wrong == nullptr) wrong = item;
  if (wrong != nullptr)
    return fail(error_at(
        ErrorCode::kYamlSyntax, *wrong,
        fmt::format("\"<<\" merges a mapping or a list of mappings, not {}", kind_name(*wrong)),
        "merge an anchored mapping: <<: *name"));
  for (auto item = from.items.rbegin(); item != from.items.rend(); ++item)
    out.insert(out.end(), (*item)->entries.begin(), (*item)->entries.end());
  return {};
}

Status Loader::close_mapping(Frame& frame) {
  std::vector<Entry> merged;
  if (frame.has_merge) {
    for (size_t i = frame.first_child; i < children_.size(); i += 2) {
      const Node& key = *children_[i];
      if (!key.quoted && key.text == "<<") SLUICE_TRY(merge(*children_[i + 1], merged));
    }
    size_t kept = frame.first_child;
    for (size_t i = frame.first_child; i < children_.size(); i += 2) {
      if (!children_[i]->quoted && children_[i]->text == "<<") continue;
      children_[kept++] = children_[i];
      children_[kept++] = children_[i + 1];
    }
    children_.resize(kept);
  }
  collect(merged, frame.first_child, *frame.node);
  return {};
}

void Loader::warn_duplicate(const Node& first, const Node& second) {
  Error warning =
      error_at(ErrorCode::kYamlDuplicateKey, second,
               fmt::format("the key \"{}\" occurs twice; the last one wins", second.text),
               "remove one of the two");
  warning.add_span(document_.span(first));
  document_.warnings_.add_warning(std::move(warning), "DuplicateYAMLKeysDeprecation");
}

// A key keeps the place in the order where it first came, and the value that came last.
void Loader::collect(const std::vector<Entry>& merged, size_t first_child, Node& node) {
  const size_t total = merged.size() + (children_.size() - first_child) / 2;
  Entry* entries = document_.entries_.take(total);
  size_t count = 0;
  KeyIndex index;
  const auto find = [&](const Node* key) -> Entry* {
    if (total > kManyEntries) {
      auto [found, fresh] = index.try_emplace(key, count);
      return fresh ? nullptr : &entries[found->second];
    }
    for (size_t i = 0; i < count; ++i)
      if (same_key(*entries[i].first, *key)) return &entries[i];
    return nullptr;
  };
  for (const Entry& entry : merged) {
    if (Entry* known = find(entry.first)) {
      known->second = entry.second;
    } else {
      entries[count++] = entry;
    }
  }
  std::unordered_set<const Entry*> merged_left;  // entries that no explicit key has replaced yet
  for (size_t i = 0; i < count; ++i) merged_left.insert(&entries[i]);
  for (size_t i = first_child; i < children_.size(); i += 2) {
    const Node* key = children_[i];
    Entry* known = find(key);
    if (known == nullptr) {
      entries[count++] = {key, children_[i + 1]};
      continue;
    }
    if (merged_left.erase(known) == 0) warn_duplicate(*known->first, *key);
    if (key->is_string())
      known->first = key;  // its place; of 1 and 1.0 the first stays, as in Python
    known->second = children_[i + 1];
  }
  node.entries = {entries, count};
}

Status Loader::handle(const yaml_event_t& event) {
  switch (event.type) {
    case YAML_SCALAR_EVENT:
      return add_scalar(event);
    case YAML_ALIAS_EVENT:
      return add_alias(event);
    case YAML_SEQUENCE_START_EVENT:
      return open(event, Tag::kSequence, event.data.sequence_start.anchor,
                  event.data.sequence_start.tag);
    case YAML_MAPPING_START_EVENT:
      return open(event, Tag::kMapping, event.data.mapping_start.anchor,
                  event.data.mapping_start.tag);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
      return close(event);
    case YAML_DOCUMENT_START_EVENT:
      if (++num_documents_ > 1)
        return fail(
            error_at(ErrorCode::kYamlSyntax, *new_node(event),
                     "a second document begins here, but a file holds only one",
                     "remove the \"---\" line or move what follows into a file of its own"));
      return {};
    default:
      return {};
  }
}

Result<Document> Loader::load() {
  Parser parser;
  const std::string& text = *document_.text_;
  yaml_parser_set_input_string(parser.get(), reinterpret_cast<const unsigned char*>(text.data()),
                               text.size());
  Event event;
  do {
    if (!event.read(parser.get())) return fail(syntax_error(*parser.get(), text, document_.file_));
    SLUICE_TRY(handle(event.get()));
  } while (event.get().type != YAML_STREAM_END_EVENT);
  if (document_.root_ == nullptr) {
    static const yaml_event_t kNothing{};
    document_.root_ = new_node(kNothing);
  }
  return std::move(document_);
}

Result<Document> parse(std::string text, std::string file) {
  return Loader(std::move(text), std::move(file)).load();
}

}  // namespace sluice::yaml
