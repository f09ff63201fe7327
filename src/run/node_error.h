// How an error of a node reads in dbt's words: run_results.json, the log and on-run-end hooks show
// this text.
#pragma once

#include <string>

#include "base/error.h"
#include "compile/manifest.h"

namespace sluice::run {

// "Compilation Error in model y (models/y.sql)\n  text": the kind by the error's code, the message
// indented.
std::string dbt_message(const Error& error, const compile::Node& node);

// "Compilation Error", "Runtime Error", "Database Error"…
std::string_view dbt_error_kind(const Error& error);

}  // namespace sluice::run
