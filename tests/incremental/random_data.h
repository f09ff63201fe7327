// The files that random projects read, and what happens to them: late rows, rewritten, removed and
// new days, rows without a day, a dimension that changes.
#pragma once

#include <random>
#include <set>
#include <string>
#include <vector>

#include "warehouse/warehouse.h"

namespace sluice::incremental_test {

class RandomData {
 public:
  // Writes below `folder`; `engine` makes the Parquet files.
  RandomData(std::string folder, std::mt19937_64& random, warehouse::Connection& engine)
      : folder_(std::move(folder)), random_(random), engine_(engine) {}

  Status create();
  // One change; gives it in words.
  Result<std::string> mutate();

  // FROM entries of the sources, as a profile-relative project names them.
  std::string orders() const;
  std::string events() const;
  std::string customers() const;

 private:
  size_t below(size_t limit) { return static_cast<size_t>(random_() % limit); }
  Status write_day(const std::string& fact, const std::string& day, const std::string& file,
                   size_t rows, uint64_t seed);
  Status write_customers();
  Result<std::string> mutate_fact(const std::string& fact);
  std::string file_folder(const std::string& fact, const std::string& day,
                          const std::string& file) const;
  std::string file_name(const std::string& fact, const std::string& day,
                        const std::string& file) const;
  std::string day_folder(const std::string& fact, const std::string& day) const;
  // The days stand in the rows, not in the paths.
  bool is_flat(const std::string& fact) const { return has_flat_orders_ && fact == "orders"; }

  struct File {
    std::string day, name;
    size_t rows;
    uint64_t seed;
  };
  std::string folder_;
  std::mt19937_64& random_;
  warehouse::Connection& engine_;
  std::vector<File> files_[2];  // of orders and events
  bool has_flat_orders_ = false;
  uint64_t next_seed_ = 1;
  uint64_t customers_seed_ = 1;
};

}  // namespace sluice::incremental_test
