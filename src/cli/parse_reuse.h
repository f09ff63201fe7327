// ParseReuse: `parse` with nothing changed. A parse is a function of its inputs: the program, the
// flags, the environment, and the files it asked for. Beside a finished manifest.json lies a record
// of them (docs/formats/parse-record.md); while all of them are as they were, the manifest stands
// and gets new metadata only. What the record cannot vouch for (a template that asks for the time,
// files changed a moment ago) is not recorded, and anything unexpected means a parse from files.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "base/event.h"
#include "base/tracing_file_system.h"
#include "cli/invocation.h"
#include "cli/workspace.h"

namespace sluice::cli {

class ParseReuse {
 public:
  explicit ParseReuse(Invocation& invocation);
  ~ParseReuse();
  ParseReuse(const ParseReuse&) = delete;
  ParseReuse& operator=(const ParseReuse&) = delete;

  // Tells what the recorded parse told and renews the manifest; false: parse from files.
  bool reuse();
  // Before a parse: its inputs are noted from here on.
  void observe(Workspace& workspace);
  // After a good parse whose manifest is written.
  void remember(const Workspace& workspace);

 private:
  struct Record {
    std::string log_path;
    std::vector<TracedInput> inputs;
    std::vector<Event> events;
    std::string manifest_state;
  };

  // Folder of the record; nullopt: the project says where in a way that only a parse finds out.
  std::optional<std::string> target_folder() const;
  std::optional<Record> read_record(const std::string& folder) const;
  // The first input that is not as it was; nullopt: none.
  std::optional<std::string> changed_input(const Record& record) const;
  bool renew_manifest(const std::string& path);
  void tell(const std::string& what);
  bool refuse(const std::string& reason);
  std::string key() const;
  void look_at(std::string_view content);

  Invocation& invocation_;
  TracingFileSystem files_;
  std::vector<Event> events_;
  std::atomic<bool> is_volatile_{false};  // the result depends on more than the inputs
};

}  // namespace sluice::cli
