#include "warehouse/duckdb/errors.h"

#include <fmt/format.h>

#include <cctype>
#include <charconv>
#include <optional>

#include "base/json.h"

namespace sluice::warehouse {
namespace {

// What the engine says about one error.
struct EngineError {
  std::string type;     // "Catalog", "Binder", …; empty when unknown
  std::string message;  // without the type
  std::string subtype, missing_kind, name, candidates;
  std::optional<size_t> position;
};

std::string text_field(const Json& json, std::string_view name) {
  const Json* field = json.find(name);
  return field != nullptr && field->kind == Json::Kind::kString ? field->text : std::string();
}

std::optional<size_t> parse_number(const std::string& text) {
  size_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc() || text.empty() || end != text.data() + text.size())
    return std::nullopt;
  return number;
}

// "Catalog Error: text" → type and text, for messages that come without JSON.
EngineError split_plain(std::string_view raw) {
  EngineError error;
  const size_t mark = raw.find(" Error: ");
  if (mark == std::string_view::npos || mark > 40) {
    error.message = raw;
    return error;
  }
  error.type = raw.substr(0, mark);
  error.message = raw.substr(mark + 8);
  return error;
}

EngineError parse_engine_error(std::string_view raw) {
  const size_t brace = raw.find('{');
  if (brace == std::string_view::npos || raw.find("\"exception_type\"") == std::string_view::npos) {
    return split_plain(raw);
  }
  const Result<Json> json = parse_json(raw.substr(brace));
  if (!json || json->kind != Json::Kind::kObject) return split_plain(raw);
  EngineError error;
  error.type = text_field(*json, "exception_type");
  error.message = text_field(*json, "exception_message");
  error.subtype = text_field(*json, "error_subtype");
  error.missing_kind = text_field(*json, "type");
  error.name = text_field(*json, "name");
  error.candidates = text_field(*json, "candidates");
  error.position = parse_number(text_field(*json, "position"));
  return error;
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// Cuts `text` at `mark`, if there.
void cut_at(std::string& text, std::string_view mark) {
  const size_t at = text.find(mark);
  if (at != std::string::npos) text.resize(at);
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
}

// The engine's proposals ("Did you mean", "Candidate bindings", "Possible solutions") are hints;
// they leave the message.
std::string take_proposal(std::string& message) {
  const size_t at = message.find("\nDid you mean \"");
  if (at == std::string::npos) return {};
  std::string proposal = message.substr(at + 1);
  cut_at(proposal, "\n");
  cut_at(message, "\nDid you mean \"");
  // The engine's catalogs are what it has when nothing of the user's is alike.
  for (const char* catalog :
       {"information_schema.", "pg_catalog.", "\"duckdb_", "\"sqlite_", "\"pragma_", "system."})
    if (contains(proposal, catalog)) return {};
  proposal[0] = 'd';
  return proposal;
}

ErrorCode code_of(const EngineError& error) {
  if (error.type == "INTERRUPT" || error.type == "Interrupt" ||
      contains(error.message, "Interrupted!")) {
    return ErrorCode::kCancelled;
  }
  if (contains(error.message, "No space left on device") || contains(error.message, "ENOSPC")) {
    return ErrorCode::kNoSpace;
  }
  if (error.type == "Out of Memory") return ErrorCode::kOutOfMemory;
  return ErrorCode::kSqlError;
}

// "19.0 MiB" of "(18.0 MiB/19.0 MiB used)"; "" when not given.
std::string memory_limit_in(const std::string& message) {
  const size_t used = message.find(" used)");
  if (used == std::string::npos) return {};
  const size_t slash = message.rfind('/', used);
  return slash == std::string::npos ? std::string() : message.substr(slash + 1, used - slash - 1);
}

std::string memory_hint(const std::string& message) {
  if (contains(message, "temp_directory") || contains(message, "temp directory")) {
    return "the spill folder is full or too small: free space there, or set temp_directory / "
           "max_temp_directory_size in "
           "the profile's settings";
  }
  const std::string limit = memory_limit_in(message);
  return fmt::format(
      "the memory limit{} is too small for this statement: raise memory_limit in the profile's "
      "settings, "
      "or lower threads",
      limit.empty() ? "" : fmt::format(" of {}", limit));
}

// The name in "…INSTALL httpfs…" or "…requires the extension httpfs to be loaded…"; "" when the
// message is about something else.
std::string missing_extension(std::string_view message) {
  for (const std::string_view mark : {"INSTALL ", "requires the extension "}) {
    const size_t at = message.find(mark);
    if (at == std::string_view::npos) continue;
    std::string_view rest = message.substr(at + mark.size());
    size_t length = 0;
    while (length < rest.size() &&
           (std::isalnum(static_cast<unsigned char>(rest[length])) || rest[length] == '_'))
      ++length;
    if (length > 0) return std::string(rest.substr(0, length));
  }
  return {};
}

std::string sql_hint(const EngineError& error) {
  if (contains(error.message, "No files found that match the pattern")) {
    return "check the path (relative paths start at the folder that the command runs in); the "
           "files of the "
           "store-orders example come from `sluice gen store-orders`";
  }
  if (error.type == "Catalog" && error.subtype == "MISSING_ENTRY" &&
      error.missing_kind == "Table") {
    return "check the name, or build the model that makes it first";
  }
  if (contains(error.message, "because schema "))
    return "check the schema's name, or build the model that makes it first";
  if (const std::string extension = missing_extension(error.message); !extension.empty())
    return fmt::format(
        "nothing is downloaded during a run: fetch it once with `sluice extensions "
        "fetch {}`",
        extension);
  if (error.type == "Conversion") return "TRY_CAST gives NULL where a value cannot be converted";
  if (error.type == "TransactionContext" && contains(error.message, "onflict")) {
    return "another connection changed the same rows or table at the same time; run it again";
  }
  if (error.type == "FATAL" || error.type == "INTERNAL")
    return "this is a defect of the engine; please report it";
  return {};
}

}  // namespace

Span span_at(std::string_view text, size_t offset) {
  Span span;
  span.line = 1;
  span.column = 1;
  for (size_t i = 0; i < offset && i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte == '\n') {
      ++span.line;
      span.column = 1;
    } else if ((byte & 0xC0U) != 0x80U) {
      ++span.column;
    }
  }
  return span;
}

bool is_retryable(std::string_view message, const std::vector<std::string>& exceptions) {
  const size_t end = message.find(" Error: ");
  if (end == std::string_view::npos) return false;
  std::string kind;
  for (const char c : message.substr(0, end))
    if (c != ' ') kind += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (std::string wanted : exceptions) {
    if (wanted.ends_with("Exception")) wanted.resize(wanted.size() - 9);
    for (char& c : wanted) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (!wanted.empty() && kind.starts_with(wanted)) return true;
  }
  return false;
}

Error statement_error(std::string_view raw, const std::string& sql) {
  EngineError engine = parse_engine_error(raw);
  const ErrorCode code = code_of(engine);
  if (code == ErrorCode::kCancelled) return Error(code, "the statement was cancelled");
  std::string hint = take_proposal(engine.message);
  if (code == ErrorCode::kOutOfMemory) {
    hint = memory_hint(engine.message);
    cut_at(engine.message, "\n\nPossible solutions");
  } else if (code == ErrorCode::kNoSpace) {
    hint = "free space on that disk; committed tables are intact";
  } else if (const std::string advice = sql_hint(engine); !advice.empty()) {
    hint = hint.empty() ? advice : hint + " if not, " + advice;
  }
  // The reader's settings and what its sniffer guessed are of no use to who looks for a bad value.
  cut_at(engine.message, "\n\n  file = ");
  cut_at(engine.message, "\n  file = ");
  const std::string title = engine.type.empty() ? std::string() : engine.type + " Error: ";
  Error error(code, title + engine.message, hint);
  if (engine.position && *engine.position <= sql.size()) {
    const Span span = span_at(sql, *engine.position);
    error.set_excerpt(make_excerpt(sql, span));
    error.add_span(span);
  }
  return error;
}

Error open_error(const std::string& raw, const std::string& path) {
  const EngineError engine = parse_engine_error(raw);
  const std::string& text = engine.message;
  if (contains(text, "Could not set lock on file")) {
    const size_t in = text.find("Conflicting lock is held in ");
    std::string holder = in == std::string::npos ? "another process" : text.substr(in + 28);
    cut_at(holder, ". See also");
    return Error(ErrorCode::kWarehouseLocked,
                 fmt::format("the database file \"{}\" is in use by {}", path, holder),
                 "wait for that program to finish, or stop it: one process at a time can hold a "
                 "DuckDB file");
  }
  if (contains(text, "version number") && contains(text, "can only read")) {
    return Error(
        ErrorCode::kWarehouseNewerFile,
        fmt::format("the database file \"{}\" was written by a newer DuckDB: {}", path, text),
        "use a newer sluice, or export the file with the DuckDB that wrote it");
  }
  if (contains(text, "No space left on device")) {
    return Error(ErrorCode::kNoSpace,
                 fmt::format("cannot open the database file \"{}\": {}", path, text),
                 "free space on that disk");
  }
  if (contains(text, "not a valid DuckDB database file")) {
    return Error(
        ErrorCode::kWarehouseConnect, fmt::format("\"{}\" is not a DuckDB database file", path),
        "check `path` in the profile; delete the file if it is left over from something else");
  }
  if (contains(text, "Cannot open file") || contains(text, "Is a directory") ||
      contains(text, "Permission denied")) {
    return Error(ErrorCode::kIo,
                 fmt::format("cannot open the database file \"{}\": {}", path, text),
                 "check `path` in the profile: its folder must exist and be writable");
  }
  return Error(ErrorCode::kWarehouseConnect,
               fmt::format("cannot open the database \"{}\": {}", path, text),
               "check the profile's path, settings and extensions");
}

}  // namespace sluice::warehouse
