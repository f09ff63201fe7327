#include "graph/artifact_methods.h"

#include <fmt/format.h>

#include <map>

namespace sluice::graph {

namespace {

using jinja::Value;

const Value* member(const Value& dict, std::string_view key) {
  return dict.is_dict() ? dict.as_dict().find(key) : nullptr;
}

std::string text_of(const Value& dict, std::string_view key) {
  const Value* found = member(dict, key);
  return found != nullptr && found->is_string() ? found->as_string() : std::string();
}

// Calls visit(result) for each entry of `results`.
template <typename Visit>
void for_each_result(const Value& artifact, const Visit& visit) {
  const Value* results = member(artifact, "results");
  if (results == nullptr || !results->is_list()) return;
  for (const Value& result : results->as_items()) visit(result);
}

std::string there_is_none(const PreviousState& previous, std::string_view file) {
  return previous.folder.empty() ? std::string("name the folder that holds it with --state")
                                 : fmt::format("there is no {} in \"{}\"", file, previous.folder);
}

// "2026-01-01T10:00:00.5Z" without its zone (always UTC), so that texts compare as times do.
std::string comparable_time(std::string time) {
  if (time.ends_with('Z')) time.pop_back();
  if (time.ends_with("+00:00")) time.resize(time.size() - 6);
  return time;
}

// When each source was loaded last, of those that could be asked.
std::map<std::string, std::string> load_times(const Value& artifact) {
  std::map<std::string, std::string> times;
  for_each_result(artifact, [&times](const Value& result) {
    const std::string time = text_of(result, "max_loaded_at");
    if (!time.empty()) times[text_of(result, "unique_id")] = comparable_time(time);
  });
  return times;
}

}  // namespace

Result<IdSet> ids_with_result(const PreviousState& previous, std::string_view wanted) {
  if (previous.run_results.is_none())
    return fail(ErrorCode::kStateMissing,
                fmt::format("selecting by result:{} needs the results of an earlier run", wanted),
                there_is_none(previous, "run_results.json"));
  IdSet ids;
  for_each_result(previous.run_results, [&](const Value& result) {
    if (text_of(result, "status") == wanted) ids.insert(text_of(result, "unique_id"));
  });
  return ids;
}

Result<IdSet> ids_with_source_status(const PreviousState& previous, std::string_view wanted) {
  if (previous.sources.is_none())
    return fail(
        ErrorCode::kStateMissing,
        fmt::format("selecting by source_status:{} needs earlier freshness results", wanted),
        there_is_none(previous, "sources.json"));
  if (previous.current_sources.is_none())
    return fail(
        ErrorCode::kStateMissing,
        fmt::format("selecting by source_status:{} needs current freshness results", wanted),
        "there is no sources.json in the target folder: run source freshness first");
  IdSet ids;
  if (wanted != "fresher") return ids;
  const std::map<std::string, std::string> before = load_times(previous.sources);
  for (const auto& [id, time] : load_times(previous.current_sources)) {
    const auto known = before.find(id);
    if (known == before.end() || time > known->second) ids.insert(id);
  }
  return ids;
}

}  // namespace sluice::graph
