// Options of COPY and read locations of external models, as recorded from dbt-duckdb.
#include "compile/external_files.h"

#include <gtest/gtest.h>

#include "jinja/ops.h"

namespace sluice::compile {
namespace {

using jinja::Value;

TEST(ExternalFiles, WriteOptions) {
  struct Case {
    const char* location;
    const char* options;
    const char* expected;
  };
  for (const Case& row : {
           Case{"x/y.parquet", "{}", "format parquet"},
           Case{"x/y", "{}", "format parquet"},
           Case{"s3://b/x", "{}", "format parquet"},
           Case{"a.b/c", "{}", "format parquet"},
           Case{"x/y.csv", "{}", "format csv, header 1"},
           Case{"x.CSV", "{}", "format csv, header 1"},
           Case{"x/y.json", "{}", "format json"},
           Case{"s3://x/y.csv.gz", "{}", "format csv, compression gzip, header 1"},
           Case{"a/b.csv", "{header: 0}", "header 0, format csv"},
           Case{"a/b.parquet", "{format: csv}", "format csv, header 1"},
           Case{"a/b", "{format: csv, delimiter: ';'}", "format csv, delimiter ';', header 1"},
           Case{"a/b", "{codec: zstd, row_group_size: 10}",
                "codec zstd, row_group_size 10, format parquet"},
           Case{"a/b", "{'null': 'x', escape: '!'}", "null 'x', escape '!', format parquet"},
           Case{"a/b", "{partition_by: a}", "partition_by a, format parquet"},
           Case{"a/b", "{partition_by: 'a, b'}", "partition_by (a, b), format parquet"},
           Case{"a/b", "{partition_by: '(a, b)'}", "partition_by (a, b), format parquet"},
           Case{"a/b", "{partition_by: [a, b]}", "partition_by (a, b), format parquet"},
       }) {
    Value options = jinja::from_yaml(row.options).value();
    EXPECT_EQ(external_write_options(row.location, options).value(), row.expected) << row.options;
  }
}

TEST(ExternalFiles, ReadLocation) {
  struct Case {
    const char* options;
    const char* expected;
  };
  for (const Case& row : {
           Case{"{}", "a/b"},
           Case{"{partition_by: x}", "a/b/*/*.parquet"},
           Case{"{partition_by: 'x, y, z', format: csv}", "a/b/*/*/*/*.csv"},
           Case{"{partition_by: [x, y]}", "a/b/*/*/*.parquet"},
           Case{"{per_thread_output: true, format: json}", "a/b/*.json"},
           Case{"{per_thread_output: false}", "a/b"},
           Case{"{per_thread_output: true, partition_by: x}", "a/b/*/*.parquet"},
       }) {
    EXPECT_EQ(external_read_location("a/b", jinja::from_yaml(row.options).value()).value(),
              row.expected)
        << row.options;
  }
}

}  // namespace
}  // namespace sluice::compile
