#include "detect/manifest.h"

#include <fmt/format.h>

#include <map>

namespace sluice::detect {

std::string partition_key(const std::vector<PartitionValue>& values) {
  std::string key;
  for (const PartitionValue& value : values)
    key += value ? fmt::format("{}:{},", value->size(), *value) : std::string("-,");
  return key;
}

std::vector<Change> changes_between(const std::vector<Consumed>& before, const Manifest& now) {
  std::map<std::string, const Consumed*> known;
  for (const Consumed& entry : before) known.emplace(partition_key(entry.values), &entry);
  std::vector<Change> changes;
  for (const Partition& partition : now.partitions) {
    const auto found = known.find(partition_key(partition.values));
    if (found == known.end()) {
      changes.push_back({Change::Kind::kAdded, partition.values, {partition.ranges}});
      continue;
    }
    if (found->second->version != partition.version)
      changes.push_back(
          {Change::Kind::kReplaced, partition.values, {found->second->ranges, partition.ranges}});
    known.erase(found);
  }
  for (const auto& [key, entry] : known)
    changes.push_back({Change::Kind::kRemoved, entry->values, {entry->ranges}});
  return changes;
}

}  // namespace sluice::detect
