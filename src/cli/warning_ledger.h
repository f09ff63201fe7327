// WarningLedger: how often each deprecation was met in this command. Owned by run_main(); one
// thread uses it.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::cli {

class WarningLedger {
 public:
  // `show_all`: each occurrence of a deprecation is told, not only the first.
  explicit WarningLedger(bool show_all) : show_all_(show_all) {}

  // Counts a warning; false when it need not be told again.
  bool take(std::string_view event);
  // How often each deprecation was met, in the order in which they came; empty when none was.
  std::string summary() const;

 private:
  bool show_all_;
  std::vector<std::pair<std::string, size_t>> deprecations_;
};

}  // namespace sluice::cli
