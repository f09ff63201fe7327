#include "random_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <functional>

namespace sluice::incremental_test {
namespace {

constexpr const char* kNoDay = "__HIVE_DEFAULT_PARTITION__";

std::string day_of(size_t offset) {
  // From 24 February 2024 on: the set crosses the end of a leap February, and ends with days that
  // a month before has not.
  static constexpr const char* kDays[] = {"2024-02-24", "2024-02-25", "2024-02-26", "2024-02-27",
                                          "2024-02-28", "2024-02-29", "2024-03-01", "2024-03-02",
                                          "2024-03-03", "2024-03-04", "2024-03-30", "2024-03-31"};
  return kDays[offset % 12];
}

}  // namespace

// Events have a second partition column: each file goes into one of its two values.
std::string RandomData::file_folder(const std::string& fact, const std::string& day,
                                    const std::string& file) const {
  if (is_flat(fact)) return fmt::format("{}/{}/all", folder_, fact);
  std::string folder = day_folder(fact, day);
  if (fact == "events")
    folder += fmt::format("/shard={}", std::hash<std::string>{}(file + day) % 2);
  return folder;
}

std::string RandomData::day_folder(const std::string& fact, const std::string& day) const {
  return fmt::format("{}/{}/dt={}", folder_, fact, day);
}

std::string RandomData::file_name(const std::string& fact, const std::string& day,
                                  const std::string& file) const {
  return is_flat(fact) ? day + "_" + file : file;
}

std::string RandomData::orders() const {
  return fmt::format("read_parquet('{}/orders/*/*.parquet', hive_partitioning={})", folder_,
                     is_flat("orders") ? "false" : "true");
}
std::string RandomData::events() const {
  return fmt::format("read_parquet('{}/events/*/*/*.parquet', hive_partitioning=true)", folder_);
}
std::string RandomData::customers() const {
  return fmt::format("read_parquet('{}/customers.parquet')", folder_);
}

Status RandomData::write_day(const std::string& fact, const std::string& day,
                             const std::string& file, size_t rows, uint64_t seed) {
  std::filesystem::create_directories(file_folder(fact, day, file));
  // A file of one day, or of several that follow each other.
  const std::string dt = day == kNoDay
                             ? "null::date"
                             : fmt::format("date '{}' + (i % {})::integer", day, 1 + seed % 5 / 2);
  const std::string columns =
      fact == "orders"
          ? "(i + {0} * 1000)::integer as id, case when hash(i, {0}) % 9 = 0 then null else "
            "(hash(i, "
            "{0}) % 6)::integer end as customer, ((hash({0}, i) % 5000) / 100.0)::decimal(18,2) as "
            "amount, ['a', 'b', 'c', null][1 + (hash(i + {0}) % 4)::integer] as kind, case when "
            "hash(i, {0}, 3) % 8 = 0 then null else date '2024-02-22' + (hash(i, {0}, 7) % "
            "12)::integer end as due"
          : "(hash(i, {0}, 1) % 7)::integer as customer, (hash(i, {0}, 2) % 40)::integer as n, "
            "['a', "
            "'b', 'd'][1 + (hash(i, {0}, 5) % 3)::integer] as kind";
  const std::string select = fmt::format(fmt::runtime(columns), seed) +
                             (is_flat(fact) ? fmt::format(", {} as dt", dt) : "");
  SLUICE_TRY(engine_.execute(
      fmt::format("copy (select {} from range({}) t(i)) to '{}/{}' (format parquet)", select, rows,
                  file_folder(fact, day, file), file_name(fact, day, file)),
      false));
  return {};
}

Status RandomData::write_customers() {
  SLUICE_TRY(engine_.execute(
      fmt::format(
          "copy (select case when i = 7 and {0} % 3 = 0 then null else i::integer end as id, "
          "['x', 'y', 'z'][1 + (hash(i, {0} // (1 + i % 3)) % 3)::integer] as segment from "
          "range({1}) t(i)) to '{2}/customers.parquet' (format parquet)",
          customers_seed_, 5 + below(4), folder_),
      false));
  return {};
}

Status RandomData::create() {
  std::filesystem::create_directories(folder_);
  has_flat_orders_ = below(4) == 0;
  const char* names[] = {"orders", "events"};
  for (size_t fact = 0; fact < 2; ++fact)
    for (size_t day = 0; day < 13; ++day) {
      // Sparse: the first week, and sometimes the end of March and rows without a day.
      if (day < 7 ? below(8) == 0 : day < 10 || below(2) == 0) continue;
      File file{day == 12 ? kNoDay : day_of(day), "data_0.parquet", 1 + below(5), next_seed_++};
      SLUICE_TRY(write_day(names[fact], file.day, file.name, file.rows, file.seed));
      files_[fact].push_back(std::move(file));
    }
  for (size_t fact = 0; fact < 2; ++fact)
    if (files_[fact].empty()) {
      File file{day_of(0), "data_0.parquet", 3, next_seed_++};
      SLUICE_TRY(write_day(names[fact], file.day, file.name, file.rows, file.seed));
      files_[fact].push_back(std::move(file));
    }
  return write_customers();
}

Result<std::string> RandomData::mutate_fact(const std::string& fact) {
  std::vector<File>& files = files_[fact == "orders" ? 0 : 1];
  File& known = files[below(files.size())];
  switch (below(6)) {
    case 0: {  // new day, or late rows of one that is there
      File file{day_of(below(12)), fmt::format("data_{}.parquet", next_seed_), 1 + below(5),
                next_seed_};
      ++next_seed_;
      SLUICE_TRY(write_day(fact, file.day, file.name, file.rows, file.seed));
      files.push_back(file);
      return fmt::format("{}: {} rows for {}", fact, file.rows, file.day);
    }
    case 1: {  // late rows
      File file{known.day, fmt::format("late_{}.parquet", next_seed_), 1 + below(2), next_seed_};
      ++next_seed_;
      SLUICE_TRY(write_day(fact, file.day, file.name, file.rows, file.seed));
      files.push_back(file);
      return fmt::format("{}: {} late rows for {}", fact, file.rows, file.day);
    }
    case 2: {  // a day is gone
      if (files.size() < 2) return std::string("nothing");
      const std::string day = known.day;
      std::vector<File> rest;
      for (const File& file : files)
        if (file.day != day) rest.push_back(file);
      if (rest.empty()) return std::string("nothing");
      for (const File& file : files)
        if (file.day == day)
          std::filesystem::remove(fmt::format("{}/{}", file_folder(fact, day, file.name),
                                              file_name(fact, day, file.name)));
      files = std::move(rest);
      return fmt::format("{}: {} is gone", fact, day);
    }
    case 3:  // other rows
      known.seed = next_seed_++;
      known.rows = 1 + below(5);
      SLUICE_TRY(write_day(fact, known.day, known.name, known.rows, known.seed));
      return fmt::format("{}: {} rewritten", fact, known.day);
    case 4:  // the same rows
      SLUICE_TRY(write_day(fact, known.day, known.name, known.rows, known.seed));
      return fmt::format("{}: {} written again", fact, known.day);
    default: {  // rows without a day
      File file{kNoDay, fmt::format("none_{}.parquet", next_seed_), 1 + below(3), next_seed_};
      ++next_seed_;
      SLUICE_TRY(write_day(fact, file.day, file.name, file.rows, file.seed));
      files.push_back(file);
      return fmt::format("{}: {} rows without a day", fact, file.rows);
    }
  }
}

Result<std::string> RandomData::mutate() {
  const size_t choice = below(10);
  if (choice < 5) return mutate_fact("orders");
  if (choice < 8) return mutate_fact("events");
  ++customers_seed_;
  SLUICE_TRY(write_customers());
  return std::string("customers changed");
}

}  // namespace sluice::incremental_test
