// Diagnostics: all that parsing and validation found, not only the first problem. Append from one
// thread at a time.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/error.h"

namespace sluice {

enum class Severity { kWarning, kError };

struct Diagnostic {
  Severity severity;
  Error error;
  // dbt's name of the warning, by which --warn-error-options finds it; empty: it has none.
  std::string event = {};
};

class Diagnostics {
 public:
  void add_error(Error error) {
    items_.push_back({Severity::kError, std::move(error), {}});
    ++num_errors_;
  }
  void add_warning(Error error, std::string event = {}) {
    items_.push_back({Severity::kWarning, std::move(error), std::move(event)});
  }
  // Takes over all of `other`, in order.
  void append(Diagnostics other) {
    num_errors_ += other.num_errors_;
    for (Diagnostic& item : other.items_) items_.push_back(std::move(item));
  }
  bool has_errors() const { return num_errors_ > 0; }
  size_t num_errors() const { return num_errors_; }
  const std::vector<Diagnostic>& items() const { return items_; }

 private:
  std::vector<Diagnostic> items_;
  size_t num_errors_ = 0;
};

}  // namespace sluice
