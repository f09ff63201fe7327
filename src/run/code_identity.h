// The identity of what makes a maintained table: engine, settings that decide results, rules and
// query, as lines of "name=value" that the ledger keeps. Two that are equal make equal tables from
// equal inputs; of two that are not it can be told what changed. Pure functions.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace sluice::run {

// Names and values in the order in which they are told; no line breaks in either.
using IdentityParts = std::vector<std::pair<std::string, std::string>>;

// The parts' lines, and at the end "query=" with a hash of `query`: the specification's text and
// what it reads.
std::string code_identity(const IdentityParts& parts, const std::string& query);

// What is another in `now`: "the engine was \"v1.5.4\" and is \"v1.5.5\"", "TimeZone was …", or
// that the query or its inputs' columns changed.
std::string identity_change(const std::string& before, const std::string& now);

// The parts, the hash of the query the last of them.
IdentityParts identity_parts(const std::string& identity);

// The value of a part; empty: there is none of that name.
std::string identity_part(const std::string& identity, const std::string& name);

}  // namespace sluice::run
