// Criterion: one atom of dbt's selector grammar, `[@][n+][method[.argument…]:]value[+n]`, taken
// apart. What the words of --select mean together: separate words are a union, commas inside a word
// an intersection. Plain values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sluice::graph {

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
};

struct Criterion {
  std::string raw;  // as written
  Method method = Method::kFqn;
  std::vector<std::string> arguments;  // of the method: {"meta", "owner"} for config.meta.owner
  std::string value;
  bool childrens_parents = false;  // '@'
  bool parents = false;            // '+' in front
  int parents_depth = -1;          // -1: all
  bool children = false;           // '+' behind
  int children_depth = -1;
};

// An intersection of criteria; one element when there is no comma.
struct SelectorWord {
  std::string raw;
  std::vector<Criterion> criteria;
};

// Parses one atom. kSelectorSyntax names the column in `text`; kSelectorUnknownMethod the nearest
// known method, or that the method compares with artifacts of an earlier run, which are not read
// yet.
Result<Criterion> parse_criterion(std::string_view text);
// Splits each text at blanks into words and each word at commas.
Result<std::vector<SelectorWord>> parse_selectors(const std::vector<std::string>& texts);

}  // namespace sluice::graph
