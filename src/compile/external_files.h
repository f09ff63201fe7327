// Files of external models: the options of COPY and where to read what it wrote, as dbt-duckdb's
// adapter answers. Pure.
#pragma once

#include <string>

#include "base/result.h"
#include "jinja/value.h"

namespace sluice::compile {

// "format csv, delimiter '|', header 1". Puts what the location's ending says (format, gzip) and
// CSV's header into `options`, a dict.
Result<std::string> external_write_options(const std::string& location, jinja::Value& options);

// The glob over the files that COPY wrote with these options: "out/*/*.parquet" for one partition
// column; the location itself for a single file.
Result<std::string> external_read_location(const std::string& location,
                                           const jinja::Value& options);

}  // namespace sluice::compile
