// Compiled templates and macros, and how to run them.
//
// A Template or Macro is immutable once compiled and may be run from many threads at once. An
// Interpreter is one evaluation on one thread. Free names come from a Scope that the caller
// supplies; the engine knows nothing about dbt save the block kinds (macro, materialization, test,
// snapshot, docs) and the text filters of dbt's YAML rendering.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "jinja/value.h"

namespace sluice::jinja {

struct Program;  // bytecode; program.h

// How undefined names behave and what the tool pretends to be.
struct Environment {
  UndefinedFlavor undefined = UndefinedFlavor::kDefault;  // kCapture at parse time
  bool native =
      false;  // as_text, as_native, as_bool, as_number act (YAML rendering); else they are identity
  bool plain_jinja =
      false;  // macros of a template are callable by their own name (not dbt's renaming)
  int64_t max_steps = 0;  // instructions before "template runs too long"; 0: no limit
  // Looked at now and then; once true, the evaluation ends with kCancelled. Not owned.
  const std::atomic<bool>* cancelled = nullptr;
  int max_depth = 200;  // nested macro calls before "maximum recursion depth exceeded"
};

// Where a piece of output came from: `offset` bytes into the output begins text from this place in
// the template.
struct SourceMapEntry {
  size_t offset;
  uint32_t line;
  uint32_t column;
};

struct MacroParameter {
  std::string name;
  std::string annotation;  // source text of `a: list[str]`; empty when none
  bool has_default = false;
};

// One `{% macro %}` / `{% materialization %}` / `{% test %}` block, compiled alone.
class Macro {
 public:
  std::string name;   // 'surrogate_key', 'materialization_table_default', 'test_unique'
  std::string file;   // for errors, as given to compile
  uint32_t line = 0;  // of the block's start tag within the file
  std::vector<MacroParameter> parameters;
  std::string supported_languages;  // materializations: source text of the list; empty when absent
  std::shared_ptr<const Program> program;
};

class Template {
 public:
  std::string name;  // file, for errors
  std::shared_ptr<const Program> program;
  // The text, kept for excerpts.
  std::shared_ptr<const std::string> source;
};

// Top-level blocks of a file, split before compiling (comments and raw blocks respected).
struct Block {
  std::string type;       // "macro", "materialization", "test", "data_test", "snapshot", "docs"
  std::string name;       // as written after the tag
  std::string_view full;  // whole block with its tags; view into the text
  std::string_view body;  // between the tags
  uint32_t line = 0;      // of the start tag, from 1
  uint32_t column = 0;
};

// Finds the blocks of the `wanted` types; other Jinja text between them is skipped (data too).
// Errors: unclosed block, stray end tag, a block inside another.
Result<std::vector<Block>> split_blocks(std::string_view text, std::string_view file,
                                        const std::vector<std::string_view>& wanted);

// Compiles a whole file as one template (a model, a YAML string, an operation). `first_line` shifts
// positions.
Result<Template> compile_template(std::string_view text, std::string_view file,
                                  uint32_t first_line = 1);
// Compiles one block of split_blocks into a macro.
Result<std::shared_ptr<const Macro>> compile_macro(const Block& block, std::string_view file);

// True when the text has no '{{', '{%' or '{#': rendering is the identity but for one trailing
// newline.
bool is_plain_text(std::string_view text);

// Names that the template calls, found without running it: `foo(…)` gives {"foo"}, `pkg.foo(…)`
// gives {"pkg","foo"}, adapter.dispatch('x', 'pkg') gives a dispatch entry. For depends_on.macros
// of macros themselves.
struct StaticCall {
  std::string package;  // empty: unqualified
  std::string name;
  bool is_dispatch = false;
};
std::vector<StaticCall> static_macro_calls(const Macro& macro);

// Where free names come from. lookup() may be called often: keep it to one hash look-up.
class Scope {
 public:
  virtual ~Scope() = default;
  // Sets `out` and answers true when the name exists.
  virtual bool lookup(std::string_view name, Value& out) const = 0;
  // All names, for `context` and `debug`; may be expensive.
  virtual std::vector<std::string> names() const = 0;
};

struct MacroFrame {
  const Macro* macro;
  uint32_t call_line;  // line in the caller
};

class Interpreter {
 public:
  Interpreter(const Environment& environment, const Scope& scope);
  ~Interpreter();
  Interpreter(const Interpreter&) = delete;
  Interpreter& operator=(const Interpreter&) = delete;

  // Renders to text. `map`, when not null, receives the places of the output (top level of the
  // template only).
  Result<std::string> render(const Template& tmpl, std::vector<SourceMapEntry>* map = nullptr);
  // Native rendering: one expression keeps its type; otherwise the concatenated text, literals
  // evaluated only when a filter asked for it.
  Result<Value> render_native(const Template& tmpl);
  // Calls a macro with this interpreter's scope. What `return(x)` carried, else its text as a
  // string. kJinjaRuntime for wrong arguments, with Jinja's wording.
  Result<Value> call_macro(const Macro& macro, const CallArgs& args);
  // The value that the running function should unwind with: `return
  // fail(interpreter.unwind_return(value))`.
  Error unwind_return(Value value);

  const Environment& environment() const;
  const Scope& scope() const;
  // Replaces the scope until the guard dies (a macro of a package sees its package's names first).
  const Scope* swap_scope(const Scope* scope);
  // Running macros, innermost last.
  const std::vector<MacroFrame>& macro_stack() const;
  // Line in the innermost frame, for messages.
  uint32_t current_line() const;
  // Free slot for the host: what functions find their own state by. Not owned.
  void* host = nullptr;

 private:
  friend class Machine;
  struct State;
  std::unique_ptr<State> state_;
};

// A macro as a value: call → Interpreter::call_macro. `name` attribute as in Jinja.
Value make_macro_value(std::shared_ptr<const Macro> macro);

// Names of all filters and tests, sorted, for "did you mean" and docs.
std::vector<std::string> filter_names();
std::vector<std::string> test_names();

}  // namespace sluice::jinja
