// Contracts: what a model promises of its columns, checked while the project is read. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "compile/manifest.h"

namespace sluice::compile {

// not_null, unique, primary_key, foreign_key, check or custom.
bool is_constraint_type(std::string_view type);
// Materializations that make constraints part of the table.
bool enforces_constraints(std::string_view materialization);
bool has_enforced_contract(const Node& node);

// The contract's checksum as dbt computes it from the declared columns and constraints; it changes
// when the promise does.
std::string contract_checksum(const Node& node);

// What a model's constraints and columns must be; the first fault. kPropertyInvalid.
Status check_constraints(const Node& node);
// What an enforced contract asks of the model. kConfigInvalid. `is_described`: a property file
// speaks of the model.
Status check_contract(const Node& node, bool is_described);
// Whether constraints are declared that the materialization will not make, and somebody wants to
// know.
bool has_unsupported_constraints(const Node& node);

}  // namespace sluice::compile
