#include "jinja/native.h"

#include "jinja/filter_arguments.h"
#include "jinja/lexer.h"
#include "jinja/parser.h"

namespace sluice::jinja {

namespace {

class MarkedText final : public Object {
 public:
  MarkedText(NativeMark mark, std::string text) : mark_(mark), text_(std::move(text)) {}
  std::string_view type_name() const override { return "str"; }
  Result<std::string> str() const override { return text_; }
  Result<std::string> repr() const override { return string_repr(text_); }
  bool truth() const override { return !text_.empty(); }
  bool equals(const Value& other) const override {
    if (other.is_string()) return other.as_string() == text_;
    auto* marked = other.object_as<MarkedText>();
    return marked != nullptr && marked->text_ == text_;
  }
  std::optional<uint64_t> hash() const override { return jinja::hash(Value::string(text_)); }
  std::optional<Value> to_plain() const override { return Value::string(text_); }
  NativeMark mark() const { return mark_; }
  const std::string& text() const { return text_; }

 private:
  NativeMark mark_;
  std::string text_;
};

// Turns the syntax tree of an expression into a value when it is a Python literal.
class LiteralReader {
 public:
  explicit LiteralReader(const Ast& ast) : ast_(ast) {}

  std::optional<Value> read(NodeId id) const {
    const Node& node = ast_.nodes[id];
    switch (node.kind) {
      case NodeKind::kConst:
        return constant(node);
      case NodeKind::kText:
        return Value::string(ast_.name(node.a));
      case NodeKind::kNegate:
      case NodeKind::kPositive:
        return signed_number(node);
      case NodeKind::kTuple:
      case NodeKind::kList:
        return sequence(node);
      case NodeKind::kDict:
        return dict(node);
      default:
        return std::nullopt;
    }
  }

 private:
  // Jinja also knows `true` and `none`; Python does not.
  std::optional<Value> constant(const Node& node) const {
    char first = ast_.text[node.offset];
    if (first == 't' || first == 'f' || first == 'n') return std::nullopt;
    return ast_.constants[node.a];
  }

  std::optional<Value> signed_number(const Node& node) const {
    auto inner = read(node.a);
    bool number = inner && (inner->is_int() || inner->is_float() || inner->kind() == Kind::kBigInt);
    if (!number) return std::nullopt;
    auto result = node.kind == NodeKind::kNegate ? negate(*inner) : positive(*inner);
    if (!result) return std::nullopt;
    return std::move(*result);
  }

  std::optional<Value> sequence(const Node& node) const {
    std::vector<Value> items;
    for (uint32_t i = 0; i < node.b; ++i) {
      auto item = read(ast_.lists[node.a + i]);
      if (!item) return std::nullopt;
      items.push_back(std::move(*item));
    }
    return node.kind == NodeKind::kList ? Value::list(std::move(items))
                                        : Value::tuple(std::move(items));
  }

  std::optional<Value> dict(const Node& node) const {
    Value result = Value::dict();
    for (uint32_t i = 0; i < node.b; i += 2) {
      auto key = read(ast_.lists[node.a + i]);
      auto value = read(ast_.lists[node.a + i + 1]);
      if (!key || !value || !jinja::hash(*key)) return std::nullopt;
      result.as_dict().set(*key, std::move(*value));
    }
    return result;
  }

  const Ast& ast_;
};

tl::unexpected<Error> wrong_type(std::string_view text, std::string_view type) {
  return fail(ErrorCode::kJinjaRuntime, "Could not convert value '" + std::string(text) +
                                            "' into type '" + std::string(type) + "'");
}

Result<Value> converted(const MarkedText& marked) {
  const std::string& text = marked.text();
  if (marked.mark() == NativeMark::kText) return Value::string(text);
  auto literal = parse_literal(text);
  if (marked.mark() == NativeMark::kBool) {
    if (literal && literal->is_bool()) return std::move(*literal);
    return wrong_type(text, "bool");
  }
  if (marked.mark() == NativeMark::kNumber) {
    bool number =
        literal && (literal->is_int() || literal->is_float() || literal->kind() == Kind::kBigInt);
    if (number) return std::move(*literal);
    return wrong_type(text, "number");
  }
  return literal ? std::move(*literal) : Value::string(text);
}

}  // namespace

Value mark_native(NativeMark mark, std::string text) {
  return Value::object(make_ref<MarkedText>(mark, std::move(text)));
}

std::optional<Value> parse_literal(std::string_view text) {
  size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return std::nullopt;
  std::string source = "{{" + std::string(text.substr(begin)) + "\n}}";
  if (source[2] == '-' || source[2] == '+') source.insert(2, 1, ' ');
  Ast ast(source);
  Parser parser(source, ast);
  if (!parser.parse() || ast.body.count != 1) return std::nullopt;
  const Node& node = ast.nodes[ast.lists[ast.body.start]];
  if (node.kind != NodeKind::kPrint) return std::nullopt;
  return LiteralReader(ast).read(node.a);
}

Result<Value> join_native(const std::vector<Value>& parts) {
  if (parts.size() == 1) {
    auto* marked = parts[0].object_as<MarkedText>();
    return marked != nullptr ? converted(*marked) : Result<Value>(parts[0]);
  }
  std::string text;
  for (const Value& part : parts) SLUICE_TRY(append_str(part, text));
  return Value::string(std::move(text));
}

}  // namespace sluice::jinja
