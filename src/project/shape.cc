#include "project/shape.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/suggest.h"
#include "project/yaml_value.h"

namespace sluice::project {

const yaml::Node* ShapeReader::find(const yaml::Node& mapping, std::string_view key) {
  const yaml::Node* value = mapping.find(key);
  return value != nullptr && !value->is_null() ? value : nullptr;
}

void ShapeReader::error(const yaml::Node& node, std::string message, std::string hint) {
  diagnostics_.add_error(error_at(code_, document_, node, std::move(message), std::move(hint)));
}

void ShapeReader::warn(const yaml::Node& node, std::string message, std::string hint,
                       std::string event) {
  diagnostics_.add_warning(error_at(code_, document_, node, std::move(message), std::move(hint)),
                           std::move(event));
}

void ShapeReader::wrong(const yaml::Node& value, std::string_view key, std::string_view wanted,
                        std::string hint) {
  error(value, fmt::format("\"{}\" must be {}, not {}", key, wanted, describe(value)),
        std::move(hint));
}

std::optional<std::string> ShapeReader::text(const yaml::Node& mapping, std::string_view key) {
  const yaml::Node* value = find(mapping, key);
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) return std::string(value->text);
  wrong(*value, key, "text",
        value->is_scalar() ? fmt::format("put it in quotes: {}: \"{}\"", key, value->text)
                           : fmt::format("write one line of text after \"{}:\"", key));
  return std::nullopt;
}

std::optional<std::vector<std::string>> ShapeReader::texts(const yaml::Node& mapping,
                                                           std::string_view key) {
  const yaml::Node* value = sequence(mapping, key);
  if (value == nullptr) return std::nullopt;
  std::vector<std::string> out;
  for (const yaml::Node* item : value->items) {
    if (item->is_string())
      out.emplace_back(item->text);
    else
      wrong(*item, key, "a list of texts", "put the item in quotes");
  }
  return out;
}

const yaml::Node* ShapeReader::mapping(const yaml::Node& mapping, std::string_view key) {
  const yaml::Node* value = find(mapping, key);
  if (value == nullptr || value->is_mapping()) return value;
  wrong(*value, key, "a mapping", fmt::format("write its keys indented below \"{}:\"", key));
  return nullptr;
}

const yaml::Node* ShapeReader::sequence(const yaml::Node& mapping, std::string_view key) {
  const yaml::Node* value = find(mapping, key);
  if (value == nullptr || value->is_sequence()) return value;
  wrong(*value, key, "a list",
        value->is_string() ? fmt::format("write {}: [\"{}\"]", key, value->text)
                           : std::string("begin each entry with \"- \""));
  return nullptr;
}

void ShapeReader::warn_misspelt(const yaml::Node& mapping,
                                std::span<const std::string_view> known) {
  for (const auto& [key, value] : mapping.entries) {
    if (!key->is_string() || std::find(known.begin(), known.end(), key->text) != known.end())
      continue;
    const std::string near = nearest_name(key->text, known);
    if (near.empty() || mapping.find(near) != nullptr) continue;
    warn(*key, fmt::format("the key \"{}\" is unknown and ignored", key->text),
         fmt::format("did you mean \"{}\"?", near));
  }
}

void ShapeReader::refuse_unknown(const yaml::Node& mapping,
                                 std::span<const std::string_view> known) {
  for (const auto& [key, value] : mapping.entries) {
    if (!key->is_string() || std::find(known.begin(), known.end(), key->text) != known.end())
      continue;
    const std::string near = nearest_name(key->text, known);
    error(*key, fmt::format("the key \"{}\" is not allowed here", key->text),
          near.empty() ? "put values of your own under vars: or under +meta of a folder"
                       : fmt::format("did you mean \"{}\"?", near));
  }
}

}  // namespace sluice::project
