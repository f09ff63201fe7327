// Faults: lets the program kill itself (SIGKILL) at a chosen place. Only `sluice_faults` holds
// this: the same objects as `sluice`, linked with --wrap, so that the calls by which statements
// reach the engine, and those by which the engine reaches its files, come through here. The program
// that people run has none of it.
//
//   SLUICE_FAULT=before-statement:N   before the N-th statement begins (BEGIN, COMMIT and questions
//   to the catalog too) SLUICE_FAULT=after-statement:N    once it has ended
//   SLUICE_FAULT=before-write:N       before the N-th change of a database's file or its log:
//   written, made longer or
//                                     shorter, brought to the disk, removed
//   SLUICE_FAULT=within-write:N       when it has been written by half
//   SLUICE_FAULT_COUNTS=FILE          keeps "STATEMENTS WRITES" there, as counted so far
#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "duckdb.h"

namespace {

enum class Place { kNone, kBeforeStatement, kAfterStatement, kBeforeWrite, kWithinWrite };

struct Fault {
  Place place = Place::kNone;
  long number = 0;
};

Fault wanted_fault() {
  const char* text = std::getenv("SLUICE_FAULT");
  if (text == nullptr || *text == '\0') return {};
  const std::string_view wanted(text);
  const size_t colon = wanted.find(':');
  const std::string_view name = wanted.substr(0, colon);
  Fault fault;
  if (name == "before-statement") fault.place = Place::kBeforeStatement;
  if (name == "after-statement") fault.place = Place::kAfterStatement;
  if (name == "before-write") fault.place = Place::kBeforeWrite;
  if (name == "within-write") fault.place = Place::kWithinWrite;
  if (colon != std::string_view::npos)
    fault.number = std::strtol(wanted.substr(colon + 1).data(), nullptr, 10);
  if (fault.place == Place::kNone || fault.number <= 0) {
    std::fprintf(stderr, "SLUICE_FAULT: cannot read \"%s\"\n", text);
    std::_Exit(3);
  }
  return fault;
}

const Fault kFault = wanted_fault();
std::atomic<long> num_statements = 0;
std::atomic<long> num_writes = 0;
// Of this thread: what the statement that runs now was cut out of.
thread_local std::string statement_text;

[[noreturn]] void end_here() {
  ::kill(::getpid(), SIGKILL);
  for (;;) ::pause();
}

}  // namespace

extern "C" {
ssize_t __real_pwrite(int file, const void* bytes, size_t size, off_t offset);
ssize_t __real_write(int file, const void* bytes, size_t size);
int __real_fsync(int file);
int __real_ftruncate(int file, off_t size);
int __real_unlink(const char* path);
int __real_rename(const char* from, const char* to);
duckdb_state __real_duckdb_execute_prepared(duckdb_prepared_statement statement,
                                            duckdb_result* result);
duckdb_state __real_duckdb_query(duckdb_connection connection, const char* sql,
                                 duckdb_result* result);
idx_t __real_duckdb_extract_statements(duckdb_connection connection, const char* sql,
                                       duckdb_extracted_statements* statements);
}

namespace {

void keep_counts() {
  static const int file = [] {
    const char* path = std::getenv("SLUICE_FAULT_COUNTS");
    return path == nullptr ? -1 : ::open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
  }();
  if (file < 0) return;
  char text[64];
  const int size =
      std::snprintf(text, sizeof text, "%ld %ld\n", num_statements.load(), num_writes.load());
  (void)__real_pwrite(file, text, static_cast<size_t>(size), 0);
}

bool is_database(std::string_view path) {
  return path.ends_with(".duckdb") || path.ends_with(".wal");
}

bool is_database(int file) {
  char link[64], path[4096];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  const ssize_t size = ::readlink(link, path, sizeof path);
  return size > 0 && is_database(std::string_view(path, static_cast<size_t>(size)));
}

void tell(const char* what, long number) {
  std::fprintf(stderr, "killed %s %ld: %.300s\n", what, number, statement_text.c_str());
  std::fflush(stderr);
}

// The number of the statement that begins.
long statement_begins(const char* sql) {
  if (sql != nullptr) statement_text = sql;
  const long number = ++num_statements;
  keep_counts();
  if (kFault.place == Place::kBeforeStatement && number == kFault.number) {
    tell("before statement", number);
    end_here();
  }
  return number;
}

void statement_ended(long number) {
  if (kFault.place != Place::kAfterStatement || number != kFault.number) return;
  tell("after statement", number);
  end_here();
}

// Whether this change of a file is the one to be torn in half.
bool write_begins() {
  const long number = ++num_writes;
  keep_counts();
  if (number != kFault.number) return false;
  if (kFault.place == Place::kBeforeWrite) {
    tell("before write", number);
    end_here();
  }
  if (kFault.place == Place::kWithinWrite) tell("within write", number);
  return kFault.place == Place::kWithinWrite;
}

}  // namespace

extern "C" {

duckdb_state __wrap_duckdb_execute_prepared(duckdb_prepared_statement statement,
                                            duckdb_result* result) {
  const long number = statement_begins(nullptr);
  const duckdb_state state = __real_duckdb_execute_prepared(statement, result);
  statement_ended(number);
  return state;
}

duckdb_state __wrap_duckdb_query(duckdb_connection connection, const char* sql,
                                 duckdb_result* result) {
  const long number = statement_begins(sql);
  const duckdb_state state = __real_duckdb_query(connection, sql, result);
  statement_ended(number);
  return state;
}

idx_t __wrap_duckdb_extract_statements(duckdb_connection connection, const char* sql,
                                       duckdb_extracted_statements* statements) {
  statement_text = sql;
  return __real_duckdb_extract_statements(connection, sql, statements);
}

ssize_t __wrap_pwrite(int file, const void* bytes, size_t size, off_t offset) {
  if (is_database(file) && write_begins()) {
    (void)__real_pwrite(file, bytes, size / 2, offset);
    end_here();
  }
  return __real_pwrite(file, bytes, size, offset);
}

ssize_t __wrap_write(int file, const void* bytes, size_t size) {
  if (is_database(file) && write_begins()) {
    (void)__real_write(file, bytes, size / 2);
    end_here();
  }
  return __real_write(file, bytes, size);
}

int __wrap_fsync(int file) {
  if (is_database(file) && write_begins()) end_here();
  return __real_fsync(file);
}

int __wrap_ftruncate(int file, off_t size) {
  if (is_database(file) && write_begins()) end_here();
  return __real_ftruncate(file, size);
}

int __wrap_unlink(const char* path) {
  if (is_database(path) && write_begins()) end_here();
  return __real_unlink(path);
}

int __wrap_rename(const char* from, const char* to) {
  if (is_database(to) && write_begins()) end_here();
  return __real_rename(from, to);
}

}  // extern "C"
