// Runs one template case (tests/jinja/cases.jsonl): the bridge between the recorded behaviour of
// Jinja2 and dbt, and this engine. Used by the jinja_cases tool and by the unit tests.
#pragma once

#include <string>

#include "jinja/value.h"

namespace sluice::jinja {

// What a case came to: `output`, or `value` with its Python `type`, or the kind of `error`.
struct CaseResult {
  std::string output;
  Value value;
  std::string type;     // set for native cases
  std::string error;    // 'syntax', 'undefined', 'security', 'runtime', 'dbt'; empty: no error
  std::string message;  // the whole error, for people
};

// `spec` is the dict of one line: mode, template, context, vars, macros.
CaseResult run_case(const Value& spec);

// One line of JSON for the result.
std::string case_line(const std::string& id, const CaseResult& result);

}  // namespace sluice::jinja
