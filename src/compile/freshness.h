// Freshness of a source: how old its newest row is, and what its thresholds say of that. Pure but
// for measure_freshness, which runs the project's macros.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "compile/manifest.h"
#include "compile/session.h"

namespace sluice::compile {

struct SharedState;

enum class FreshnessStatus : uint8_t { kPass, kWarn, kError };

// "minute", "hour", "day".
bool is_freshness_period(std::string_view period);
// Whether the source has a threshold, so that `source freshness` looks at it.
bool has_freshness(const Source& source);
// dbt's verdict on an age: older than error_after, else than warn_after, else a pass.
FreshnessStatus judge_freshness(const jinja::Value& freshness, int64_t age_micros);

// Runs collect_freshness or collect_freshness_custom_sql over the source.
Result<FreshnessMeasure> measure_freshness(SharedState& shared, const Source& source,
                                           warehouse::Connection& connection);

}  // namespace sluice::compile
