#include "project/function_signature.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <span>
#include <string>

namespace sluice::project {

namespace {

using Names = std::span<const std::string_view>;

constexpr std::array<std::string_view, 2> kReturnsKeys = {"data_type", "description"};
constexpr std::array<std::string_view, 4> kArgumentKeys = {"name", "data_type", "description",
                                                           "default_value"};

class Checker {
 public:
  Checker(std::string_view name, ShapeReader& shapes) : name_(name), shapes_(shapes) {}

  void check_returns(const yaml::Node& entry) {
    const yaml::Node* returns = shapes_.mapping(entry, "returns");
    if (returns != nullptr) {
      require_text(*returns, "returns", "data_type");
      refuse_others(*returns, "returns", kReturnsKeys);
    } else if (ShapeReader::find(entry, "returns") == nullptr) {
      shapes_.error(entry, fmt::format("function \"{}\" has no \"returns\"", name_),
                    "add \"returns: {data_type: integer}\"");
    }
  }

  void check_arguments(const yaml::Node& entry) {
    const yaml::Node* list = shapes_.sequence(entry, "arguments");
    if (list == nullptr) return;
    for (const yaml::Node* argument : list->items) {
      if (!argument->is_mapping()) {
        shapes_.error(*argument,
                      fmt::format("an argument of function \"{}\" must be a mapping", name_),
                      "write \"- {name: x, data_type: integer}\"");
        continue;
      }
      require_text(*argument, "an argument", "name");
      require_text(*argument, "an argument", "data_type");
      refuse_others(*argument, "an argument", kArgumentKeys);
    }
  }

 private:
  void require_text(const yaml::Node& mapping, std::string_view what, std::string_view key) {
    const yaml::Node* given = ShapeReader::find(mapping, key);
    if (given == nullptr)
      shapes_.error(mapping, fmt::format("{} of function \"{}\" has no \"{}\"", what, name_, key),
                    fmt::format("add \"{}: …\"", key));
    else if (!given->is_string())
      shapes_.wrong(*given, key, "text", "put it in quotes");
  }

  void refuse_others(const yaml::Node& mapping, std::string_view what, Names known) {
    for (const auto& [key, value] : mapping.entries) {
      if (std::find(known.begin(), known.end(), key->text) != known.end()) continue;
      shapes_.error(
          *key,
          fmt::format("{} of function \"{}\" has an unknown key \"{}\"", what, name_, key->text),
          fmt::format("it may have {}", fmt::join(known, ", ")));
    }
  }

  std::string_view name_;
  ShapeReader& shapes_;
};

}  // namespace

void check_function_signature(const yaml::Node& entry, std::string_view name, ShapeReader& shapes) {
  Checker checker(name, shapes);
  checker.check_returns(entry);
  checker.check_arguments(entry);
}

}  // namespace sluice::project
