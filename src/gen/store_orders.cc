// How the data comes about: per day, C++ draws the number of orders and a key from (seed, day);
// everything else is drawn in SQL by hashing (key, order, line, field number), so it does not
// matter which worker makes a day or when. Each worker has an in-memory engine with one thread of
// its own and COPYs a few days at a time: one file per day, rows in generation order, memory
// bounded by the group.
#include "gen/store_orders.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <memory>
#include <mutex>
#include <utility>

#include "base/file_system.h"
#include "base/parallel.h"
#include "warehouse/warehouse.h"

namespace sluice::gen {
namespace {

using std::chrono::sys_days;

constexpr int64_t kMaximumDays = 36'500;
constexpr int64_t kMaximumOrders = 50'000'000;
constexpr int64_t kMinimumOrders = 1'000;
constexpr int64_t kRowsPerGroup = 200'000;  // about; bounds the memory of a worker
constexpr double kLinesPerOrder = 2.1;

// A part of the work: one file in one partition.
struct DayFile {
  sys_days day;
  uint64_t key = 0;
  int64_t num_orders = 0;
};

// The finaliser of SplitMix64 (Steele, Lea, Flood 2014): a bijection that mixes all bits.
uint64_t mix(uint64_t value) {
  value += 0x9E3779B97F4A7C15ULL;
  value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  value = (value ^ (value >> 27U)) * 0x94D049BB133111EBULL;
  return value ^ (value >> 31U);
}

// Uniform in [0, 1).
double uniform(uint64_t key) { return static_cast<double>(mix(key) >> 11U) * 0x1.0p-53; }

std::string date_text(sys_days day) {
  const std::chrono::year_month_day date(day);
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

std::string partition_path(const std::string& folder, sys_days day) {
  const std::chrono::year_month_day date(day);
  return join_path(
      folder, fmt::format("year={}/month={}/date={}", static_cast<int>(date.year()),
                          static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day())));
}

template <typename Number>
bool read_number(std::string_view text, Number& number) {
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  return failed == std::errc() && !text.empty() && end == text.data() + text.size();
}

Result<sys_days> parse_date(const std::string& text, std::string_view what) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  const bool shaped = text.size() == 10 && text[4] == '-' && text[7] == '-' &&
                      read_number(text.substr(0, 4), year) &&
                      read_number(text.substr(5, 2), month) && read_number(text.substr(8, 2), day);
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(day)};
  if (!shaped || !date.ok()) {
    return fail(ErrorCode::kUsage, fmt::format("{} is not a date: \"{}\"", what, text),
                "write it as YYYY-MM-DD");
  }
  return sys_days(date);
}

Status check_range(int64_t value, int64_t maximum, std::string_view flag) {
  if (value >= 1 && value <= maximum) return {};
  return fail(ErrorCode::kUsage, fmt::format("{} is out of range: \"{}\"", flag, value),
              fmt::format("give a whole number from 1 to {}", maximum));
}

uint64_t day_key(uint64_t seed, sys_days day) {
  return mix(mix(seed) ^ static_cast<uint64_t>(day.time_since_epoch().count()));
}

int64_t orders_of(const StoreOrdersOptions& options, sys_days day, uint64_t key) {
  const std::chrono::weekday weekday(day);
  const bool weekend = weekday == std::chrono::Saturday || weekday == std::chrono::Sunday;
  const double volume =
      static_cast<double>(options.base_orders) * (weekend ? 0.4 : 1.0) * (0.8 + 0.4 * uniform(key));
  const int64_t minimum = options.base_orders >= kMinimumOrders ? kMinimumOrders : 1;
  return std::max(minimum, static_cast<int64_t>(volume));
}

// SQL functions of the generator. `draw(key, n)` is field n of a key, uniform in [0, 1). The engine
// combines two hashes by xor, which would leave the fields of a key alike, so the result is hashed
// once more.
constexpr const char* kMacros = R"(
CREATE MACRO draw(key, n) AS (hash(hash(key, n)) >> 11) / 9007199254740992.0;
CREATE MACRO lines_of(u) AS CASE WHEN u < 0.40 THEN 1 WHEN u < 0.70 THEN 2 WHEN u < 0.85 THEN 3 WHEN u < 0.95 THEN 4 ELSE 5 END;
CREATE MACRO uuid_of(m) AS substr(m, 1, 8) || '-' || substr(m, 9, 4) || '-4' || substr(m, 14, 3) || '-'
  || substr('89ab', 1 + ord(substr(m, 17, 1)) % 4, 1) || substr(m, 18, 3) || '-' || substr(m, 21, 12);
CREATE MACRO list_price(product, u) AS CASE WHEN product < 100 THEN 50 + 450 * u WHEN product < 300 THEN 10 + 140 * u
  WHEN product < 500 THEN 5 + 45 * u WHEN product < 700 THEN 8 + 22 * u ELSE 20 + 180 * u END)";

// The order lines of the days, in generation order. Products: 0-99 electronics, 100-299 clothing,
// 300-499 food, 500-699 books, 700-999 home; a product's list price depends on the seed only.
std::string lines_query(const std::vector<DayFile>& days, uint64_t seed) {
  std::string values;
  for (const DayFile& day : days) {
    values += fmt::format("{}(DATE '{}', {}::UBIGINT, {}::BIGINT)", values.empty() ? "" : ", ",
                          date_text(day.day), day.key, day.num_orders);
  }
  return fmt::format(R"(
WITH days(order_date, day_key, num_orders) AS (VALUES {0}),
numbered AS (SELECT order_date, day_key, unnest(range(num_orders)) AS number FROM days),
orders AS (SELECT order_date, hash(hash(day_key, number)) AS order_key, md5(day_key || '-' || number) AS digest FROM numbered),
heads AS (
  SELECT order_date, order_key, uuid_of(digest) AS order_id,
    'buyer_' || CASE WHEN draw(order_key, 2) < 0.3 THEN 1 + floor(draw(order_key, 3) * 9999)::BIGINT
                     ELSE 10000 + floor(draw(order_key, 3) * 89999)::BIGINT END AS buyer_id,
    order_date::TIMESTAMP + to_seconds(28800 + floor(draw(order_key, 4) * 50400)::BIGINT) AS order_timestamp,
    ['credit_card', 'debit_card', 'cash', 'paypal', 'apple_pay', 'google_pay'][1 + floor(draw(order_key, 5) * 6)::BIGINT]
      AS payment_method,
    unnest(range(lines_of(draw(order_key, 1)))) AS line
  FROM orders),
lines AS (
  SELECT *, hash(hash(order_key, 100 + line)) AS line_key, floor(draw(order_key, 200 + line) * 1000)::BIGINT AS product_id
  FROM heads),
priced AS (
  SELECT *, 1 + floor(draw(line_key, 1) * 4)::BIGINT AS quantity,
    round(list_price(product_id, draw({1}::UBIGINT, product_id)) * (0.8 + 0.4 * draw(line_key, 2)), 2) AS unit_price
  FROM lines)
SELECT order_id, buyer_id, order_date, order_timestamp, product_id, quantity, unit_price::DOUBLE AS unit_price,
  round(quantity * unit_price, 2)::DOUBLE AS revenue, payment_method,
  year(order_date) AS year, month(order_date) AS month, day(order_date) AS "date"
FROM priced)",
                     values, mix(seed ^ 0x5052494345ULL));
}

// One worker's engine, opened when it gets its first group.
struct Worker {
  std::unique_ptr<warehouse::Warehouse> engine;
  std::unique_ptr<warehouse::Connection> connection;

  Status open() {
    if (connection) return {};
    warehouse::WarehouseSettings settings;
    settings.path = ":memory:";
    settings.threads = 1;
    SLUICE_ASSIGN(engine, warehouse::open_duckdb(settings));
    SLUICE_ASSIGN(connection, engine->connect());
    SLUICE_TRY(connection->execute(kMacros, false));
    return {};
  }
};

// What one group of days becomes: a COPY to `target`, which is the folder (partitioned) or one
// file.
struct Group {
  std::vector<DayFile> days;
  std::string target;
  bool partitioned = true;
};

class Generator {
 public:
  Generator(const StoreOrdersOptions& options,
            const std::function<bool(const StoreOrdersProgress&)>& progress)
      : options_(options), progress_(progress) {}

  Result<StoreOrdersSummary> run(std::vector<Group> groups) {
    for (const Group& group : groups) state_.days_total += static_cast<int64_t>(group.days.size());
    const size_t num_workers =
        std::min(groups.size(), options_.threads > 0 ? static_cast<size_t>(options_.threads)
                                                     : default_parallelism());
    std::vector<Worker> workers(num_workers);
    parallel_for(groups.size(), num_workers,
                 [&](size_t index, size_t worker) { make(groups[index], workers[worker]); });
    if (error_) return fail(std::move(*error_));
    return summary_;
  }

 private:
  void make(const Group& group, Worker& worker) {
    if (stopped_.load()) return;
    Result<int64_t> rows = write(group, worker);
    const std::lock_guard lock(state_mutex_);
    if (!rows) {
      stop(std::move(rows.error()));
      return;
    }
    add_to_summary(group, *rows);
    state_.days_done += static_cast<int64_t>(group.days.size());
    state_.rows_written += *rows;
    if (progress_ && !stopped_.load() && !progress_(state_)) {
      stop(Error(ErrorCode::kCancelled, "generating store orders was cancelled",
                 "finished days are complete; run it again"));
    }
  }

  Result<int64_t> write(const Group& group, Worker& worker) {
    SLUICE_TRY(worker.open());
    if (group.partitioned) {
      // What a day had before goes, later additions too; COPY would only replace files of the same
      // name.
      for (const DayFile& day : group.days)
        SLUICE_TRY(files_.remove_all(partition_path(options_.folder, day.day)));
    }
    const warehouse::Dialect& dialect = worker.engine->dialect();
    const std::string query = lines_query(group.days, options_.seed);
    const std::string sql = group.partitioned ? fmt::format(
                                                    "COPY ({}) TO {} (FORMAT PARQUET, PARTITION_BY "
                                                    "(year, month, \"date\"), OVERWRITE_OR_IGNORE, "
                                                    "FILENAME_PATTERN 'store_transactions_{{i}}')",
                                                    query, dialect.quote_string(group.target))
                                              : fmt::format(
                                                    "COPY (SELECT * EXCLUDE (year, month, "
                                                    "\"date\") FROM ({})) TO {} (FORMAT PARQUET)",
                                                    query, dialect.quote_string(group.target));
    SLUICE_ASSIGN(const warehouse::StatementResult result, worker.connection->execute(sql, false));
    return result.rows_affected.value_or(0);
  }

  void add_to_summary(const Group& group, int64_t rows) {
    summary_.rows += rows;
    for (const DayFile& day : group.days) {
      ++summary_.days;
      ++summary_.files;
      summary_.orders += day.num_orders;
      const std::string file =
          group.partitioned
              ? join_path(partition_path(options_.folder, day.day), "store_transactions_0.parquet")
              : group.target;
      if (const auto info = files_.info(file)) summary_.bytes += info->size;
      const std::string date = date_text(day.day);
      if (summary_.first_day.empty() || date < summary_.first_day) summary_.first_day = date;
      summary_.last_day = std::max(summary_.last_day, date);
    }
  }

  // Keeps the first error.
  void stop(Error error) {
    if (!stopped_.exchange(true)) error_ = std::move(error);
  }

  const StoreOrdersOptions& options_;
  const std::function<bool(const StoreOrdersProgress&)>& progress_;
  RealFileSystem files_;
  std::atomic<bool> stopped_ = false;
  std::mutex state_mutex_;  // guards the rest
  StoreOrdersProgress state_;
  StoreOrdersSummary summary_;
  std::optional<Error> error_;
};

Result<std::vector<Group>> plan_days(const StoreOrdersOptions& options, const Clock& clock) {
  SLUICE_TRY(check_range(options.num_days, kMaximumDays, "--days"));
  const std::string until =
      options.until.empty() ? iso_timestamp(clock.now_micros()).substr(0, 10) : options.until;
  SLUICE_ASSIGN(const sys_days last, parse_date(until, "--until"));
  std::vector<Group> groups;
  int64_t orders_in_group = 0;
  for (int64_t i = options.num_days - 1; i >= 0; --i) {
    DayFile day{last - std::chrono::days(i), 0, 0};
    day.key = day_key(options.seed, day.day);
    day.num_orders = orders_of(options, day.day, day.key);
    const auto maximum = static_cast<int64_t>(kRowsPerGroup / kLinesPerOrder);
    if (groups.empty() || orders_in_group + day.num_orders > maximum) {
      groups.push_back({{}, options.folder, true});
      orders_in_group = 0;
    }
    orders_in_group += day.num_orders;
    groups.back().days.push_back(day);
  }
  return groups;
}

Result<std::vector<Group>> plan_late(const StoreOrdersOptions& options, FileSystem& files) {
  std::vector<Group> groups;
  std::vector<std::string> taken;
  for (const LateOrders& late : options.late) {
    SLUICE_TRY(check_range(late.num_orders, kMaximumOrders, "the number of late orders"));
    SLUICE_ASSIGN(const sys_days day, parse_date(late.date, "the day of the late orders"));
    const std::string partition = partition_path(options.folder, day);
    uint64_t number = 0;
    std::string file;
    do {
      ++number;
      file = join_path(partition, fmt::format("store_transactions_late_{}.parquet", number));
    } while (files.exists(file) || std::find(taken.begin(), taken.end(), file) != taken.end());
    SLUICE_TRY(files.make_directories(partition));
    taken.push_back(file);
    // Another stream than the day's own orders, and another one for each file.
    groups.push_back(
        {{{day, mix(day_key(options.seed, day) + number), late.num_orders}}, file, false});
  }
  return groups;
}

}  // namespace

Result<LateOrders> parse_late_orders(const std::string& text) {
  const size_t colon = text.find(':');
  LateOrders late;
  if (colon == std::string::npos ||
      !read_number(std::string_view(text).substr(colon + 1), late.num_orders)) {
    return fail(ErrorCode::kUsage, fmt::format("late orders are not understood: \"{}\"", text),
                "write DATE:ORDERS, as in 2026-01-31:500");
  }
  late.date = text.substr(0, colon);
  SLUICE_TRY(parse_date(late.date, "the day of the late orders"));
  SLUICE_TRY(check_range(late.num_orders, kMaximumOrders, "the number of late orders"));
  return late;
}

Result<StoreOrdersSummary> generate_store_orders(
    const StoreOrdersOptions& options, const Clock& clock,
    const std::function<bool(const StoreOrdersProgress&)>& progress) {
  SLUICE_TRY(check_range(options.base_orders, kMaximumOrders, "--base-orders"));
  if (options.folder.empty())
    return fail(ErrorCode::kUsage, "--dir is empty", "name the folder to write to");
  RealFileSystem files;
  SLUICE_ASSIGN(std::vector<Group> groups,
                options.late.empty() ? plan_days(options, clock) : plan_late(options, files));
  SLUICE_TRY(files.make_directories(options.folder));
  return Generator(options, progress).run(std::move(groups));
}

}  // namespace sluice::gen
