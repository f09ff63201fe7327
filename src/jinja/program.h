// Bytecode of one template. Immutable after compiling; shared between threads.
//
// An instruction is one 32-bit word: the operation in the low 8 bits, its operand A in the high 24.
// Some are followed by plain words. Every function works on a row of slots (parameters first) and a
// stack of values of known height. A slot that holds nothing is "missing": reading it gives an
// undefined, or looks the name up in the scope first when the compiler found that the name may be
// free (kLoadGlobal).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "jinja/value.h"

namespace sluice::jinja {

enum class Op : uint8_t {
  kConst,       // push constants[A]
  kLoad,        // push slot A
  kLoadGlobal,  // push slot A, looked up in the scope when missing
  kLoadOuter,   // push slot A of an enclosing function; word: levels up | kGlobalFlag
  kStore,       // pop into slot A
  kClear,       // slot A becomes missing
  kAlias,  // slot A takes the value of a slot; words: source slot, levels up (0: same function) |
           // kGlobalFlag
  kPop,
  kDuplicate,
  kBuildList,  // A items
  kBuildTuple,
  kBuildDict,  // A pairs
  kAppend,     // pop, append to the list in slot A
  kAttribute,  // A: name constant
  kItem,
  kSlice,          // value, start, stop, step
  kCall,           // A: shape
  kCallMethod,     // A: shape
  kFilter,         // A: shape
  kTest,           // A: shape
  kMissingFilter,  // A: message constant; fails
  kBinary,         // A: BinaryOperator
  kNegate,
  kPositive,
  kNot,
  kCompare,       // A: CompareOperator
  kCompareChain,  // A: CompareOperator; word: target. False: push it and jump; true: keep the right
                  // operand
  kJump,          // A: target
  kJumpIfFalse,   // pop
  kJumpIfFalseKeep,  // `and`: jump keeping the value, else pop
  kJumpIfTrueKeep,   // `or`
  kConcat,           // A parts
  kNoElse,           // A: message constant; undefined of an inline if without else
  kOutput,           // pop, print; A: 1 when Jinja would have folded the expression into text
  kOutputEscaped,    // the same, escaped when slot A is true
  kOutputText,       // pop, print; only strings (the result of a call block)
  kData,             // A: offset into text; word: length
  kBeginCapture,
  kEndCapture,  // push what was printed since
  kDropCapture,
  kMarkSafe,  // top becomes markup when slot A is true
  kForBegin,  // pop the iterable; A: slot of `loop` + 1, 0 when the body does not use it
  kForNext,   // push the next item, or jump; A: target
  kForEnd,
  kForRecursive,  // pop the iterable, print the result of function A over it
  kUnpack,        // pop, push A items, first on top
  kSetMember,     // A: name constant; pop namespace, pop value
  kParameter,     // A: slot; word: target when it holds a value
  kNotProvided,   // A: slot of a parameter without value or default
  kMacro,         // push function A as a macro
  kBlock,         // print block function A
  kSelf,          // push `self`
  kFail,          // A: message constant; runtime error
  kReturn,
};

inline constexpr uint32_t kGlobalFlag = 0x80000000U;

inline uint32_t encode(Op op, uint32_t a = 0) { return static_cast<uint32_t>(op) | (a << 8); }
inline Op op_of(uint32_t word) { return static_cast<Op>(word & 0xffU); }
inline uint32_t operand_of(uint32_t word) { return word >> 8; }

// How a call site passes its arguments.
struct CallShape {
  uint32_t name = 0;      // constant: method, filter or test
  uint32_t function = 0;  // index of the filter or test
  uint32_t positional = 0;
  uint32_t keywords = 0;
  uint32_t keyword_start = 0;  // into Program::keyword_names
  bool star = false;
  bool double_star = false;
};

// Text from `offset` on is being run when pc >= `pc`.
struct CodePosition {
  uint32_t pc;
  uint32_t offset;
};

struct Function {
  std::string name;  // 'dbt_macro__f'; empty: a call block, which prints as None
  std::vector<uint32_t> code;
  std::vector<CodePosition> positions;
  std::vector<uint32_t> slot_names;  // constant of each slot's name
  uint32_t max_stack = 0;
  uint32_t num_parameters = 0;  // in slots 0, 1, …
  uint32_t caller_slot = UINT32_MAX;
  uint32_t kwargs_slot = UINT32_MAX;
  uint32_t varargs_slot = UINT32_MAX;
  uint32_t depth = 0;      // functions around it
  bool has_inner = false;  // its slots outlive the call: functions inside refer to them
  bool explicit_caller = false;
  bool reads_outer = false;  // it, or a function inside it, refers to slots around it
};

// A macro that the text defines at its top level.
struct DefinedMacro {
  uint32_t function;
  uint32_t offset;
  std::string name;
  std::vector<std::string> annotations;
  uint32_t num_defaults;
  std::string supported_languages;
};

struct DefinedBlock {
  std::string name;
  uint32_t function;
};

struct Program {
  std::string text;  // newlines normalised
  std::string file;
  uint32_t first_line = 1;
  std::vector<uint32_t> line_starts;
  std::vector<Value> constants;
  std::vector<Function> functions;  // 0: the top level
  std::vector<CallShape> shapes;
  std::vector<uint32_t> keyword_names;  // constants
  std::vector<DefinedMacro> macros;
  std::vector<DefinedBlock> blocks;
  bool renames_macros = false;  // it defines macros, and they carry dbt's names

  // Line (from first_line) and column (from 1, in bytes) of an offset.
  Span span_at(uint32_t offset) const;
  // That line with a caret below, as printed under an error.
  std::string excerpt_at(uint32_t offset) const;
  const std::string& name_of(uint32_t constant) const { return constants[constant].as_string(); }
};

struct CompileOptions {
  std::string_view file;
  uint32_t first_line = 1;
  bool plain_names = false;  // macros keep their own name
};

// Compiles a text. Errors: kJinjaSyntax, or kJinjaRuntime for what Jinja finds only when it runs
// its own code.
Result<std::shared_ptr<const Program>> compile_program(std::string_view text,
                                                       const CompileOptions& options);

}  // namespace sluice::jinja
