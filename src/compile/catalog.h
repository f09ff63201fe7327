// The catalog: what the engine says of the project's relations, through the macros get_catalog and
// get_catalog_relations, which a project may override.
#pragma once

#include <string>
#include <vector>

#include "compile/session.h"
#include "jinja/value.h"

namespace sluice::compile {

struct SharedState;

// Asks for the given relations, database by database. Rows of other relations, which get_catalog of
// a whole schema brings along, are left out. A database that cannot be asked is an entry of
// `errors`; the others are still there.
Catalog read_catalog(SharedState& shared, const std::vector<warehouse::RelationInfo>& relations,
                     warehouse::Connection& connection);

// How relations of a catalog are compared: names in lower case.
std::string catalog_key(std::string_view database, std::string_view schema,
                        std::string_view identifier);

}  // namespace sluice::compile
