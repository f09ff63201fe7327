// Error: what went wrong, where, and what to do. One pointer wide, so Result<T> stays small on the
// hot path. Owned by the Result that carries it; immutable once shown. Not shared between threads.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/shared_text.h"

namespace sluice {

// Stable codes, in ranges per module; printed as SLnnnn. Each has a spec that shows its whole text.
enum class ErrorCode : uint16_t {
  // 00xx base
  kInternal = 1,
  kIo = 2,
  kFileNotFound = 3,
  kNoSpace = 4,
  kCancelled = 5,
  kUsage = 6,
  // 01xx yaml
  kYamlSyntax = 101,
  kYamlDuplicateKey = 102,
  kYamlUnquotedJinja = 103,
  kYamlType = 104,
  // 02xx jinja
  kJinjaSyntax = 201,
  kJinjaUndefined = 202,
  kJinjaSecurity = 203,
  kJinjaRuntime = 204,
  kJinjaRaised = 205,  // exceptions.raise_compiler_error and its family
  kJinjaReturn = 206,  // not an error: the unwind of `return(value)`; never leaves the interpreter
  kJinjaMissingVar = 207,  // var()/env_var() without value or default
  // 03xx project
  kProjectNotFound = 301,
  kProjectInvalid = 302,
  kProfileNotFound = 303,
  kProfileInvalid = 304,
  kPropertyInvalid = 305,
  kDuplicateResource = 306,
  kPackagesNotInstalled = 307,
  kSecretInWrongPlace = 308,
  // 04xx compile
  kUnknownRef = 401,
  kUnknownSource = 402,
  kDisabledRef = 403,
  kUnknownMacro = 404,
  kConfigInvalid = 405,
  kCompileFailed = 406,
  kUnknownMaterialization = 407,
  kAccessDenied = 408,
  // 05xx graph
  kCycle = 501,
  kSelectorSyntax = 502,
  kSelectorUnknownMethod = 503,
  kStateMissing = 504,    // an artifact of an earlier run is needed and not there
  kStateInvalid = 505,    // it is there and cannot be read
  kContractBroken = 506,  // a versioned model no longer keeps its contract
  // 06xx warehouse
  kWarehouseConnect = 601,
  kWarehouseLocked = 602,
  kSqlError = 603,
  kWarehouseUnsupported = 604,
  kWarehouseNewerFile = 605,
  kOutOfMemory = 606,
  // 07xx run
  kNodeFailed = 701,
  kTestFailed = 702,
  kRunInvalid = 703,
  // 08xx cli
  kBadArgument = 801,
};

// A place in a text. Lines and columns count from 1; 0 means unknown. `file` is relative to the
// project when it can be.
struct Span {
  SharedText file;
  uint32_t line = 0;
  uint32_t column = 0;
  uint32_t end_line = 0;
  uint32_t end_column = 0;
};

class Error {
 public:
  Error(ErrorCode code, std::string message, std::string hint = {});
  Error(Error&&) noexcept = default;
  Error& operator=(Error&&) noexcept = default;
  Error(const Error& other);
  Error& operator=(const Error& other);
  ~Error() = default;

  ErrorCode code() const { return data_->code; }
  const std::string& message() const { return data_->message; }
  const std::string& hint() const { return data_->hint; }
  // The main place first, then related places.
  const std::vector<Span>& spans() const { return data_->spans; }
  // The line(s) of source around the main place, ready to print; empty when unknown.
  const std::string& excerpt() const { return data_->excerpt; }
  // Frames such as "macro 'surrogate_key' (macros/keys.sql:3)", innermost first.
  const std::vector<std::string>& trace() const { return data_->trace; }
  // Why it happened, outermost cause first.
  const std::vector<Error>& causes() const { return data_->causes; }
  // Unique id of the node it belongs to; empty when none.
  const std::string& node() const { return data_->node; }

  Error& set_message(std::string message);
  Error& set_hint(std::string hint);
  Error& set_node(std::string unique_id);
  Error& set_excerpt(std::string excerpt);
  Error& add_span(Span span);
  // Adds the span only if the error has none yet.
  Error& locate(Span span);
  Error& add_trace(std::string frame);
  Error& add_cause(Error cause);
  Error& clear_trace();

 private:
  struct Data {
    ErrorCode code;
    std::string message;
    std::string hint;
    std::vector<Span> spans;
    std::string excerpt;
    std::vector<std::string> trace;
    std::vector<Error> causes;
    std::string node;
  };
  std::unique_ptr<Data> data_;
};

// "SL0401"
std::string code_name(ErrorCode code);

// Lines around `span` of `text` with a caret under the column, as printed below an error.
std::string make_excerpt(std::string_view text, const Span& span);

// The whole text that a person reads, over several lines, no trailing newline, no colours.
std::string render(const Error& error);

// A bug of ours: prints the place and aborts. Never reachable from user input.
[[noreturn]] void check_failed(const char* file, int line, const char* what);
#define SLUICE_CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::sluice::check_failed(__FILE__, __LINE__, #condition))

}  // namespace sluice
