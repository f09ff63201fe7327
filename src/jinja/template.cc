#include "jinja/template.h"

#include <algorithm>

#include "jinja/ast.h"
#include "jinja/parser.h"
#include "jinja/program.h"
#include "jinja/symbols.h"

namespace sluice::jinja {

Span Program::span_at(uint32_t offset) const {
  auto after = std::upper_bound(line_starts.begin(), line_starts.end(), offset);
  auto index = static_cast<uint32_t>(after - line_starts.begin());  // from 1
  Span span;
  span.file = file;
  span.line = first_line + index - 1;
  span.column = offset - line_starts[index - 1] + 1;
  return span;
}

std::string Program::excerpt_at(uint32_t offset) const {
  Span span = span_at(offset);
  // make_excerpt counts lines from the start of its text, so a block in the middle of a file needs
  // its lines before it.
  if (first_line == 1) return make_excerpt(text, span);
  std::string padded(first_line - 1, '\n');
  padded += text;
  return make_excerpt(padded, span);
}

bool is_plain_text(std::string_view text) {
  for (size_t at = text.find('{'); at != std::string_view::npos; at = text.find('{', at + 1)) {
    if (at + 1 >= text.size()) return true;
    char next = text[at + 1];
    if (next == '{' || next == '%' || next == '#') return false;
  }
  return true;
}

Result<Template> compile_template(std::string_view text, std::string_view file,
                                  uint32_t first_line) {
  SLUICE_ASSIGN(auto program, compile_program(text, {file, first_line, false}));
  Template tmpl;
  tmpl.name = file;
  tmpl.source = std::shared_ptr<const std::string>(program, &program->text);
  tmpl.program = std::move(program);
  return tmpl;
}

Result<std::shared_ptr<const Macro>> compile_macro(const Block& block, std::string_view file) {
  SLUICE_ASSIGN(auto program, compile_program(block.full, {file, block.line, false}));
  if (program->macros.empty()) {
    Error error(ErrorCode::kJinjaSyntax, "block '" + block.type + "' defines no macro");
    error.locate({std::string(file), block.line, block.column});
    return fail(std::move(error));
  }
  const DefinedMacro& defined = program->macros.front();
  const Function& function = program->functions[defined.function];
  auto macro = std::make_shared<Macro>();
  macro->name = defined.name;
  macro->file = file;
  macro->line = block.line;
  macro->supported_languages = defined.supported_languages;
  for (uint32_t i = 0; i < function.num_parameters; ++i) {
    MacroParameter parameter;
    parameter.name = program->name_of(function.slot_names[i]);
    parameter.annotation = defined.annotations[i];
    parameter.has_default = i + defined.num_defaults >= function.num_parameters;
    macro->parameters.push_back(std::move(parameter));
  }
  macro->program = std::move(program);
  return std::shared_ptr<const Macro>(std::move(macro));
}

namespace {

// Finds the calls in a syntax tree.
class CallFinder {
 public:
  explicit CallFinder(const Ast& ast) : ast_(ast) {}

  std::vector<StaticCall> run() {
    for (const Node& node : ast_.nodes) {
      if (node.kind == NodeKind::kCall) add_call(node);
    }
    return std::move(calls_);
  }

 private:
  void add(StaticCall call) {
    for (const StaticCall& known : calls_) {
      if (known.package == call.package && known.name == call.name &&
          known.is_dispatch == call.is_dispatch)
        return;
    }
    calls_.push_back(std::move(call));
  }

  std::string text_of(NodeId id) const {
    const Node& node = ast_.nodes[id];
    return node.kind == NodeKind::kText ? std::string(ast_.name(node.a)) : std::string();
  }

  void add_call(const Node& node) {
    const Node& callee = ast_.nodes[node.a];
    if (callee.kind == NodeKind::kName) {
      add({"", std::string(ast_.name(callee.a)), false});
      return;
    }
    if (callee.kind != NodeKind::kAttribute || ast_.nodes[callee.a].kind != NodeKind::kName) return;
    std::string owner(ast_.name(ast_.nodes[callee.a].a));
    std::string name(ast_.name(callee.b));
    if (owner == "adapter" && name == "dispatch") {
      add_dispatch(ast_.arguments[node.b]);
    } else {
      add({std::move(owner), std::move(name), false});
    }
  }

  void add_dispatch(const ArgumentsNode& args) {
    StaticCall call;
    call.is_dispatch = true;
    if (args.positional.count > 0) call.name = text_of(ast_.lists[args.positional.start]);
    if (args.positional.count > 1) call.package = text_of(ast_.lists[args.positional.start + 1]);
    for (const KeywordNode& keyword : args.keywords) {
      std::string_view key = ast_.name(keyword.name);
      if (key == "macro_name") call.name = text_of(keyword.value);
      if (key == "macro_namespace") call.package = text_of(keyword.value);
    }
    if (!call.name.empty()) add(std::move(call));
  }

  const Ast& ast_;
  std::vector<StaticCall> calls_;
};

}  // namespace

std::vector<StaticCall> static_macro_calls(const Macro& macro) {
  Ast ast(macro.program->text);
  Parser parser(macro.program->text, ast);
  if (!parser.parse()) return {};
  return CallFinder(ast).run();
}

}  // namespace sluice::jinja
