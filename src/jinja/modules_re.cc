// re.Pattern and the functions of the module `re`.
#include "jinja/modules_re.h"

#include <fmt/format.h>

#include <limits>

#include "jinja/modules_iterator.h"
#include "jinja/numbers.h"
#include "jinja/ops.h"
#include "jinja/ops_errors.h"
#include "jinja/value_text.h"

namespace sluice::jinja {
namespace {

const Ref<Regex>& regex_of(const Value& value) {
  return static_cast<const PatternObject&>(value.as_object()).regex();
}

Result<const Value*> subject_argument(const Value* value) {
  if (value == nullptr) return runtime_failure("missing required argument 'string'");
  if (value->is_undefined()) return fail(undefined_error(*value));
  if (!value->is_string())
    return runtime_failure(
        fmt::format("expected string or bytes-like object, got '{}'", type_name(*value)));
  return value;
}

// The subject of a search with its bounds; the text behind `endpos` is cut off, as Python does.
struct Subject {
  Value text;
  size_t start = 0;
};

Result<Subject> subject_of(const std::array<const Value*, 3>& bound) {
  SLUICE_ASSIGN(const Value* text, subject_argument(bound[0]));
  Subject subject{*text, 0};
  if (bound[2] != nullptr) {
    SLUICE_ASSIGN(const int64_t end, index_argument(*bound[2]));
    SLUICE_ASSIGN(subject.text, slice(*text, Value::none(),
                                      Value::integer(std::max<int64_t>(end, 0)), Value::none()));
  }
  if (bound[1] != nullptr) {
    SLUICE_ASSIGN(const int64_t start, index_argument(*bound[1]));
    subject.start =
        byte_offset(subject.text.as_string(), static_cast<size_t>(std::max<int64_t>(start, 0)));
  }
  return subject;
}

Result<Value> match_once(const Ref<Regex>& regex, const Subject& subject, Anchor anchor) {
  SLUICE_ASSIGN(std::optional<MatchSpans> spans,
                regex->match(subject.text.as_string(), subject.start, anchor, false));
  if (!spans) return Value::none();
  return Value::object(make_ref<MatchObject>(regex, subject.text, std::move(*spans)));
}

Value text_of_group(std::string_view subject, const MatchSpans& spans, size_t group,
                    const Value& fallback) {
  const auto& [start, end] = spans[group];
  if (start == std::string::npos) return fallback;
  return Value::string(subject.substr(start, end - start));
}

Result<Value> find_texts(const Ref<Regex>& regex, const Subject& subject) {
  const std::string_view text = subject.text.as_string();
  SLUICE_ASSIGN(const std::vector<MatchSpans> matches, find_all(*regex, text, subject.start, 0));
  std::vector<Value> found;
  for (const MatchSpans& spans : matches) {
    if (regex->num_groups() <= 1) {
      found.push_back(text_of_group(text, spans, regex->num_groups(), Value::string("")));
      continue;
    }
    std::vector<Value> groups;
    for (size_t i = 1; i < spans.size(); ++i)
      groups.push_back(text_of_group(text, spans, i, Value::string("")));
    found.push_back(Value::tuple(std::move(groups)));
  }
  return Value::list(std::move(found));
}

Result<Value> find_matches(const Ref<Regex>& regex, const Subject& subject) {
  SLUICE_ASSIGN(std::vector<MatchSpans> matches,
                find_all(*regex, subject.text.as_string(), subject.start, 0));
  std::vector<Value> found;
  for (MatchSpans& spans : matches)
    found.push_back(Value::object(make_ref<MatchObject>(regex, subject.text, std::move(spans))));
  return make_iterator("callable_iterator", std::move(found));
}

struct Substitution {
  std::string text;
  int64_t count = 0;
};

Result<Substitution> substitute(Interpreter& interpreter, const Ref<Regex>& regex,
                                const Value* replacement, const Value* subject_value,
                                const Value* limit_value) {
  if (replacement == nullptr) return runtime_failure("missing required argument 'repl'");
  SLUICE_ASSIGN(const Value* subject, subject_argument(subject_value));
  int64_t limit = 0;
  if (limit_value != nullptr) {
    SLUICE_ASSIGN(limit, index_argument(*limit_value));
  }
  std::optional<ReplacementTemplate> parsed;
  if (replacement->is_string()) {
    SLUICE_ASSIGN(parsed, ReplacementTemplate::parse(replacement->as_string(), *regex));
  }
  const std::string_view text = subject->as_string();
  SLUICE_ASSIGN(const std::vector<MatchSpans> matches, find_all(*regex, text, 0, limit));
  Substitution result;
  size_t done = 0;
  for (const MatchSpans& spans : matches) {
    result.text += text.substr(done, spans[0].first - done);
    if (parsed) {
      parsed->expand(text, spans, result.text);
    } else {
      const Value match = Value::object(make_ref<MatchObject>(regex, *subject, spans));
      SLUICE_ASSIGN(const Value made, call(interpreter, *replacement, CallArgs{{&match, 1}, {}}));
      if (!made.is_string())
        return runtime_failure(fmt::format("expected str instance, {} found", type_name(made)));
      result.text += made.as_string();
    }
    done = spans[0].second;
    ++result.count;
  }
  result.text += text.substr(done);
  return result;
}

Result<Value> split_text(const Ref<Regex>& regex, const Value* subject_value,
                         const Value* limit_value) {
  SLUICE_ASSIGN(const Value* subject, subject_argument(subject_value));
  int64_t limit = 0;
  if (limit_value != nullptr) {
    SLUICE_ASSIGN(limit, index_argument(*limit_value));
  }
  const std::string_view text = subject->as_string();
  if (limit < 0) return Value::list({*subject});
  SLUICE_ASSIGN(const std::vector<MatchSpans> matches, find_all(*regex, text, 0, limit));
  std::vector<Value> parts;
  size_t done = 0;
  for (const MatchSpans& spans : matches) {
    parts.push_back(Value::string(text.substr(done, spans[0].first - done)));
    for (size_t i = 1; i < spans.size(); ++i)
      parts.push_back(text_of_group(text, spans, i, Value::none()));
    done = spans[0].second;
  }
  parts.push_back(Value::string(text.substr(done)));
  return Value::list(std::move(parts));
}

// Methods of a compiled pattern.

template <Anchor kAnchor>
Result<Value> pattern_match(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(const auto bound,
                bind_arguments<3>("match", {std::string_view("string"), "pos", "endpos"}, args));
  SLUICE_ASSIGN(const Subject subject, subject_of(bound));
  return match_once(regex_of(self), subject, kAnchor);
}

Result<Value> pattern_findall(Interpreter& /*interpreter*/, const Value& self,
                              const CallArgs& args) {
  SLUICE_ASSIGN(const auto bound,
                bind_arguments<3>("findall", {std::string_view("string"), "pos", "endpos"}, args));
  SLUICE_ASSIGN(const Subject subject, subject_of(bound));
  return find_texts(regex_of(self), subject);
}

Result<Value> pattern_finditer(Interpreter& /*interpreter*/, const Value& self,
                               const CallArgs& args) {
  SLUICE_ASSIGN(const auto bound,
                bind_arguments<3>("finditer", {std::string_view("string"), "pos", "endpos"}, args));
  SLUICE_ASSIGN(const Subject subject, subject_of(bound));
  return find_matches(regex_of(self), subject);
}

Result<Value> pattern_split(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(const auto bound,
                bind_arguments<2>("split", {std::string_view("string"), "maxsplit"}, args));
  return split_text(regex_of(self), bound[0], bound[1]);
}

Result<Value> pattern_sub(Interpreter& interpreter, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(const auto bound,
                bind_arguments<3>("sub", {std::string_view("repl"), "string", "count"}, args));
  SLUICE_ASSIGN(Substitution result,
                substitute(interpreter, regex_of(self), bound[0], bound[1], bound[2]));
  return Value::string(std::move(result.text));
}

Result<Value> pattern_subn(Interpreter& interpreter, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(const auto bound,
                bind_arguments<3>("subn", {std::string_view("repl"), "string", "count"}, args));
  SLUICE_ASSIGN(Substitution result,
                substitute(interpreter, regex_of(self), bound[0], bound[1], bound[2]));
  return Value::tuple({Value::string(std::move(result.text)), Value::integer(result.count)});
}

constexpr MethodTable kPatternMethods(std::to_array<Method>({
    {"findall", pattern_findall, Arity::kKeywords},
    {"finditer", pattern_finditer, Arity::kKeywords},
    {"fullmatch", pattern_match<Anchor::kBoth>, Arity::kKeywords},
    {"match", pattern_match<Anchor::kStart>, Arity::kKeywords},
    {"search", pattern_match<Anchor::kNone>, Arity::kKeywords},
    {"split", pattern_split, Arity::kKeywords},
    {"sub", pattern_sub, Arity::kKeywords},
    {"subn", pattern_subn, Arity::kKeywords},
}));

// Functions of the module.

Result<Ref<Regex>> regex_argument(const Value* pattern, const Value* flags_value) {
  if (pattern == nullptr) return runtime_failure("missing required argument 'pattern'");
  int64_t flags = 0;
  if (flags_value != nullptr) {
    SLUICE_ASSIGN(flags, index_argument(*flags_value));
  }
  if (const auto* compiled = pattern->object_as<PatternObject>()) {
    if (flags != 0) return runtime_failure("cannot process flags argument with a compiled pattern");
    return compiled->regex();
  }
  if (pattern->is_undefined()) return fail(undefined_error(*pattern));
  if (!pattern->is_string())
    return runtime_failure("first argument must be string or compiled pattern");
  return Regex::compile(pattern->as_string(), flags);
}

Result<Value> re_compile(Interpreter& /*interpreter*/, const CallArgs& args) {
  SLUICE_ASSIGN(const auto bound,
                bind_arguments<2>("compile", {std::string_view("pattern"), "flags"}, args));
  SLUICE_ASSIGN(Ref<Regex> regex, regex_argument(bound[0], bound[1]));
  return Value::object(make_ref<PatternObject>(std::move(regex)));
}

template <Anchor kAnchor>
Result<Value> re_match(Interpreter& /*interpreter*/, const CallArgs& args) {
  SLUICE_ASSIGN(const auto bound,
                bind_arguments<3>("match", {std::string_view("pattern"), "string", "flags"}, args));
  SLUICE_ASSIGN(const Ref<Regex> regex, regex_argument(bound[0], bound[2]));
  SLUICE_ASSIGN(const Value* subject, subject_argument(bound[1]));
  return match_once(regex, Subject{*subject, 0}, kAnchor);
}

Result<Value> re_findall(Interpreter& /*interpreter*/, const CallArgs& args) {
  SLUICE_ASSIGN(
      const auto bound,
      bind_arguments<3>("findall", {std::string_view("pattern"), "string", "flags"}, args));
  SLUICE_ASSIGN(const Ref<Regex> regex, regex_argument(bound[0], bound[2]));
  SLUICE_ASSIGN(const Value* subject, subject_argument(bound[1]));
  return find_texts(regex, Subject{*subject, 0});
}

Result<Value> re_finditer(Interpreter& /*interpreter*/, const CallArgs& args) {
  SLUICE_ASSIGN(
      const auto bound,
      bind_arguments<3>("finditer", {std::string_view("pattern"), "string", "flags"}, args));
  SLUICE_ASSIGN(const Ref<Regex> regex, regex_argument(bound[0], bound[2]));
  SLUICE_ASSIGN(const Value* subject, subject_argument(bound[1]));
  return find_matches(regex, Subject{*subject, 0});
}

Result<Value> re_split(Interpreter& /*interpreter*/, const CallArgs& args) {
  SLUICE_ASSIGN(const auto bound,
                bind_arguments<4>(
                    "split", {std::string_view("pattern"), "string", "maxsplit", "flags"}, args));
  SLUICE_ASSIGN(const Ref<Regex> regex, regex_argument(bound[0], bound[3]));
  return split_text(regex, bound[1], bound[2]);
}

Result<Value> re_sub(Interpreter& interpreter, const CallArgs& args) {
  SLUICE_ASSIGN(
      const auto bound,
      bind_arguments<5>("sub", {std::string_view("pattern"), "repl", "string", "count", "flags"},
                        args));
  SLUICE_ASSIGN(const Ref<Regex> regex, regex_argument(bound[0], bound[4]));
  SLUICE_ASSIGN(Substitution result, substitute(interpreter, regex, bound[1], bound[2], bound[3]));
  return Value::string(std::move(result.text));
}

Result<Value> re_subn(Interpreter& interpreter, const CallArgs& args) {
  SLUICE_ASSIGN(
      const auto bound,
      bind_arguments<5>("subn", {std::string_view("pattern"), "repl", "string", "count", "flags"},
                        args));
  SLUICE_ASSIGN(const Ref<Regex> regex, regex_argument(bound[0], bound[4]));
  SLUICE_ASSIGN(Substitution result, substitute(interpreter, regex, bound[1], bound[2], bound[3]));
  return Value::tuple({Value::string(std::move(result.text)), Value::integer(result.count)});
}

Result<Value> re_escape(Interpreter& /*interpreter*/, const CallArgs& args) {
  SLUICE_ASSIGN(const auto bound, bind_arguments<1>("escape", {std::string_view("pattern")}, args));
  SLUICE_ASSIGN(const Value* text, subject_argument(bound[0]));
  std::string out;
  for (const char c : text->as_string()) {
    if (std::string_view("()[]{}?*+-|^$\\.&~# \t\n\r\v\f").find(c) != std::string_view::npos)
      out += '\\';
    out += c;
  }
  return Value::string(std::move(out));
}

Result<Value> re_purge(Interpreter& /*interpreter*/, const CallArgs& /*args*/) {
  return Value::none();
}

}  // namespace

const Method* PatternObject::method(std::string_view name) const {
  return kPatternMethods.find(name);
}

std::optional<Value> PatternObject::field(std::string_view name) const {
  if (name == "pattern") return Value::string(regex_->pattern());
  if (name == "flags") return Value::integer(regex_->flags());
  if (name == "groups") return Value::integer(static_cast<int64_t>(regex_->num_groups()));
  if (name != "groupindex") return std::nullopt;
  Value names = Value::dict();
  for (const auto& [group_name, number] : regex_->names())
    names.as_dict().set(group_name, Value::integer(static_cast<int64_t>(number)));
  return names;
}

Result<std::string> PatternObject::repr() const {
  std::string flags;
  const auto add_flag = [&](int64_t bit, std::string_view name) {
    if ((regex_->flags() & bit) != 0)
      flags += fmt::format("{}re.{}", flags.empty() ? "" : "|", name);
  };
  add_flag(kRegexIgnoreCase, "IGNORECASE");
  add_flag(kRegexMultiline, "MULTILINE");
  add_flag(kRegexDotAll, "DOTALL");
  add_flag(kRegexVerbose, "VERBOSE");
  add_flag(kRegexAscii, "ASCII");
  return fmt::format("re.compile({}{}{})", string_repr(regex_->pattern()),
                     flags.empty() ? "" : ", ", flags);
}

bool PatternObject::equals(const Value& other) const {
  const auto* pattern = other.object_as<PatternObject>();
  return pattern != nullptr && pattern->regex_->pattern() == regex_->pattern() &&
         pattern->regex_->flags() == regex_->flags();
}

Result<std::vector<MatchSpans>> find_all(const Regex& regex, std::string_view subject, size_t start,
                                         int64_t limit) {
  std::vector<MatchSpans> matches;
  bool must_advance = false;
  while (start <= subject.size() && (limit <= 0 || static_cast<int64_t>(matches.size()) < limit)) {
    SLUICE_ASSIGN(std::optional<MatchSpans> spans,
                  regex.match(subject, start, Anchor::kNone, must_advance));
    if (!spans) break;
    start = (*spans)[0].second;
    must_advance = (*spans)[0].first == start;
    matches.push_back(std::move(*spans));
  }
  return matches;
}

Value make_re_module() {
  Value module = Value::dict();
  Dict& members = module.as_dict();
  const auto add_function = [&members](std::string name, NativeFunction function) {
    members.set(name, make_function(name, function));
  };
  add_function("compile", re_compile);
  add_function("search", re_match<Anchor::kNone>);
  add_function("match", re_match<Anchor::kStart>);
  add_function("fullmatch", re_match<Anchor::kBoth>);
  add_function("findall", re_findall);
  add_function("finditer", re_finditer);
  add_function("split", re_split);
  add_function("sub", re_sub);
  add_function("subn", re_subn);
  add_function("escape", re_escape);
  add_function("purge", re_purge);
  const auto add_flag = [&members](std::string_view name, std::string_view letter, int64_t bit) {
    members.set(name, Value::integer(bit));
    members.set(letter, Value::integer(bit));
  };
  add_flag("IGNORECASE", "I", kRegexIgnoreCase);
  add_flag("LOCALE", "L", kRegexLocale);
  add_flag("MULTILINE", "M", kRegexMultiline);
  add_flag("DOTALL", "S", kRegexDotAll);
  add_flag("UNICODE", "U", kRegexUnicode);
  add_flag("VERBOSE", "X", kRegexVerbose);
  add_flag("ASCII", "A", kRegexAscii);
  members.set("NOFLAG", Value::integer(0));
  return module;
}

}  // namespace sluice::jinja
