// What an input holds now: its partitions, each with a version that moves when its content does.
// Values, without any I/O; files.h and tables.h make them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sluice::detect {

// The value of one partition column as text; nullopt: NULL.
using PartitionValue = std::optional<std::string>;

struct Partition {
  std::vector<PartitionValue> values;  // in the order of Manifest::columns
  std::string version;
  std::vector<std::string> files;  // paths; empty for tables
  uint64_t bytes = 0;              // size of the files; of a table an estimate
  std::string ranges = {};         // what its columns lie between, where that is known (ranges.h)
};

struct Manifest {
  std::vector<std::string> columns;   // none: the input is one partition
  std::vector<Partition> partitions;  // sorted by key
};

// The text by which ledgers name a partition: values in order, told apart from each other and from
// NULL whatever they hold.
std::string partition_key(const std::vector<PartitionValue>& values);

// A partition that a reader consumed.
struct Consumed {
  std::vector<PartitionValue> values;
  std::string version;
  std::string ranges = {};  // as of Partition
};

struct Change {
  enum class Kind : uint8_t { kAdded, kReplaced, kRemoved };
  Kind kind = Kind::kAdded;
  std::vector<PartitionValue> values;
  std::vector<std::string> ranges = {};  // before and after, as far as there is one
};

// What `now` has that `before` had not or had in another version, and what is gone.
std::vector<Change> changes_between(const std::vector<Consumed>& before, const Manifest& now);

}  // namespace sluice::detect
