// Contract changes: whether a model still promises what it promised in an earlier manifest, and
// what breaks when it does not. Pure; models come as manifest dicts.
#pragma once

#include <string>
#include <vector>

#include "jinja/value.h"

namespace sluice::graph {

struct ContractChange {
  bool is_same = true;
  std::vector<std::string> breaking;  // one text a kind of change, with its lines
};

ContractChange compare_contracts(const jinja::Value& previous, const jinja::Value& current);

// True when the contract of a model (a manifest dict) is enforced.
bool is_contract_enforced(const jinja::Value& model);

}  // namespace sluice::graph
