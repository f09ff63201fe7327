// re.Match, and replacement templates.
#include <fmt/format.h>

#include <algorithm>

#include "jinja/modules_re.h"
#include "jinja/numbers.h"
#include "jinja/ops.h"
#include "jinja/ops_errors.h"
#include "jinja/value_text.h"

namespace sluice::jinja {
namespace {

const MatchObject& match_of(const Value& value) {
  return static_cast<const MatchObject&>(value.as_object());
}

Result<size_t> group_argument(const MatchObject& match, const CallArgs& args) {
  if (args.positional.empty()) return 0;
  return match.group_number(args.positional[0]);
}

Result<Value> match_end(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(const size_t number, group_argument(match_of(self), args));
  return Value::integer(match_of(self).bounds(number).second);
}

Result<Value> match_expand(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  if (!args.positional[0].is_string())
    return runtime_failure("expected string or bytes-like object");
  const MatchObject& match = match_of(self);
  SLUICE_ASSIGN(const ReplacementTemplate replacement,
                ReplacementTemplate::parse(args.positional[0].as_string(), *match.regex()));
  SLUICE_ASSIGN(const Value subject, get_attribute(self, "string", UndefinedFlavor::kDefault));
  std::string out;
  replacement.expand(subject.as_string(), match.spans(), out);
  return Value::string(std::move(out));
}

Result<Value> match_group(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  const MatchObject& match = match_of(self);
  if (args.positional.empty()) return match.group(0, Value::none());
  std::vector<Value> groups;
  for (const Value& key : args.positional) {
    SLUICE_ASSIGN(const size_t number, match.group_number(key));
    groups.push_back(match.group(number, Value::none()));
  }
  return groups.size() == 1 ? groups[0] : Value::tuple(std::move(groups));
}

Result<Value> match_groupdict(Interpreter& /*interpreter*/, const Value& self,
                              const CallArgs& args) {
  SLUICE_ASSIGN(const auto bound,
                bind_arguments<1>("groupdict", {std::string_view("default")}, args));
  Value result = Value::dict();
  for (const auto& [name, number] : match_of(self).regex()->names())
    result.as_dict().set(
        name, match_of(self).group(number, bound[0] == nullptr ? Value::none() : *bound[0]));
  return result;
}

Result<Value> match_groups(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(const auto bound, bind_arguments<1>("groups", {std::string_view("default")}, args));
  std::vector<Value> groups;
  for (size_t i = 1; i < match_of(self).spans().size(); ++i)
    groups.push_back(match_of(self).group(i, bound[0] == nullptr ? Value::none() : *bound[0]));
  return Value::tuple(std::move(groups));
}

Result<Value> match_span(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(const size_t number, group_argument(match_of(self), args));
  const auto [start, end] = match_of(self).bounds(number);
  return Value::tuple({Value::integer(start), Value::integer(end)});
}

Result<Value> match_start(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(const size_t number, group_argument(match_of(self), args));
  return Value::integer(match_of(self).bounds(number).first);
}

constexpr MethodTable kMethods(std::to_array<Method>({
    {"end", match_end, Arity::kPositional, 0, 1},
    {"expand", match_expand, Arity::kOne},
    {"group", match_group, Arity::kPositional, 0, kAnyNumber},
    {"groupdict", match_groupdict, Arity::kKeywords},
    {"groups", match_groups, Arity::kKeywords},
    {"span", match_span, Arity::kPositional, 0, 1},
    {"start", match_start, Arity::kPositional, 0, 1},
}));

}  // namespace

const Method* MatchObject::method(std::string_view name) const { return kMethods.find(name); }

std::optional<Value> MatchObject::field(std::string_view name) const {
  if (name == "string") return subject_;
  if (name == "re") return Value::object(make_ref<PatternObject>(regex_));
  if (name == "pos") return Value::integer(0);
  if (name == "endpos")
    return Value::integer(static_cast<int64_t>(utf8_length(subject_.as_string())));
  if (name != "lastindex" && name != "lastgroup") return std::nullopt;
  // The group that closed last.
  size_t last = 0;
  for (size_t i = 1; i < spans_.size(); ++i)
    if (spans_[i].first != std::string::npos &&
        (last == 0 || spans_[i].second > spans_[last].second))
      last = i;
  if (last == 0) return Value::none();
  if (name == "lastindex") return Value::integer(static_cast<int64_t>(last));
  for (const auto& [group_name, number] : regex_->names())
    if (number == last) return Value::string(group_name);
  return Value::none();
}

Result<std::string> MatchObject::repr() const {
  const auto [start, end] = bounds(0);
  SLUICE_ASSIGN(const std::string text, to_repr(group(0, Value::none())));
  return fmt::format("<re.Match object; span=({}, {}), match={}>", start, end, text);
}

Result<std::optional<Value>> MatchObject::item(const Value& key) const {
  const Result<size_t> number = group_number(key);
  if (!number) return std::nullopt;  // an IndexError, which Jinja turns into an undefined
  return std::optional<Value>(group(*number, Value::none()));
}

Result<size_t> MatchObject::group_number(const Value& key) const {
  if (const std::optional<int64_t> number = integer_in_range(key)) {
    if (*number >= 0 && static_cast<size_t>(*number) < spans_.size())
      return static_cast<size_t>(*number);
  } else if (key.is_string()) {
    for (const auto& [name, number_of_name] : regex_->names())
      if (name == key.as_string()) return number_of_name;
  }
  return runtime_failure("no such group");
}

Value MatchObject::group(size_t number, const Value& fallback) const {
  const auto& [start, end] = spans_[number];
  if (start == std::string::npos) return fallback;
  return Value::string(std::string_view(subject_.as_string()).substr(start, end - start));
}

std::pair<int64_t, int64_t> MatchObject::bounds(size_t number) const {
  const auto& [start, end] = spans_[number];
  if (start == std::string::npos) return {-1, -1};
  const std::string_view text = subject_.as_string();
  const size_t before = utf8_length(text.substr(0, start));
  const size_t inside = utf8_length(text.substr(start, end - start));
  return {static_cast<int64_t>(before), static_cast<int64_t>(before + inside)};
}

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Reads a replacement template once, from left to right.
class ReplacementParser {
 public:
  using Piece = ReplacementTemplate::Piece;

  ReplacementParser(std::string_view text, const Regex& regex) : text_(text), regex_(regex) {}

  Result<std::vector<Piece>> parse() {
    for (; position_ < text_.size(); ++position_) {
      if (text_[position_] == '\\')
        SLUICE_TRY(read_escape());
      else
        literal_ += text_[position_];
    }
    end_literal();
    return std::move(pieces_);
  }

 private:
  void end_literal() {
    if (!literal_.empty()) pieces_.push_back({std::move(literal_), std::string::npos});
    literal_.clear();
  }

  Status add_group(size_t number, size_t position) {
    if (number > regex_.num_groups())
      return runtime_failure(
          fmt::format("invalid group reference {} at position {}", number, position));
    end_literal();
    pieces_.push_back({{}, number});
    return {};
  }

  // Leaves `position_` at the last character of the escape.
  Status read_escape() {
    static constexpr std::string_view kNames = "nrtafvb\\";
    static constexpr std::string_view kMeanings = "\n\r\t\a\f\v\b\\";
    if (position_ + 1 == text_.size())
      return runtime_failure(fmt::format("bad escape (end of pattern) at position {}", position_));
    const char c = text_[++position_];
    if (text_.substr(position_).starts_with("g<")) return read_named_group();
    if (c >= '1' && c <= '9') return read_numbered_group();
    const size_t known = kNames.find(c);
    if (c == '0')
      literal_ += '\0';
    else if (known != std::string_view::npos)
      literal_ += kMeanings[known];
    else if (is_letter(c))
      return runtime_failure(fmt::format("bad escape \\{} at position {}", c, position_ - 1));
    else
      literal_.append({'\\', c});
    return {};
  }

  // \g<name> or \g<number>.
  Status read_named_group() {
    const size_t start = position_ + 2;
    const size_t close = text_.find('>', position_);
    if (close == std::string_view::npos)
      return runtime_failure(fmt::format("missing >, unterminated name at position {}", start));
    const std::string name(text_.substr(start, close - start));
    size_t number = std::string::npos;
    if (!name.empty() && name.size() < 9 && std::all_of(name.begin(), name.end(), is_digit))
      number = std::stoull(name);
    for (const auto& [group_name, group_number] : regex_.names())
      if (group_name == name) number = group_number;
    if (number == std::string::npos)
      return runtime_failure(fmt::format("unknown group name '{}'", name));
    position_ = close;
    return add_group(number, start);
  }

  // One or two digits.
  Status read_numbered_group() {
    const size_t start = position_;
    auto number = static_cast<size_t>(text_[start] - '0');
    if (start + 1 < text_.size() && is_digit(text_[start + 1]))
      number = number * 10 + static_cast<size_t>(text_[++position_] - '0');
    return add_group(number, start);
  }

  std::string_view text_;
  const Regex& regex_;
  size_t position_ = 0;
  std::string literal_;
  std::vector<Piece> pieces_;
};

}  // namespace

Result<ReplacementTemplate> ReplacementTemplate::parse(std::string_view text, const Regex& regex) {
  ReplacementTemplate result;
  SLUICE_ASSIGN(result.pieces_, ReplacementParser(text, regex).parse());
  return result;
}

void ReplacementTemplate::expand(std::string_view subject, const MatchSpans& spans,
                                 std::string& out) const {
  for (const Piece& piece : pieces_) {
    if (piece.group == std::string::npos) {
      out += piece.literal;
      continue;
    }
    const auto& [start, end] = spans[piece.group];
    if (start != std::string::npos) out += subject.substr(start, end - start);
  }
}

}  // namespace sluice::jinja
