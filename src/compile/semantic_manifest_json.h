// target/semantic_manifest.json: what dbt hands to the semantic layer – semantic models, metrics,
// saved queries and time spines in the keys of dbt_semantic_interfaces 0.9. Pure.
#pragma once

#include <string>

#include "compile/manifest.h"

namespace sluice::compile {

std::string semantic_manifest_to_json(const Manifest& manifest);

// A model that says where a day is: named so that tools without time spines find it.
inline constexpr std::string_view kLegacyTimeSpine = "metricflow_time_spine";

}  // namespace sluice::compile
