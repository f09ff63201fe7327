// Checks of YAML shapes with one wording for all files. Internal to project/.
// A reader collects its errors in Diagnostics and answers "nothing" for what is wrong, so one run
// shows all of them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostics.h"
#include "yaml/node.h"

namespace sluice::project {

class ShapeReader {
 public:
  ShapeReader(const yaml::Document& document, ErrorCode code, Diagnostics& diagnostics)
      : document_(document), code_(code), diagnostics_(diagnostics) {}

  // The value of a key; null when the key is absent or its value is null.
  static const yaml::Node* find(const yaml::Node& mapping, std::string_view key);

  std::optional<std::string> text(const yaml::Node& mapping, std::string_view key);
  // A list of texts.
  std::optional<std::vector<std::string>> texts(const yaml::Node& mapping, std::string_view key);
  const yaml::Node* mapping(const yaml::Node& mapping, std::string_view key);
  const yaml::Node* sequence(const yaml::Node& mapping, std::string_view key);

  // Reports `"key" must be <wanted>, not <what it is>`.
  void wrong(const yaml::Node& value, std::string_view key, std::string_view wanted,
             std::string hint);
  void error(const yaml::Node& node, std::string message, std::string hint);
  // `event`: dbt's name of the warning, when it has one.
  void warn(const yaml::Node& node, std::string message, std::string hint, std::string event = {});
  // Warns of keys that are unknown and look like a misspelt known one that is absent.
  void warn_misspelt(const yaml::Node& mapping, std::span<const std::string_view> known);
  // An error for each key that is unknown.
  void refuse_unknown(const yaml::Node& mapping, std::span<const std::string_view> known);

  const yaml::Document& document() const { return document_; }
  Diagnostics& diagnostics() { return diagnostics_; }

 private:
  const yaml::Document& document_;
  ErrorCode code_;
  Diagnostics& diagnostics_;
};

}  // namespace sluice::project
