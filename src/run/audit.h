// Auditor: compares the tables of incremental models with what their full refresh would make of the
// same sources now. Nothing is changed: full refreshes go to temporary tables, the database can be
// open to be read only. What a wrong table feeds is compared with what it would be over the right
// one. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compile/session.h"
#include "run/row_difference.h"

namespace sluice::run {

enum class AuditVerdict : uint8_t {
  kRight,
  kRightRounded,  // but for the last digits of floating-point results
  kWrong,
  kNotBuilt,
  kUnknown,  // `reason`: its query failed, or does not depend on its inputs alone
};
std::string_view audit_verdict_name(AuditVerdict verdict);

struct ModelAudit {
  const compile::Node* node = nullptr;
  std::string relation;
  AuditVerdict verdict = AuditVerdict::kRight;
  std::string reason;
  RowDifference difference;
  std::vector<std::string> wrong_inputs;  // names of models that it reads and that are wrong
  uint64_t full_bytes = 0;                // what the full refresh has read
  // What its next run reads when nothing has changed; nullopt: not known (batches).
  std::optional<uint64_t> run_bytes;
};

class Auditor {
 public:
  // `connection` is to the project's database, its scan metrics on.
  Auditor(compile::Session& session, warehouse::Connection& connection)
      : session_(session), connection_(connection) {}

  // Models, each after what it reads; those that are not incremental are followed only where they
  // carry wrong rows on. Gives one audit for each incremental model. Fails when interrupted.
  Result<std::vector<ModelAudit>> audit(const std::vector<compile::Node*>& models);

 private:
  Status audit_model(compile::Node& node, ModelAudit& out);
  Status carry(compile::Node& node);
  // The query of a full refresh, over the right tables of what is wrong.
  Result<std::string> full_query(const compile::Node& node);
  Status measure_run(const compile::Node& node, ModelAudit& out);
  Result<bool> is_there(const compile::Node& node);
  Status judge(const compile::Node& node, const std::string& sql, ModelAudit& out);
  Result<std::vector<std::string>> unstable_calls(const std::string& sql);
  // From now on ref() means the temporary relation.
  void redirect(compile::Node& node);
  std::vector<std::string> wrong_inputs(const compile::Node& node) const;

  compile::Session& session_;
  warehouse::Connection& connection_;
  std::map<std::string, std::string> wrong_;  // unique id → name, of what is redirected
};

}  // namespace sluice::run
