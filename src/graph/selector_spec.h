// Criterion: one atom of dbt's selector grammar, `[@][n+][method[.argument…]:]value[+n]`, taken
// apart. What the words of --select mean together: separate words are a union, commas inside a word
// an intersection. Plain values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "jinja/value.h"

namespace sluice::graph {

// Which tests come along with what is selected.
enum class IndirectSelection : uint8_t { kEager, kCautious, kBuildable, kEmpty };
// "eager", "cautious"…; nullopt for other words.
std::optional<IndirectSelection> indirect_selection_named(std::string_view name);

enum class Method : uint8_t {
  kFqn,
  kTag,
  kGroup,
  kAccess,
  kSource,
  kPath,
  kFile,
  kPackage,
  kConfig,
  kTestName,
  kTestType,
  kResourceType,
  kExposure,
  kMetric,
  kSemanticModel,
  kSavedQuery,
  kUnitTest,
  kFunction,
  kVersion,
  kState,
  kResult,
  kSourceStatus,
};

struct Criterion {
  std::string raw;  // as written
  Method method = Method::kFqn;
  std::vector<std::string> arguments;  // of the method: {"meta", "owner"} for config.meta.owner
  std::string value;
  jinja::Value typed_value;  // as selectors.yml has it, when that is no text; none: `value`
  std::optional<IndirectSelection> indirect;  // instead of the command's
  bool childrens_parents = false;             // '@'
  bool parents = false;                       // '+' in front
  int parents_depth = -1;                     // -1: all
  bool children = false;                      // '+' behind
  int children_depth = -1;
};

// An intersection of criteria; one element when there is no comma.
struct SelectorWord {
  std::string raw;
  std::vector<Criterion> criteria;
};

// Parses one atom. kSelectorSyntax names the column in `text`; kSelectorUnknownMethod the nearest
// known method.
Result<Criterion> parse_criterion(std::string_view text);
// "config.meta.owner" as a method and its arguments; `text` is what the error shows around it.
Status parse_method_name(std::string_view text, std::string_view name, Criterion& criterion);
// Name of a method, without arguments.
std::string_view method_name(Method method);
// Splits each text at blanks into words and each word at commas. As in dbt, two blanks in a row
// have an empty word between them, which matches nothing.
Result<std::vector<SelectorWord>> parse_selectors(const std::vector<std::string>& texts);

}  // namespace sluice::graph
