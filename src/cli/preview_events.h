// PreviewEvents: dbt's events of nodes that are compiled and queried one after the other (`show`,
// `compile --inline`), as the JSON log has them. For one thread.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "cli/console.h"
#include "cli/node_info.h"
#include "compile/session.h"
#include "run/node_result.h"

namespace sluice::cli {

class PreviewEvents {
 public:
  // All references outlive the object.
  PreviewEvents(Console& console, const Clock& clock, compile::Session& session);
  ~PreviewEvents();
  PreviewEvents(const PreviewEvents&) = delete;
  PreviewEvents& operator=(const PreviewEvents&) = delete;

  // `node` lives until finished().
  void started(const compile::Node& node);
  void compiled();  // there is SQL now
  void executing();
  void statement(const std::string& sql);
  void statement_ended(double seconds);
  void finished(const run::NodeResult& result);

 private:
  void tell(const std::string& name, const std::string& message);
  void note(std::string_view status);

  Console& console_;
  const Clock& clock_;
  compile::Session& session_;
  const compile::Node* node_ = nullptr;
  NodeProgress progress_;
};

}  // namespace sluice::cli
