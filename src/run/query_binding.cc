#include "run/query_binding.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>
#include <set>

#include "sql/expression_text.h"

namespace sluice::run {
namespace {

constexpr size_t kMostFaults = 20;
constexpr size_t kMostArguments = 8;

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

FaultKind kind_of(const std::string& message) {
  if (contains(message, "not found in FROM clause") ||
      contains(message, "does not have a column named"))
    return FaultKind::kColumn;
  if (contains(message, "Function with name")) return FaultKind::kFunction;
  if (contains(message, "Catalog Error: Table with name") ||
      contains(message, "does not exist because schema"))
    return FaultKind::kTable;
  return FaultKind::kOther;
}

// Bytes before a line and column, which count characters from 1.
std::optional<size_t> offset_of(const std::string& text, const Span& span) {
  if (span.line == 0) return std::nullopt;
  size_t offset = 0;
  for (uint32_t line = 1; line < span.line; ++line) {
    const size_t newline = text.find('\n', offset);
    if (newline == std::string::npos) return std::nullopt;
    offset = newline + 1;
  }
  for (uint32_t column = 1; column < span.column && offset < text.size(); ++column) {
    ++offset;
    while (offset < text.size() && (static_cast<unsigned char>(text[offset]) & 0xC0U) == 0x80U)
      ++offset;
  }
  return offset;
}

bool is_name_byte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return std::isalnum(byte) || c == '_' || c == '$' || byte >= 0x80U;
}

// End of the quoted or bare name at `at`; `at` itself when there is none.
size_t end_of_name(const std::string& sql, size_t at) {
  if (at < sql.size() && sql[at] == '"') {
    for (size_t i = at + 1; i < sql.size(); ++i) {
      if (sql[i] != '"') continue;
      if (i + 1 < sql.size() && sql[i + 1] == '"')
        ++i;
      else
        return i + 1;
    }
    return at;
  }
  while (at < sql.size() && is_name_byte(sql[at])) ++at;
  return at;
}

std::string last_part(const std::string& identifier) {
  const bool is_quoted = identifier.ends_with('"');
  const size_t dot =
      is_quoted ? identifier.rfind(".\"") : identifier.rfind('.', identifier.size() - 1);
  const std::string part = dot == std::string::npos ? identifier : identifier.substr(dot + 1);
  return is_quoted && part.size() > 1 ? part.substr(1, part.size() - 2) : part;
}

// A value in place of a column, of the same length, so that places stay what they are.
std::string stand_in(size_t length) {
  const std::string value = length >= 4 ? "NULL" : length >= 2 ? "''" : "0";
  return value + std::string(length - value.size(), ' ');
}

// What the engine lists below its message becomes a hint, where it is short.
void move_candidates(Error& error) {
  std::string message = error.message();
  std::string hint = error.hint();
  if (const size_t functions = message.find("\n\tCandidate functions");
      functions != std::string::npos) {
    message.resize(functions);
    if (hint.empty()) hint = "cast the arguments to types that it takes";
  }
  if (const size_t at = message.find("\nCandidate "); at != std::string::npos) {
    std::string candidates = message.substr(at);
    message.resize(at);
    const size_t quote = candidates.find('"');
    if (quote != std::string::npos && hint.empty())
      hint = "known there: " + candidates.substr(quote);
  }
  while (message.ends_with('\n')) message.pop_back();
  while (hint.ends_with('\n')) hint.pop_back();
  error.set_message(std::move(message)).set_hint(std::move(hint));
}

// One query on its way to all of its faults.
class Binding {
 public:
  Binding(std::string sql, warehouse::Connection& engine,
          const std::function<bool(const std::string&)>& find_table)
      : sql_(std::move(sql)), engine_(engine), find_table_(find_table) {}

  Result<QueryBinding> run() {
    while (out_.faults.size() < kMostFaults) {
      Result<std::vector<warehouse::ColumnInfo>> columns = engine_.describe_query(sql_);
      if (columns) {
        out_.columns = std::move(*columns);
        name_replaced_columns();
        break;
      }
      if (columns.error().code() != ErrorCode::kSqlError) return fail(std::move(columns.error()));
      if (!take(std::move(columns.error()))) break;
    }
    for (const std::string& name : macros_)
      SLUICE_TRY(engine_.execute("drop macro if exists temp.main." + name, false));
    return std::move(out_);
  }

 private:
  // Whether there is a next attempt.
  bool take(Error error) {
    QueryFault fault{kind_of(error.message()), std::move(error), 0, {}};
    const std::optional<size_t> offset =
        fault.error.spans().empty() ? std::nullopt : offset_of(sql_, fault.error.spans().front());
    if (offset) {
      fault.offset = *offset;
      if (fault.kind != FaultKind::kOther) fault.identifier = identifier_at(sql_, *offset);
    }
    if (fault.kind == FaultKind::kTable && !fault.identifier.empty() &&
        asked_.insert(fault.identifier).second && find_table_(fault.identifier))
      return true;
    // Faults that a stand-in has made are none of the user's.
    if (!out_.faults.empty() && fault.kind == FaultKind::kOther) return false;
    if (!out_.faults.empty() && offset && *offset == out_.faults.back().offset) return false;
    move_candidates(fault.error);
    const bool goes_on = !fault.identifier.empty() && stand_in_for(fault);
    out_.faults.push_back(std::move(fault));
    return goes_on;
  }

  bool stand_in_for(const QueryFault& fault) {
    if (fault.kind == FaultKind::kColumn) {
      sql_.replace(fault.offset, fault.identifier.size(), stand_in(fault.identifier.size()));
      replaced_.emplace(fault.offset, last_part(fault.identifier));
      return true;
    }
    if (fault.kind != FaultKind::kFunction || contains(fault.error.message(), "Table Function"))
      return false;
    const std::string name = sql::quoted_identifier(last_part(fault.identifier));
    std::string forms = "() as NULL", arguments;
    for (size_t i = 1; i <= kMostArguments; ++i) {
      arguments += fmt::format("{}a{}", arguments.empty() ? "" : ", ", i);
      forms += fmt::format(", ({}) as NULL", arguments);
    }
    const bool is_made =
        engine_.execute(fmt::format("create temp macro {}{}", name, forms), false).has_value();
    if (is_made) macros_.push_back(name);
    return is_made;
  }

  // A value in place of a column has no name of its own; unless it is clear which is which, the
  // result is not known.
  void name_replaced_columns() {
    std::vector<warehouse::ColumnInfo*> unnamed;
    for (warehouse::ColumnInfo& column : out_.columns)
      if (column.name == "NULL" || column.name == "''" || column.name == "0")
        unnamed.push_back(&column);
    if (unnamed.empty()) return;
    if (unnamed.size() != replaced_.size()) {
      out_.columns.clear();
      return;
    }
    auto name = replaced_.begin();
    for (warehouse::ColumnInfo* column : unnamed) column->name = (name++)->second;
  }

  std::string sql_;
  warehouse::Connection& engine_;
  const std::function<bool(const std::string&)>& find_table_;
  QueryBinding out_;
  std::map<size_t, std::string> replaced_;  // name by offset
  std::set<std::string> asked_;
  std::vector<std::string> macros_;
};

}  // namespace

std::string identifier_at(const std::string& sql, size_t offset) {
  size_t end = end_of_name(sql, offset);
  while (end > offset && end < sql.size() && sql[end] == '.') {
    const size_t next = end_of_name(sql, end + 1);
    if (next == end + 1) break;
    end = next;
  }
  return offset < sql.size() ? sql.substr(offset, end - offset) : std::string();
}

Result<QueryBinding> bind_query(const std::string& sql, warehouse::Connection& engine,
                                const std::function<bool(const std::string& name)>& find_table) {
  return Binding(sql, engine, find_table).run();
}

}  // namespace sluice::run
