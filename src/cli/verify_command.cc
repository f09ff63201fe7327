// verify: whether the tables of maintained models are right, by a full refresh or, with --audit, by
// some of their partitions.
#include <fmt/format.h>

#include <string>

#include "base/clock.h"
#include "base/json.h"
#include "cli/amounts.h"
#include "cli/commands.h"
#include "cli/desk.h"
#include "cli/workspace.h"
#include "run/code_identity.h"
#include "run/verification.h"

namespace sluice::cli {
namespace {

using run::Certificate;
using run::Verdict;

void write_names(JsonWriter& writer, std::string_view name, const std::vector<std::string>& names) {
  writer.key(name).begin_array();
  for (const std::string& item : names) writer.string(item);
  writer.end_array();
}

void write_partitions(JsonWriter& writer, const Certificate& certificate) {
  writer.key("partitions").begin_array();
  for (const run::CertifiedPartition& partition : certificate.partitions)
    writer.begin_object()
        .field("name", partition.name)
        .field("rows", partition.rows)
        .field("content", partition.content)
        .end_object();
  writer.end_array();
}

std::string certificate_json(const Certificate& certificate, const run::VerifyScope& scope,
                             const std::string& moment) {
  JsonWriter writer;
  writer.begin_object()
      .field("unique_id", certificate.unique_id)
      .field("relation", certificate.relation)
      .field("mode", certificate.is_audit ? "audit" : "full")
      .field("verdict", run::verdict_name(certificate.verdict))
      .field("rows", certificate.rows)
      .field("rows_missing", certificate.rows_missing)
      .field("rows_extra", certificate.rows_extra)
      .field("content", certificate.content)
      .field("inputs", certificate.inputs);
  writer.key("identity").begin_object();
  for (const auto& [name, value] : run::identity_parts(certificate.code)) writer.field(name, value);
  writer.end_object();
  if (certificate.is_audit) {
    writer.field("seed", static_cast<int64_t>(scope.seed));
    writer.field("partitions_to_choose_from", static_cast<int64_t>(certificate.num_partitions));
    write_names(writer, "audited", certificate.audited);
    write_names(writer, "different", certificate.different);
  }
  write_partitions(writer, certificate);
  writer.field("note", certificate.note).field("verified_at", moment).end_object();
  return writer.take();
}

// What was found, in one line.
std::string finding(const Certificate& certificate) {
  switch (certificate.verdict) {
    case Verdict::kDifferent:
      return fmt::format(
          ": {}{} rows of a full refresh are missing, {} are too many; the next run builds it anew",
          certificate.different.empty()
              ? std::string()
              : fmt::format("in {}: ", fmt::join(certificate.different, "; ")),
          format_count(certificate.rows_missing), format_count(certificate.rows_extra));
    case Verdict::kEqual:
    case Verdict::kEqualRounded:
      if (certificate.is_audit)
        return fmt::format(" to a full refresh in {} of {} partitions ({})",
                           certificate.audited.size(), certificate.num_partitions,
                           fmt::join(certificate.audited, "; "));
      return fmt::format(" to a full refresh ({} rows, content {}, inputs {})",
                         format_count(certificate.rows), certificate.content,
                         certificate.inputs.substr(0, 12));
    case Verdict::kNotAudited:
      return ": it has no partitions that can be computed by themselves; `sluice verify --full` "
             "compares all of it";
    default:
      return {};
  }
}

void print_certificate(Desk& desk, const Certificate& certificate, const run::VerifyScope& scope,
                       const std::string& moment) {
  Console& console = desk.invocation.console;
  if (desk.writes_json())
    return console.output(certificate_json(certificate, scope, moment), "Certificate");
  std::string line = fmt::format("{}: {}{}", certificate.unique_id,
                                 run::verdict_name(certificate.verdict), finding(certificate));
  if (!certificate.note.empty()) line += fmt::format("\n  note: {}", certificate.note);
  console.output(line, "Certificate");
}

// A seed is there to repeat a choice; unless it is given it is another each time.
Result<run::VerifyScope> scope_of(const Desk& desk) {
  const Options& options = desk.invocation.options;
  run::VerifyScope scope;
  scope.with_partitions = desk.writes_json();
  scope.seed = options.seed;
  if (!options.given.contains(std::string("--seed")))
    scope.seed = static_cast<uint64_t>(desk.invocation.clock.now_micros());
  if (!options.given.contains(std::string("--audit"))) return scope;
  if (options.full_comparison)
    return fail(ErrorCode::kUsage, "--full and --audit exclude each other",
                "--full compares all rows, --audit some partitions");
  if (options.audit <= 0)
    return fail(ErrorCode::kUsage,
                fmt::format("--audit takes a number of partitions, not \"{}\"", options.audit),
                "sluice verify --audit 10");
  scope.audit = static_cast<size_t>(options.audit);
  return scope;
}

int verify_models(Desk& desk, const run::VerifyScope& scope) {
  int exit_code = kExitOk;
  size_t maintained = 0;
  const std::string moment = iso_timestamp(desk.invocation.clock.now_micros());
  if (scope.audit && !desk.writes_json())
    desk.invocation.console.output(fmt::format("seed {}", scope.seed), "AuditSeed");
  for (const compile::Node* node : desk.models) {
    const Result<bool> covered = desk.maintainer.covers(*node);
    if (!covered) return report_error(desk.invocation, covered.error());
    if (!*covered) continue;
    ++maintained;
    const Result<Certificate> certificate =
        run::verify_model(desk.maintainer, *node, desk.connection, scope);
    if (!certificate) {
      exit_code = report_error(desk.invocation, certificate.error());
      if (certificate.error().code() == ErrorCode::kCancelled) return exit_code;
      continue;
    }
    print_certificate(desk, *certificate, scope, moment);
    if (!run::is_good(certificate->verdict) && exit_code == kExitOk) exit_code = kExitFailed;
  }
  if (maintained == 0)
    desk.invocation.console.warn(
        "no selected model is maintained: nothing to verify; see `incremental:` of sluice.yml",
        "NothingToVerify");
  return exit_code;
}

}  // namespace

int verify_command(Invocation& invocation) {
  return at_desk(invocation, [](Desk& desk) {
    const Result<run::VerifyScope> scope = scope_of(desk);
    return scope ? verify_models(desk, *scope) : report_error(desk.invocation, scope.error());
  });
}

}  // namespace sluice::cli
