// The members of a relation that are objects of their own: its path, its policies.
#pragma once

#include <span>
#include <string_view>

#include "compile/relation.h"

namespace sluice::compile {

// relation.path
jinja::Value make_path(const RelationParts& parts);
// relation.quote_policy, relation.include_policy
jinja::Value make_policy(const RelationPolicy& policy);
// frozenset(), of which Value has none.
jinja::Value make_empty_frozen_set();

// What a path or policy holds, or the dict that stands for one; null for anything else.
const jinja::Dict* member_dict(const jinja::Value& value);

// The names that to_dict() gives and replace() takes.
std::span<const std::string_view> relation_member_names();
bool relation_has_member(std::string_view name);

}  // namespace sluice::compile
