#include "jinja/compiler.h"

#include "jinja/parser.h"

namespace sluice::jinja {

Compiler::Compiler(const Ast& ast, Program& program, bool plain_names)
    : ast_(ast), program_(program), plain_names_(plain_names) {
  text_constants_.assign(ast.num_names(), kNone);
  program_.constants.reserve(ast.constants.size() + ast.num_names() + 1);
  program_.constants = ast.constants;
  empty_constant_ = constant(Value::string(""));
  for (NameId id = 0; id < ast.num_names(); ++id) {
    std::string_view name = ast.name(id);
    if (name == "loop") loop_name_ = id;
    if (name == "caller") caller_name_ = id;
    if (name == "kwargs") kwargs_name_ = id;
    if (name == "varargs") varargs_name_ = id;
    if (name == "self") self_name_ = id;
  }
}

bool Compiler::compile() {
  FunctionBuilder root(nullptr);
  open_function(root, "");
  root_ = &root;
  Symbols symbols(nullptr, &root);
  symbols_ = root_symbols_ = &symbols;
  bool uses_self = false;
  if (self_name_ != kNone) {
    UndeclaredNames finder(ast_, {self_name_});
    finder.visit_list(ast_.body);
    uses_self = finder.found(self_name_);
  }
  if (uses_self) symbols.declare_parameter(self_name_);
  SymbolVisitor(ast_, symbols, plain_names_).visit_list(ast_.body);
  place(symbols);
  if (uses_self) {
    emit(Op::kSelf, 0, 1);
    emit(Op::kStore, symbols.find_own(self_name_)->slot, -1);
    root.code.has_inner = true;  // blocks look into it
  }
  statements(ast_.body);
  emit(Op::kReturn, 0, 0);
  close_function(root);
  return !failed();
}

uint32_t Compiler::open_function(FunctionBuilder& builder, std::string name) {
  builder.index = static_cast<uint32_t>(program_.functions.size());
  builder.code.name = std::move(name);
  if (builder.parent != nullptr) {
    builder.parent->code.has_inner = true;
    builder.code.depth = builder.parent->code.depth + 1;
  }
  program_.functions.emplace_back();
  function_ = &builder;
  return builder.index;
}

void Compiler::close_function(FunctionBuilder& builder) {
  program_.functions[builder.index] = std::move(builder.code);
}

void Compiler::restore(const Saved& saved) {
  function_ = saved.function;
  symbols_ = saved.symbols;
  soft_ = saved.soft;
  escape_slot_ = saved.escape_slot;
}

void Compiler::emit(Op op, uint32_t a, int effect) {
  constexpr uint32_t kMaxOperand = 0xffffff;
  if (a > kMaxOperand) fail(ErrorCode::kJinjaRuntime, "template is too large", 0);
  function_->code.code.push_back(encode(op, a));
  function_->height = static_cast<uint32_t>(static_cast<int>(function_->height) + effect);
  // A few operations use two values more than they leave.
  if (function_->height + 2 > function_->code.max_stack)
    function_->code.max_stack = function_->height + 2;
}

void Compiler::at(uint32_t offset) {
  auto& positions = function_->code.positions;
  if (!positions.empty() && positions.back().pc == pc()) {
    positions.back().offset = offset;
  } else if (positions.empty() || positions.back().offset != offset) {
    positions.push_back({pc(), offset});
  }
}

uint32_t Compiler::jump(Op op, int effect) {
  uint32_t where = pc();
  emit(op, 0, effect);
  return where;
}

void Compiler::patch(uint32_t where) {
  uint32_t& instruction = function_->code.code[where];
  instruction = encode(op_of(instruction), pc());
}

uint32_t Compiler::constant(Value value) {
  program_.constants.push_back(std::move(value));
  return static_cast<uint32_t>(program_.constants.size() - 1);
}

uint32_t Compiler::text_constant(NameId name) {
  uint32_t& index = text_constants_[name];
  if (index == kNone) index = constant(Value::string(ast_.name(name)));
  return index;
}

uint32_t Compiler::new_slot(NameId name) {
  function_->code.slot_names.push_back(text_constant(name));
  return static_cast<uint32_t>(function_->code.slot_names.size() - 1);
}

uint32_t Compiler::hidden_slot() {
  function_->code.slot_names.push_back(empty_constant_);
  return static_cast<uint32_t>(function_->code.slot_names.size() - 1);
}

void Compiler::fail(ErrorCode code, std::string message, uint32_t offset) {
  if (failed()) return;
  code_ = code;
  message_ = std::move(message);
  offset_ = offset;
}

uint32_t Compiler::context_slot(NameId name) {
  for (const auto& known : function_->context_slots) {
    if (known.name == name) return known.slot;
  }
  uint32_t slot = new_slot(name);
  function_->context_slots.push_back({name, slot});
  return slot;
}

void Compiler::place(Symbols& symbols) {
  for (Symbol& symbol : symbols.symbols()) {
    bool shared = symbol.origin == SymbolOrigin::kContext && !symbols.stores(symbol.name);
    symbol.slot = shared ? context_slot(symbol.name) : new_slot(symbol.name);
  }
}

uint32_t Compiler::levels_between(const FunctionBuilder* outer) {
  for (FunctionBuilder* at = function_; at != outer; at = at->parent) at->code.reads_outer = true;
  return function_->code.depth - outer->code.depth;
}

void Compiler::enter(Symbols& symbols) {
  for (const Symbol& symbol : symbols.symbols()) {
    if (symbol.origin == SymbolOrigin::kParameter) continue;
    if (symbol.origin != SymbolOrigin::kCopy) {
      if (symbols.stores(symbol.name)) emit(Op::kClear, symbol.slot, 0);
      continue;
    }
    Symbols* owner = nullptr;
    const Symbol* source = symbols.parent()->find(symbol.name, &owner);
    uint32_t flag = source->origin == SymbolOrigin::kContext ? kGlobalFlag : 0;
    emit(Op::kAlias, symbol.slot, 0);
    word(source->slot);
    word(levels_between(owner->function()) | flag);
  }
}

void Compiler::load_name(NameId name) {
  Symbols* owner = nullptr;
  const Symbol* symbol = symbols_->find(name, &owner);
  if (symbol == nullptr) {  // a name that Jinja's analysis does not see: read from the context
    emit(Op::kLoadGlobal, context_slot(name), 1);
    return;
  }
  bool global = symbol->origin == SymbolOrigin::kContext;
  if (owner->function() == function_) {
    emit(global ? Op::kLoadGlobal : Op::kLoad, symbol->slot, 1);
    return;
  }
  emit(Op::kLoadOuter, symbol->slot, 1);
  word(levels_between(owner->function()) | (global ? kGlobalFlag : 0));
}

void Compiler::store_name(NameId name) {
  const Symbol* symbol = symbols_->find_own(name);
  SLUICE_CHECK(symbol != nullptr);
  emit(Op::kStore, symbol->slot, -1);
}

namespace {

std::vector<uint32_t> find_line_starts(std::string_view text) {
  std::vector<uint32_t> starts{0};
  for (size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) {
    starts.push_back(static_cast<uint32_t>(at + 1));
  }
  return starts;
}

}  // namespace

Result<std::shared_ptr<const Program>> compile_program(std::string_view text,
                                                       const CompileOptions& options) {
  auto program = std::make_shared<Program>();
  program->text = normalize_source(text);
  program->file = options.file;
  program->first_line = options.first_line;
  program->line_starts = find_line_starts(program->text);
  Ast ast(program->text);
  Parser parser(program->text, ast);
  std::string message;
  uint32_t offset = 0;
  ErrorCode code = ErrorCode::kJinjaSyntax;
  if (!parser.parse()) {
    message = parser.failure().message;
    offset = parser.failure().offset;
  } else {
    Compiler compiler(ast, *program, options.plain_names);
    if (compiler.compile()) return program;
    message = compiler.message();
    offset = compiler.offset();
    code = compiler.code();
  }
  Error error(code, std::move(message));
  error.locate(program->span_at(offset));
  error.set_excerpt(program->excerpt_at(offset));
  return fail(std::move(error));
}

}  // namespace sluice::jinja
