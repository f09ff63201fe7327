// What the class of relations has, and with it each relation: the types, create(), scd_args()…
#pragma once

#include <optional>
#include <string_view>

#include "compile/relation.h"

namespace sluice::compile {

// Relation.Table, Relation.get_relation_type…; nullopt: no such attribute.
std::optional<jinja::Value> relation_class_attribute(std::string_view name);

// nullopt: no such method.
Result<std::optional<jinja::Value>> relation_class_method(const warehouse::Dialect& dialect,
                                                          const RelationPolicy& default_quote,
                                                          std::string_view name,
                                                          const jinja::CallArgs& args);

// The identifier of a relation, or of a model as a dict.
Result<jinja::Value> identifier_of(const jinja::Value& node);

}  // namespace sluice::compile
