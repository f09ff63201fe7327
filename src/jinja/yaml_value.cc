// yaml.safe_load over libyaml's events.
#include <fmt/format.h>
#include <yaml.h>

#include <map>

#include "jinja/ops.h"
#include "jinja/ops_errors.h"
#include "jinja/set_methods.h"
#include "jinja/yaml_resolve.h"

namespace sluice::jinja {
namespace {

constexpr int kMaxDepth = 500;

// One event, freed with the object.
class Event {
 public:
  Event() = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() { yaml_event_delete(&event_); }
  yaml_event_t* get() { return &event_; }
  yaml_event_t* operator->() { return &event_; }

 private:
  yaml_event_t event_{};
};

std::string text_of(const yaml_char_t* text) {
  return text == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(text));
}

class YamlReader {
 public:
  explicit YamlReader(std::string_view text) {
    yaml_parser_initialize(&parser_);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                                 text.size());
  }
  YamlReader(const YamlReader&) = delete;
  YamlReader& operator=(const YamlReader&) = delete;
  ~YamlReader() { yaml_parser_delete(&parser_); }

  Result<Value> read_stream() {
    bool has_document = false;
    Value document;
    for (;;) {
      Event event;
      SLUICE_TRY(next(event));
      switch (event->type) {
        case YAML_STREAM_END_EVENT:
          return document;
        case YAML_DOCUMENT_START_EVENT: {
          if (has_document)
            return runtime_failure(
                fmt::format("expected a single document in the stream, but found another document "
                            "on line {}",
                            event->start_mark.line + 1));
          has_document = true;
          Event root;
          SLUICE_TRY(next(root));
          SLUICE_ASSIGN(document, read_node(root, 0));
          break;
        }
        default:
          break;
      }
    }
  }

 private:
  Status next(Event& event) {
    if (yaml_parser_parse(&parser_, event.get()) != 0) return {};
    const char* problem = parser_.problem == nullptr ? "unreadable YAML" : parser_.problem;
    std::string message = parser_.context == nullptr
                              ? std::string(problem)
                              : fmt::format("{}, {}", parser_.context, problem);
    return runtime_failure(fmt::format("{} (line {}, column {})", message,
                                       parser_.problem_mark.line + 1,
                                       parser_.problem_mark.column + 1));
  }

  Result<Value> read_node(Event& event, int depth) {
    if (depth > kMaxDepth) return runtime_failure("YAML is nested too deeply");
    switch (event->type) {
      case YAML_ALIAS_EVENT: {
        const std::string name = text_of(event->data.alias.anchor);
        const auto found = anchors_.find(name);
        if (found == anchors_.end())
          return runtime_failure(fmt::format("found undefined alias '{}'", name));
        return found->second;
      }
      case YAML_SCALAR_EVENT:
        return read_scalar(event);
      case YAML_SEQUENCE_START_EVENT:
        return read_sequence(event, depth);
      case YAML_MAPPING_START_EVENT:
        return read_mapping(event, depth);
      default:
        return runtime_failure("unexpected YAML event");
    }
  }

  void remember(const yaml_char_t* anchor, const Value& value) {
    if (anchor != nullptr) anchors_[text_of(anchor)] = value;
  }

  static Result<YamlTag> scalar_tag(const std::string& tag) {
    static const std::map<std::string, YamlTag, std::less<>> kTags = {
        {"str", YamlTag::kStr},     {"null", YamlTag::kNull},   {"bool", YamlTag::kBool},
        {"int", YamlTag::kInt},     {"float", YamlTag::kFloat}, {"timestamp", YamlTag::kTimestamp},
        {"value", YamlTag::kValue},
    };
    static constexpr std::string_view kPrefix = "tag:yaml.org,2002:";
    if (tag.starts_with(kPrefix)) {
      const auto found = kTags.find(std::string_view(tag).substr(kPrefix.size()));
      if (found != kTags.end()) return found->second;
    }
    return runtime_failure(
        fmt::format("could not determine a constructor for the tag '{}'", tag));
  }

  Result<Value> read_scalar(Event& event) {
    const auto& scalar = event->data.scalar;
    const std::string text(reinterpret_cast<const char*>(scalar.value), scalar.length);
    YamlTag tag = YamlTag::kStr;
    const std::string explicit_tag = text_of(scalar.tag);
    last_is_merge_ = false;
    if (!explicit_tag.empty() && explicit_tag != "!") {
      SLUICE_ASSIGN(tag, scalar_tag(explicit_tag));
      if (tag == YamlTag::kBool && !is_bool_text(text))
        return runtime_failure(fmt::format("KeyError: '{}'", text));
    } else if (explicit_tag.empty() && scalar.plain_implicit != 0) {
      tag = resolve_yaml_scalar(text);
      last_is_merge_ = tag == YamlTag::kMerge;
    }
    // A merge key is a marker for read_mapping; anywhere else its value is an error.
    if (last_is_merge_ && expects_key_) return Value::string(text);
    SLUICE_ASSIGN(Value value, construct_yaml_scalar(tag, text));
    remember(scalar.anchor, value);
    return value;
  }

  static bool is_bool_text(const std::string& text) {
    return resolve_yaml_scalar(text) == YamlTag::kBool;
  }

  Result<Value> read_sequence(Event& event, int depth) {
    const std::string tag = text_of(event->data.sequence_start.tag);
    Value list = Value::list();
    remember(event->data.sequence_start.anchor, list);
    for (;;) {
      Event item;
      SLUICE_TRY(next(item));
      if (item->type == YAML_SEQUENCE_END_EVENT) break;
      SLUICE_ASSIGN(Value value, read_node(item, depth + 1));
      list.as_items().push_back(std::move(value));
    }
    if (tag.empty() || tag == "!" || tag == "tag:yaml.org,2002:seq") return list;
    if (tag == "tag:yaml.org,2002:omap" || tag == "tag:yaml.org,2002:pairs") return pairs(list);
    return runtime_failure(
        fmt::format("could not determine a constructor for the tag '{}'", tag));
  }

  static Result<Value> pairs(const Value& list) {
    std::vector<Value> result;
    for (const Value& item : list.as_items()) {
      if (!item.is_dict() || item.as_dict().size() != 1)
        return runtime_failure("while constructing pairs, expected a mapping of length 1");
      const Dict::Entry& entry = item.as_dict().entries().front();
      result.push_back(Value::tuple({entry.key, entry.value}));
    }
    return Value::list(std::move(result));
  }

  Result<Value> read_mapping(Event& event, int depth) {
    const std::string tag = text_of(event->data.mapping_start.tag);
    const size_t line = event->start_mark.line + 1;
    Value dict = Value::dict();
    remember(event->data.mapping_start.anchor, dict);
    std::vector<Value> merged;
    for (;;) {
      Event key_event;
      SLUICE_TRY(next(key_event));
      if (key_event->type == YAML_MAPPING_END_EVENT) break;
      last_is_merge_ = false;
      expects_key_ = key_event->type == YAML_SCALAR_EVENT;
      SLUICE_ASSIGN(const Value key, read_node(key_event, depth + 1));
      expects_key_ = false;
      const bool is_merge = last_is_merge_ && key_event->type == YAML_SCALAR_EVENT;
      Event value_event;
      SLUICE_TRY(next(value_event));
      SLUICE_ASSIGN(Value value, read_node(value_event, depth + 1));
      if (is_merge) {
        SLUICE_TRY(collect_merge(value, merged));
        continue;
      }
      if (!hash(key))
        return runtime_failure(
            fmt::format("while constructing a mapping, found unhashable key (line {})", line));
      dict.as_dict().set(key, std::move(value));
    }
    return finish_mapping(tag, dict, merged);
  }

  static Status collect_merge(const Value& value, std::vector<Value>& merged) {
    if (value.is_dict()) {
      merged.push_back(value);
      return {};
    }
    if (value.is_list()) {
      for (const Value& item : value.as_items()) {
        if (!item.is_dict())
          return runtime_failure("while constructing a mapping, expected a mapping for merging");
        merged.push_back(item);
      }
      return {};
    }
    return runtime_failure(
        "while constructing a mapping, expected a mapping or list of mappings for merging");
  }

  // Merged keys come first and own keys win, as PyYAML's flatten_mapping.
  static Result<Value> finish_mapping(const std::string& tag, Value dict,
                                      const std::vector<Value>& merged) {
    if (!merged.empty()) {
      const Value own = Value::dict();
      for (const Dict::Entry& entry : dict.as_dict().entries())
        own.as_dict().set(entry.key, entry.value);
      dict.as_dict().clear();
      for (auto source = merged.rbegin(); source != merged.rend(); ++source)
        for (const Dict::Entry& entry : source->as_dict().entries())
          dict.as_dict().set(entry.key, entry.value);
      for (const Dict::Entry& entry : own.as_dict().entries())
        dict.as_dict().set(entry.key, entry.value);
    }
    if (tag.empty() || tag == "!" || tag == "tag:yaml.org,2002:map") return dict;
    if (tag == "tag:yaml.org,2002:set") return make_set(dict);
    return runtime_failure(
        fmt::format("could not determine a constructor for the tag '{}'", tag));
  }

  yaml_parser_t parser_{};
  std::map<std::string, Value, std::less<>> anchors_;
  bool last_is_merge_ = false;
  bool expects_key_ = false;
};

}  // namespace

Result<Value> from_yaml(std::string_view text) { return YamlReader(text).read_stream(); }

}  // namespace sluice::jinja
