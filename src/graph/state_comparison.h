// StateComparison: `state:new`, `state:modified.body`…: how the resources of a manifest differ from
// those of an earlier one, by dbt's rules (recorded in tests/differential/dbt/state_modified). Made
// per selection; one thread.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "compile/manifest.h"
#include "graph/previous_state.h"

namespace sluice::graph {

class StateComparison {
 public:
  // Both outlive the comparison.
  StateComparison(const compile::Manifest& manifest, const PreviousState& previous)
      : manifest_(manifest), previous_(previous) {}

  // What to look for: the value of a `state:` criterion. kSelectorSyntax for an unknown one.
  Status begin(std::string_view wanted);

  // Whether a resource is one of those; kContractBroken for a versioned model whose contract
  // breaks.
  Result<bool> matches(const compile::Node& node);
  bool matches(const compile::Source& source) const;
  bool matches(const compile::Exposure& exposure) const;
  bool matches(const compile::SemanticResource& resource) const;
  // Contracted models that are gone; a warning for each, or an error when it is versioned.
  Status check_removed_contracts();

  // What to warn of, each text once.
  std::vector<std::string> take_warnings();

 private:
  enum class Aspect : uint8_t {
    kNew,
    kOld,
    kUnmodified,
    kModified,
    kBody,
    kConfigs,
    kRelation,
    kDescriptions,
    kMacros,
    kContract,
  };
  using Value = jinja::Value;

  template <typename IsModified>
  std::optional<bool> matches_as_a_whole(const Value* before, const IsModified& is_modified) const;
  bool matches_unit_test(const compile::Node& test, const Value* before) const;
  Result<bool> is_modified(const compile::Node& node, const Value& before);
  Result<bool> differs(const compile::Node& node, const Value& before, Aspect aspect);
  Result<bool> same_contract(const compile::Node& node, const Value& before);
  bool same_body(const compile::Node& node, const Value& before);
  bool same_seed(const compile::Node& node, const Value& before);
  bool is_modified(const compile::Source& source, const Value& before) const;
  bool is_modified(const compile::Exposure& exposure, const Value& before) const;
  bool is_modified(const compile::SemanticResource& resource, const Value& before) const;
  bool uses_modified_macro(const std::vector<SharedText>& macros);
  bool is_macro_modified(const std::string& unique_id);
  Status report_break(const std::string& name, const std::string& unique_id,
                      const std::string& file, bool is_versioned,
                      const std::vector<std::string>& changes);
  void warn(std::string text);

  const compile::Manifest& manifest_;
  const PreviousState& previous_;
  Aspect aspect_ = Aspect::kNew;
  std::unordered_map<std::string, bool> macro_modified_;  // by unique id, with what it calls
  std::set<std::string> warned_;
  std::vector<std::string> warnings_;
};

}  // namespace sluice::graph
