#include "run/previous_batches.h"

#include <utility>

#include "compile/batches.h"

namespace sluice::run {

namespace {

using jinja::Value;

const Value* member(const Value& dict, std::string_view key) {
  return dict.is_dict() ? dict.as_dict().find(key) : nullptr;
}

std::vector<compile::TimeWindow> windows_of(const Value* list) {
  std::vector<compile::TimeWindow> windows;
  if (list == nullptr || !list->is_list()) return windows;
  for (const Value& item : list->as_items()) {
    if (!item.is_list() || item.as_items().size() != 2) continue;
    const Value& start = item.as_items()[0];
    const Value& end = item.as_items()[1];
    if (!start.is_string() || !end.is_string()) continue;
    const Result<int64_t> start_micros = compile::parse_iso_moment(start.as_string());
    const Result<int64_t> end_micros = compile::parse_iso_moment(end.as_string());
    if (start_micros && end_micros) windows.push_back({*start_micros, *end_micros});
  }
  return windows;
}

}  // namespace

std::map<std::string, BatchResults> batches_to_retry(const Value& run_results) {
  std::map<std::string, BatchResults> out;
  const Value* results = member(run_results, "results");
  if (results == nullptr || !results->is_list()) return out;
  for (const Value& result : results->as_items()) {
    const Value* batches = member(result, "batch_results");
    const Value* id = member(result, "unique_id");
    if (batches == nullptr || !batches->is_dict() || id == nullptr || !id->is_string()) continue;
    BatchResults told{windows_of(member(*batches, "successful")),
                      windows_of(member(*batches, "failed"))};
    if (!told.successful.empty() && !told.failed.empty()) out[id->as_string()] = std::move(told);
  }
  return out;
}

}  // namespace sluice::run
