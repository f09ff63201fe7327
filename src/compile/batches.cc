#include "compile/batches.h"

#include <fmt/format.h>

#include <algorithm>

#include "jinja/lexer.h"
#include "jinja/modules_datetime.h"
#include "jinja/ops.h"

namespace sluice::compile {

namespace {

using jinja::CivilDate;
using jinja::floor_div;
using jinja::floor_mod;
using jinja::kMicrosPerDay;
using jinja::Value;

constexpr int64_t kMicrosPerHour = kMicrosPerDay / 24;

CivilDate date_of(int64_t micros) {
  return jinja::civil_from_days(floor_div(micros, kMicrosPerDay));
}

int64_t start_of(const CivilDate& date) { return jinja::days_from_civil(date) * kMicrosPerDay; }

const Value* config_value(const Node& node, std::string_view key) {
  const Value* value = node.config.is_dict() ? node.config.as_dict().find(key) : nullptr;
  return value != nullptr && !value->is_none() ? value : nullptr;
}

Error settings_error(const Node& node, std::string message, std::string hint) {
  Error error(ErrorCode::kConfigInvalid,
              fmt::format("microbatch model '{}' {}", node.name, message), std::move(hint));
  return error;
}

// dbt names Python's types here.
std::string python_type(const Value& value) {
  return fmt::format("<class '{}'>", jinja::type_name(value));
}

Value moment_value(int64_t utc_micros) {
  return Value::object(jinja::make_ref<jinja::DateTimeObject>(utc_micros, jinja::pytz_utc()));
}

Status check_event_time(const Node& node) {
  const Value* event_time = config_value(node, "event_time");
  if (event_time == nullptr)
    return fail(settings_error(
        node,
        "must provide an 'event_time' (string) config that indicates the name of the event time "
        "column.",
        "add e.g. event_time='created_at'"));
  if (!event_time->is_string())
    return fail(settings_error(node,
                               fmt::format("must provide an 'event_time' config of type string, "
                                           "but got: {}",
                                           python_type(*event_time)),
                               "write the name of a column in quotes"));
  return {};
}

Status check_begin(Node& node) {
  const Value* begin = config_value(node, "begin");
  if (begin == nullptr)
    return fail(settings_error(
        node,
        "must provide a 'begin' (datetime) config that indicates the earliest timestamp the "
        "microbatch model should be built from.",
        "add e.g. begin='2024-01-01'"));
  const bool is_date = begin->object_as<jinja::DateObject>() != nullptr;
  const bool is_moment = begin->object_as<jinja::DateTimeObject>() != nullptr;
  if (!begin->is_string() && !is_date && !is_moment)
    return fail(
        settings_error(node,
                       fmt::format("must provide a 'begin' config of type datetime, but got: {}",
                                   python_type(*begin)),
                       "write an ISO date in quotes, e.g. begin='2024-01-01'"));
  SLUICE_ASSIGN(const std::string text, jinja::to_str(*begin));
  Result<Value> moment = jinja::parse_iso_datetime(text);
  if (!moment)
    return fail(settings_error(
        node,
        fmt::format("must provide a 'begin' config of valid datetime (ISO format), but got: {}.",
                    text),
        "write an ISO date in quotes, e.g. begin='2024-01-01'"));
  SLUICE_ASSIGN(std::string iso, jinja::to_str(*moment));
  iso[iso.find(' ')] = 'T';
  Value config = Value::dict();  // other nodes may have the same one
  for (const auto& entry : node.config.as_dict().entries())
    config.as_dict().set(entry.key, entry.value);
  config.as_dict().set("begin", Value::string(std::move(iso)));
  node.config = std::move(config);
  return {};
}

Status check_optional_settings(const Node& node) {
  const Value* lookback = config_value(node, "lookback");
  if (lookback != nullptr && !lookback->is_int() && !lookback->is_bool())
    return fail(settings_error(node,
                               fmt::format("must provide the optional 'lookback' config as type "
                                           "int, but got: {}).",
                                           python_type(*lookback)),
                               "write the number of batches to build again, e.g. lookback=3"));
  const Value* concurrent = config_value(node, "concurrent_batches");
  if (concurrent != nullptr && !concurrent->is_bool())
    return fail(settings_error(node,
                               fmt::format("optional 'concurrent_batches' config must be of type "
                                           "`bool` if specified, but got: {}).",
                                           python_type(*concurrent)),
                               "write true or false without quotes"));
  return {};
}

// Reads of the name in the template's own code; comments and raw text are not code.
bool mentions_this(std::string_view raw_code) {
  const std::string text = jinja::normalize_source(raw_code);
  std::vector<jinja::Token> tokens;
  jinja::LexFailure failure;
  jinja::tokenize(text, tokens, failure);
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].kind != jinja::TokenKind::kName ||
        std::string_view(text).substr(tokens[i].offset, tokens[i].length) != "this")
      continue;
    if (i == 0 || tokens[i - 1].kind != jinja::TokenKind::kDot) return true;
  }
  return false;
}

}  // namespace

std::optional<BatchSize> parse_batch_size(std::string_view word) {
  if (word == "hour") return BatchSize::kHour;
  if (word == "day") return BatchSize::kDay;
  if (word == "month") return BatchSize::kMonth;
  if (word == "year") return BatchSize::kYear;
  return std::nullopt;
}

int64_t truncate_to(BatchSize size, int64_t micros) {
  if (size == BatchSize::kHour) return floor_div(micros, kMicrosPerHour) * kMicrosPerHour;
  CivilDate date = date_of(micros);
  if (size != BatchSize::kDay) date.day = 1;
  if (size == BatchSize::kYear) date.month = 1;
  return start_of(date);
}

int64_t round_up_to(BatchSize size, int64_t micros) {
  const int64_t start = truncate_to(size, micros);
  return start == micros ? micros : add_batches(size, start, 1);
}

int64_t add_batches(BatchSize size, int64_t micros, int64_t count) {
  if (size == BatchSize::kHour) return micros + count * kMicrosPerHour;
  if (size == BatchSize::kDay) return micros + count * kMicrosPerDay;
  CivilDate date = date_of(micros);
  const int64_t months =
      date.year * 12 + date.month - 1 + count * (size == BatchSize::kYear ? 12 : 1);
  date.year = floor_div(months, 12);
  date.month = floor_mod(months, 12) + 1;
  return start_of(date);
}

std::string batch_label(BatchSize size, int64_t start_micros) {
  const CivilDate date = date_of(start_micros);
  if (size == BatchSize::kYear) return fmt::format("{:04}", date.year);
  if (size == BatchSize::kMonth) return fmt::format("{:04}-{:02}", date.year, date.month);
  std::string text = fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
  if (size == BatchSize::kHour)
    text += fmt::format("T{:02}", floor_mod(start_micros, kMicrosPerDay) / kMicrosPerHour);
  return text;
}

std::string batch_id(BatchSize size, int64_t start_micros) {
  std::string text = batch_label(size, start_micros);
  std::erase(text, '-');
  return text;
}

std::string moment_text(int64_t micros) {
  std::string text = moment_iso_text(micros);
  text[text.find('T')] = ' ';
  return text;
}

std::string moment_iso_text(int64_t micros) {
  const CivilDate date = date_of(micros);
  const int64_t of_day = floor_mod(micros, kMicrosPerDay);
  const int64_t seconds = of_day / jinja::kMicrosPerSecond;
  std::string text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", date.year, date.month,
                                 date.day, seconds / 3600, seconds / 60 % 60, seconds % 60);
  const int64_t fraction = of_day % jinja::kMicrosPerSecond;
  if (fraction != 0) text += fmt::format(".{:06}", fraction);
  return text + "+00:00";
}

Result<int64_t> parse_iso_moment(std::string_view text) {
  Result<Value> moment = jinja::parse_iso_datetime(text);
  if (!moment)
    return fail(ErrorCode::kBadArgument, fmt::format("\"{}\" is no ISO time", text),
                "write e.g. 2024-01-31T12:00:00");
  return moment->object_as<jinja::DateTimeObject>()->micros();
}

Batch make_batch(BatchSize size, TimeWindow window) {
  return {batch_id(size, window.start_micros), batch_label(size, window.start_micros), window};
}

Value batch_value(const Batch& batch) {
  Value out = Value::dict();
  out.as_dict().set("id", Value::string(batch.id));
  out.as_dict().set("event_time_start", moment_value(batch.window.start_micros));
  out.as_dict().set("event_time_end", moment_value(batch.window.end_micros));
  return out;
}

std::vector<Batch> plan_batches(const BatchRequest& request) {
  const BatchSize size = request.size;
  const int64_t checkpoint = request.asked ? request.asked->end_micros : request.now_micros;
  const int64_t end = round_up_to(size, checkpoint);
  int64_t start = truncate_to(size, request.begin_micros);
  if (request.asked)
    start = truncate_to(size, request.asked->start_micros);
  else if (request.is_incremental)
    start = add_batches(size, end, -1 - request.lookback);
  std::vector<Batch> batches;
  while (batches.empty() || start < end) {
    const int64_t next = add_batches(size, start, 1);
    batches.push_back(make_batch(size, {start, next}));
    start = next;
  }
  batches.back().window.end_micros = end;
  return batches;
}

bool is_microbatch(const Node& node) {
  if (node.type != ResourceType::kModel || node.materialized() != "incremental") return false;
  const Value* strategy = config_value(node, "incremental_strategy");
  return strategy != nullptr && strategy->is_string() && strategy->as_string() == "microbatch";
}

BatchSize batch_size_of(const Node& node) {
  const Value* size = config_value(node, "batch_size");
  const std::optional<BatchSize> known =
      size != nullptr && size->is_string() ? parse_batch_size(size->as_string()) : std::nullopt;
  SLUICE_CHECK(known.has_value());
  return *known;
}

Status check_batch_settings(Node& node) {
  if (!is_microbatch(node)) return {};
  SLUICE_TRY(check_event_time(node));
  SLUICE_TRY(check_begin(node));
  const Value* size = config_value(node, "batch_size");
  if (size == nullptr || !size->is_string() || !parse_batch_size(size->as_string())) {
    SLUICE_ASSIGN(const std::string given, jinja::to_str(size ? *size : Value::none()));
    return fail(settings_error(node,
                               fmt::format("must provide a 'batch_size' config that is one of "
                                           "['hour', 'day', 'month', 'year'], but got: {}.",
                                           given),
                               "add e.g. batch_size='day'"));
  }
  return check_optional_settings(node);
}

BatchRequest batch_request(const Node& node) {
  BatchRequest request;
  request.size = batch_size_of(node);
  request.begin_micros = parse_iso_moment(config_value(node, "begin")->as_string()).value_or(0);
  const Value* lookback = config_value(node, "lookback");
  if (lookback != nullptr && lookback->is_int()) request.lookback = lookback->as_int();
  return request;
}

bool allows_concurrent_batches(const Node& node) {
  const Value* configured = config_value(node, "concurrent_batches");
  if (configured != nullptr && configured->is_bool()) return configured->as_bool();
  return !mentions_this(node.raw_code);
}

Node node_of_batch(const Node& node, const Batch& batch, bool is_first, bool is_last) {
  Node copy = node;
  copy.batch = std::make_shared<const Batch>(batch);
  Value config = Value::dict();
  for (const auto& entry : node.config.as_dict().entries())
    config.as_dict().set(entry.key, entry.value);
  config.as_dict().set("__dbt_internal_microbatch_event_time_start",
                       moment_value(batch.window.start_micros));
  config.as_dict().set("__dbt_internal_microbatch_event_time_end",
                       moment_value(batch.window.end_micros));
  if (!is_first) config.as_dict().set("pre-hook", Value::list());
  if (!is_last) config.as_dict().set("post-hook", Value::list());
  copy.config = std::move(config);
  return copy;
}

}  // namespace sluice::compile
