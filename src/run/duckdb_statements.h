// Statements that a duckdb profile asks for when its database is opened: CREATE SECRET and ATTACH.
// Pure. Each names itself for errors, because its text may hold secrets and is never shown.
#pragma once

#include <string>

#include "jinja/value.h"
#include "warehouse/warehouse.h"

namespace sluice::run {

// An entry of `secrets`: a dict with a type. `number` counts from 1 and names those without a name,
// as dbt-duckdb does. Kinds of values: texts, numbers, lists, maps.
warehouse::StartStatement create_secret(const jinja::Value& secret, size_t number);

// An entry of `attach`: a dict with a path. `path`: the one to use (absolute for plain files).
warehouse::StartStatement attach_database(const jinja::Value& entry, const std::string& path);

// Lookups in profile values: null when absent or none; "" when not a text.
const jinja::Value* find_key(const jinja::Value& dict, std::string_view key);
std::string text_of(const jinja::Value* value);
bool is_on(const jinja::Value* value);
// A scalar as DuckDB's settings take it: 4, true, 2GB; "" for others.
std::string scalar_text(const jinja::Value& value);

}  // namespace sluice::run
