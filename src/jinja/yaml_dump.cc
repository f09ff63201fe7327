// yaml.safe_dump (block style, width 80, ASCII) through libyaml's emitter.
#include <fmt/format.h>
#include <yaml.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "jinja/list_methods.h"
#include "jinja/modules_datetime.h"
#include "jinja/numbers.h"
#include "jinja/ops.h"
#include "jinja/ops_errors.h"
#include "yaml/node.h"

namespace sluice::jinja {
namespace {

constexpr int kMaxDepth = 500;
constexpr std::string_view kTagPrefix = "tag:yaml.org,2002:";

int append_output(void* out, unsigned char* buffer, size_t size) {
  static_cast<std::string*>(out)->append(reinterpret_cast<const char*>(buffer), size);
  return 1;
}

const yaml_char_t* chars(const std::string& text) {
  return reinterpret_cast<const yaml_char_t*>(text.c_str());
}

// What the emitter takes as mutable though it only copies.
yaml_char_t* argument(const std::string& text) { return const_cast<yaml_char_t*>(chars(text)); }

// Whether the text, written plain, is read back as text.
bool reads_as_string(std::string_view text) {
  return text != "<<" && text != "=" && yaml::resolve_plain_scalar(text).is_string();
}

std::string yaml_float(double value) {
  if (std::isnan(value)) return ".nan";
  if (std::isinf(value)) return value > 0 ? ".inf" : "-.inf";
  std::string text = float_repr(value);
  const size_t mark = text.find('e');
  if (mark != std::string::npos && text.find('.') == std::string::npos) text.insert(mark, ".0");
  return text;
}

class YamlWriter {
 public:
  explicit YamlWriter(bool sort_keys) : sort_keys_(sort_keys) {
    yaml_emitter_initialize(&emitter_);
    yaml_emitter_set_output(&emitter_, append_output, &out_);
    yaml_emitter_set_unicode(&emitter_, 0);
    yaml_emitter_set_width(&emitter_, 80);
    yaml_emitter_set_indent(&emitter_, 2);
  }
  YamlWriter(const YamlWriter&) = delete;
  YamlWriter& operator=(const YamlWriter&) = delete;
  ~YamlWriter() { yaml_emitter_delete(&emitter_); }

  Result<std::string> write_document(const Value& value) {
    SLUICE_TRY(count_uses(value, 0));
    yaml_event_t event;
    yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING);
    SLUICE_TRY(emit(event));
    yaml_document_start_event_initialize(&event, nullptr, nullptr, nullptr, 1);
    SLUICE_TRY(emit(event));
    SLUICE_TRY(write(value));
    yaml_document_end_event_initialize(&event, 1);
    SLUICE_TRY(emit(event));
    yaml_stream_end_event_initialize(&event);
    SLUICE_TRY(emit(event));
    yaml_emitter_flush(&emitter_);
    // PyYAML closes a document that is one plain scalar; libyaml since 0.2.5 does not.
    const bool is_scalar = !out_.empty() && root_is_scalar_ && out_[0] != '\'' && out_[0] != '"';
    if (is_scalar && !out_.ends_with("...\n")) out_ += "...\n";
    return out_;
  }

 private:
  Status emit(yaml_event_t& event) {
    if (yaml_emitter_emit(&emitter_, &event) != 0) return {};
    return runtime_failure(fmt::format("cannot write YAML: {}", emitter_.problem == nullptr
                                                                    ? "unknown problem"
                                                                    : emitter_.problem));
  }

  // Containers met more than once get an anchor.
  Status count_uses(const Value& value, int depth) {
    if (depth > kMaxDepth) return runtime_failure("YAML is nested too deeply");
    const bool nested = value.is_list() || value.is_tuple() || value.is_dict() || value.is_set();
    if (!nested || (value.is_tuple() && value.as_items().empty())) return {};
    if (++uses_[value.identity()] > 1) return {};
    if (value.is_sequence()) {
      for (const Value& item : value.as_items()) SLUICE_TRY(count_uses(item, depth + 1));
    } else if (value.is_dict()) {
      SLUICE_ASSIGN(const std::vector<Value> keys, ordered_keys(value.as_dict()));
      for (const Value& key : keys) {
        SLUICE_TRY(count_uses(key, depth + 1));
        SLUICE_TRY(count_uses(*value.as_dict().find(key), depth + 1));
      }
    }
    return {};
  }

  Result<std::vector<Value>> ordered_keys(const Dict& dict) const {
    std::vector<Value> keys;
    for (const Dict::Entry& entry : dict.entries()) keys.push_back(entry.key);
    if (sort_keys_) {
      std::vector<Value> sorted = keys;
      if (sort_values(sorted, {}, false))
        return sorted;  // keys that are not ordered stay as they are
    }
    return keys;
  }

  // Empty, or the anchor of this container; `known` when it was written before.
  std::string anchor_of(const Value& value, bool& known) {
    known = false;
    const auto uses = uses_.find(value.identity());
    if (uses == uses_.end() || uses->second < 2) return {};
    const auto found = anchors_.find(value.identity());
    if (found != anchors_.end()) {
      known = true;
      return found->second;
    }
    std::string name = fmt::format("id{:03d}", anchors_.size() + 1);
    anchors_[value.identity()] = name;
    return name;
  }

  Status write(const Value& value) {
    root_is_scalar_ = root_is_scalar_ && !started_;
    const bool is_root = !started_;
    started_ = true;
    switch (value.kind()) {
      case Kind::kList:
      case Kind::kTuple:
      case Kind::kDict:
      case Kind::kSet:
        if (is_root) root_is_scalar_ = false;
        return write_container(value);
      default:
        return write_scalar(value);
    }
  }

  Status write_container(const Value& value) {
    bool known = false;
    const std::string anchor = anchor_of(value, known);
    yaml_event_t event;
    if (known) {
      yaml_alias_event_initialize(&event, chars(anchor));
      return emit(event);
    }
    yaml_char_t* anchor_text = anchor.empty() ? nullptr : argument(anchor);
    if (value.is_sequence()) {
      yaml_sequence_start_event_initialize(&event, anchor_text, nullptr, 1,
                                           YAML_BLOCK_SEQUENCE_STYLE);
      SLUICE_TRY(emit(event));
      for (const Value& item : value.as_items()) SLUICE_TRY(write(item));
      yaml_sequence_end_event_initialize(&event);
      return emit(event);
    }
    const std::string tag = std::string(kTagPrefix) + "set";
    yaml_mapping_start_event_initialize(&event, anchor_text,
                                        value.is_set() ? argument(tag) : nullptr,
                                        value.is_set() ? 0 : 1, YAML_BLOCK_MAPPING_STYLE);
    SLUICE_TRY(emit(event));
    if (value.is_set()) {
      for (const Dict::Entry& entry : value.as_set().entries()) {
        SLUICE_TRY(write(entry.key));
        SLUICE_TRY(write(Value::none()));
      }
    } else {
      SLUICE_ASSIGN(const std::vector<Value> keys, ordered_keys(value.as_dict()));
      for (const Value& key : keys) {
        SLUICE_TRY(write(key));
        SLUICE_TRY(write(*value.as_dict().find(key)));
      }
    }
    yaml_mapping_end_event_initialize(&event);
    return emit(event);
  }

  Status write_scalar(const Value& value) {
    std::string text;
    bool plain = true;
    switch (value.kind()) {
      case Kind::kNone:
        text = "null";
        break;
      case Kind::kBool:
        text = value.as_bool() ? "true" : "false";
        break;
      case Kind::kInt:
      case Kind::kBigInt: {
        SLUICE_ASSIGN(text, integer_to_string(value));
        break;
      }
      case Kind::kFloat:
        text = yaml_float(value.as_float());
        break;
      case Kind::kString:
      case Kind::kMarkup:
        text = value.as_string();
        plain = reads_as_string(text);
        break;
      default:
        if (!is_date_or_datetime(value)) {
          SLUICE_ASSIGN(const std::string shown, to_repr(value));
          return runtime_failure(fmt::format("('cannot represent an object', {})", shown));
        }
        SLUICE_ASSIGN(text, to_str(value));
        break;
    }
    yaml_event_t event;
    const std::string tag = std::string(kTagPrefix) + "str";
    yaml_scalar_event_initialize(&event, nullptr, plain ? nullptr : argument(tag), argument(text),
                                 static_cast<int>(text.size()), plain ? 1 : 0, 1,
                                 YAML_ANY_SCALAR_STYLE);
    return emit(event);
  }

  bool sort_keys_;
  bool started_ = false;
  bool root_is_scalar_ = true;
  std::string out_;
  yaml_emitter_t emitter_{};
  std::map<const RefCounted*, int> uses_;
  std::map<const RefCounted*, std::string> anchors_;
};

}  // namespace

Result<std::string> to_yaml(const Value& value, bool sort_keys) {
  return YamlWriter(sort_keys).write_document(value);
}

}  // namespace sluice::jinja
