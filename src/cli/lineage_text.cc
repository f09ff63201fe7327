#include "cli/lineage_text.h"

#include <fmt/format.h>

namespace sluice::cli {
namespace {

// The unique id of the input behind a stub.
const std::string& input_of(const run::MaintenanceJob& job, const std::string& table) {
  for (const run::ModelInput& leaf : job.inputs.leaves)
    if (leaf.name == table) return leaf.stub;
  return table;
}

std::string columns_text(const run::MaintenanceJob& job, const sql::SourceColumns& columns) {
  std::string out;
  for (const sql::SourceColumn& column : columns)
    out +=
        fmt::format("{}{}.{}", out.empty() ? "" : ", ", input_of(job, column.table), column.column);
  return out.empty() ? "no column" : out;
}

void write_columns(JsonWriter& writer, const run::MaintenanceJob& job,
                   const sql::SourceColumns& columns) {
  writer.begin_array();
  for (const sql::SourceColumn& column : columns)
    writer.begin_object()
        .field("input", input_of(job, column.table))
        .field("column", column.column)
        .end_object();
  writer.end_array();
}

}  // namespace

std::string lineage_text(const run::MaintenanceJob& job) {
  if (!job.lineage) return {};
  std::string out = "  columns are made of:\n";
  for (size_t i = 0; i < job.columns.size() && i < job.lineage->values.size(); ++i)
    out +=
        fmt::format("    {}: {}\n", job.columns[i].name, columns_text(job, job.lineage->values[i]));
  return out +
         fmt::format("  rows are decided by: {}\n", columns_text(job, job.lineage->influence));
}

void write_lineage(JsonWriter& writer, const run::MaintenanceJob& job) {
  if (!job.lineage) return;
  writer.key("lineage").begin_object().key("columns").begin_object();
  for (size_t i = 0; i < job.columns.size() && i < job.lineage->values.size(); ++i) {
    writer.key(job.columns[i].name);
    write_columns(writer, job, job.lineage->values[i]);
  }
  writer.end_object().key("rows");
  write_columns(writer, job, job.lineage->influence);
  writer.end_object();
}

}  // namespace sluice::cli
