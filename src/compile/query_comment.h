// QueryComment: the comment that is sent along with each statement, from `query-comment:` of
// dbt_project.yml. Made once per session; text_for() may be called by many threads.
#pragma once

#include <memory>
#include <string>

#include "jinja/template.h"
#include "project/project.h"

namespace sluice::compile {

struct Node;
struct SharedState;

class QueryComment {
 public:
  // kProjectInvalid for a setting of another shape, kJinjaSyntax for a text that is no template.
  static Result<QueryComment> read(const project::Project& project);

  // The comment for statements of `node`, or of the run itself when null; "" for none. Errors: what
  // rendering gives, and a text that would end the comment early.
  Result<std::string> text_for(SharedState& shared, Node* node) const;
  // `sql` with the comment before it, or after it with `append`.
  std::string add_to(const std::string& sql, const std::string& comment) const;
  // Lines that add_to() puts in front.
  uint32_t num_lines_before(const std::string& comment) const;

 private:
  enum class Kind : uint8_t { kNone, kStandard, kCustom };
  Result<std::string> render(SharedState& shared, Node* node) const;

  Kind kind_ = Kind::kStandard;
  bool append_ = false;
  std::shared_ptr<const jinja::Macro> macro_;  // of kCustom: a macro, so that it can return()
};

}  // namespace sluice::compile
