// Windows of microbatch models: calendar arithmetic, which batches a run builds, what the command
// line may say.
#include "compile/batches.h"

#include <gtest/gtest.h>

#include "compile/sample_window.h"

namespace sluice::compile {
namespace {

int64_t at(std::string_view iso) { return parse_iso_moment(iso).value(); }

TEST(Batches, TruncateAndRoundUp) {
  struct Case {
    BatchSize size;
    const char* moment;
    const char* start;
    const char* end;
  };
  for (const Case& row : {
           Case{BatchSize::kHour, "2024-02-29T23:59:59.5", "2024-02-29T23:00", "2024-03-01T00:00"},
           Case{BatchSize::kDay, "2024-02-29T23:59:59", "2024-02-29", "2024-03-01"},
           Case{BatchSize::kMonth, "2024-12-31T00:00", "2024-12-01", "2025-01-01"},
           Case{BatchSize::kYear, "2024-06-01", "2024-01-01", "2025-01-01"},
           Case{BatchSize::kYear, "1969-06-01", "1969-01-01", "1970-01-01"},
           Case{BatchSize::kDay, "2024-03-01", "2024-03-01", "2024-03-01"},
       }) {
    EXPECT_EQ(truncate_to(row.size, at(row.moment)), at(row.start)) << row.moment;
    EXPECT_EQ(round_up_to(row.size, at(row.moment)), at(row.end)) << row.moment;
  }
}

TEST(Batches, AddCrossesYears) {
  EXPECT_EQ(add_batches(BatchSize::kMonth, at("2024-01-01"), -1), at("2023-12-01"));
  EXPECT_EQ(add_batches(BatchSize::kMonth, at("2024-01-01"), 25), at("2026-02-01"));
  EXPECT_EQ(add_batches(BatchSize::kYear, at("2024-01-01"), -3), at("2021-01-01"));
  EXPECT_EQ(add_batches(BatchSize::kHour, at("2024-01-01"), -1), at("2023-12-31T23:00"));
}

TEST(Batches, NamesOfBatches) {
  const int64_t start = at("2024-03-05T07:00");
  EXPECT_EQ(batch_id(BatchSize::kHour, start), "20240305T07");
  EXPECT_EQ(batch_label(BatchSize::kHour, start), "2024-03-05T07");
  EXPECT_EQ(batch_id(BatchSize::kDay, start), "20240305");
  EXPECT_EQ(batch_label(BatchSize::kMonth, start), "2024-03");
  EXPECT_EQ(batch_id(BatchSize::kMonth, start), "202403");
  EXPECT_EQ(batch_label(BatchSize::kYear, start), "2024");
}

TEST(Batches, MomentsReadAsPythonPrintsThem) {
  EXPECT_EQ(moment_text(at("2024-03-05T07:08:09")), "2024-03-05 07:08:09+00:00");
  EXPECT_EQ(moment_text(at("2024-03-05T07:08:09.5")), "2024-03-05 07:08:09.500000+00:00");
  EXPECT_EQ(moment_iso_text(at("2024-03-05")), "2024-03-05T00:00:00+00:00");
  EXPECT_EQ(at("2024-03-05T07:00:00+02:00"), at("2024-03-05T07:00")) << "the zone is dropped";
  EXPECT_FALSE(parse_iso_moment("yesterday"));
}

std::string labels(const BatchRequest& request) {
  std::string out;
  for (const Batch& batch : plan_batches(request)) out += (out.empty() ? "" : " ") + batch.label;
  return out;
}

TEST(Batches, FirstRunBeginsAtBeginAndEndsNow) {
  BatchRequest request;
  request.begin_micros = at("2024-01-01T10:00");
  request.now_micros = at("2024-01-03T00:00:01");
  EXPECT_EQ(labels(request), "2024-01-01 2024-01-02 2024-01-03");
  request.now_micros = at("2024-01-03");
  EXPECT_EQ(labels(request), "2024-01-01 2024-01-02") << "nothing of the third day has passed";
}

TEST(Batches, LaterRunsLookBack) {
  BatchRequest request;
  request.begin_micros = at("2024-01-02");
  request.now_micros = at("2024-01-03T12:00");
  request.is_incremental = true;
  EXPECT_EQ(labels(request), "2024-01-02 2024-01-03");
  request.lookback = 3;
  EXPECT_EQ(labels(request), "2023-12-31 2024-01-01 2024-01-02 2024-01-03") << "before begin too";
  request.lookback = 0;
  request.size = BatchSize::kYear;
  EXPECT_EQ(labels(request), "2024");
}

TEST(Batches, AskedWindowIsWidenedToWholeBatches) {
  BatchRequest request;
  request.is_incremental = true;
  request.now_micros = at("2030-01-01");
  request.asked = TimeWindow{at("2024-01-01T22:30"), at("2024-01-02T01:10")};
  EXPECT_EQ(labels(request), "2024-01-01 2024-01-02");
  request.size = BatchSize::kHour;
  EXPECT_EQ(labels(request), "2024-01-01T22 2024-01-01T23 2024-01-02T00 2024-01-02T01");
}

TEST(Batches, BeginAfterNowIsOneBatch) {
  BatchRequest request;
  request.size = BatchSize::kYear;
  request.begin_micros = at("2030-06-01");
  request.now_micros = at("2026-11-21");
  const std::vector<Batch> batches = plan_batches(request);
  ASSERT_EQ(batches.size(), 1U);
  EXPECT_EQ(batches[0].window.start_micros, at("2030-01-01"));
  EXPECT_EQ(batches[0].window.end_micros, at("2027-01-01"));
}

TEST(SampleWindow, Relative) {
  const int64_t now = at("2024-03-31T12:00");
  EXPECT_EQ(parse_sample("3 days", now)->start_micros, at("2024-03-28T12:00"));
  EXPECT_EQ(parse_sample("1 HOUR", now)->start_micros, at("2024-03-31T11:00"));
  EXPECT_EQ(parse_sample("1 month", now)->start_micros, at("2024-02-29T12:00"));
  EXPECT_EQ(parse_sample("2 years", now)->start_micros, at("2022-03-31T12:00"));
  EXPECT_EQ(parse_sample("2 years", now)->end_micros, now);
}

TEST(SampleWindow, FixedEnds) {
  const auto window =
      parse_sample("{'start': '2024-01-01', 'end': '2024-02-01T10:00:00+02:00'}", 0);
  ASSERT_TRUE(window.has_value());
  EXPECT_EQ(window->start_micros, at("2024-01-01"));
  EXPECT_EQ(window->end_micros, at("2024-02-01T10:00"));
}

TEST(SampleWindow, Refused) {
  for (const char* text : {"", "days", "3", "three days", "3 weeks", "[1]",
                           "{'start': '2024-01-01'}", "{start: 2024-01-01, end: 2024-02-01}"})
    EXPECT_FALSE(parse_sample(text, 0)) << text;
}

TEST(EventWindow, BothOrNone) {
  EXPECT_FALSE(parse_event_window("", "")->has_value());
  EXPECT_FALSE(parse_event_window("2024-01-01", ""));
  EXPECT_FALSE(parse_event_window("", "2024-01-01"));
  EXPECT_FALSE(parse_event_window("2024-01-02", "2024-01-02"));
  EXPECT_FALSE(parse_event_window("2024-01-02T10:00", "2024-01-03"));
  const auto window = parse_event_window("2024-1-2", "2024-01-02 10:00:00");
  ASSERT_TRUE(window.has_value());
  EXPECT_EQ((*window)->start_micros, at("2024-01-02"));
  EXPECT_EQ((*window)->end_micros, at("2024-01-02T10:00"));
}

}  // namespace
}  // namespace sluice::compile
