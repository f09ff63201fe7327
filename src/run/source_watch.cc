#include "run/source_watch.h"

#include <set>
#include <utility>

#include "run/model_inputs.h"

namespace sluice::run {
namespace {

// What these nodes read, looking through what is no table of its own.
std::set<std::string> sources_below(const compile::Manifest& manifest,
                                    const std::vector<const compile::Node*>& nodes) {
  std::set<std::string> sources, seen;
  std::vector<const compile::Node*> open = nodes;
  while (!open.empty()) {
    const compile::Node* node = open.back();
    open.pop_back();
    if (!seen.insert(node->unique_id).second) continue;
    for (const std::string& id : node->depends_on_nodes) {
      if (manifest.find_source(id) != nullptr) sources.insert(id);
      const compile::Node* below = manifest.find_node(id);
      const bool is_looked_through =
          below != nullptr && (below->is_ephemeral() || below->materialized() == "view");
      if (is_looked_through) open.push_back(below);
    }
  }
  return sources;
}

}  // namespace

Status SourceWatch::begin(const std::vector<const compile::Node*>& nodes,
                          warehouse::Connection& connection) {
  watched_.clear();
  const compile::Manifest& manifest = session_.manifest();
  for (const std::string& id : sources_below(manifest, nodes)) {
    SLUICE_ASSIGN(const compile::SourceReader source,
                  session_.source_reader(*manifest.find_source(id)));
    SLUICE_ASSIGN(const Json from, parsed_from(source.relation, connection));
    std::optional<detect::FileReader> reader = detect::file_reader(from);
    if (!reader) continue;
    SLUICE_ASSIGN(detect::FileRecords records, detect::look_at_files(*reader, fs_, connection));
    watched_.push_back({id, std::move(*reader), std::move(records)});
  }
  return {};
}

Result<std::vector<std::string>> SourceWatch::moved(warehouse::Connection& connection) const {
  std::vector<std::string> out;
  for (const Watched& watched : watched_) {
    const Result<detect::FileRecords> now = detect::look_at_files(watched.reader, fs_, connection);
    // A file that cannot be looked at any more has moved.
    if (!now && now.error().code() != ErrorCode::kIo) return fail(Error(now.error()));
    if (!now || *now != watched.records) out.push_back(watched.unique_id);
  }
  return out;
}

}  // namespace sluice::run
