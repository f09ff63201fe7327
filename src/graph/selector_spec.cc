#include "graph/selector_spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <utility>

#include "base/suggest.h"

namespace sluice::graph {

namespace {

constexpr std::array<std::pair<std::string_view, Method>, 22> kMethods{{
    {"fqn", Method::kFqn},
    {"tag", Method::kTag},
    {"group", Method::kGroup},
    {"access", Method::kAccess},
    {"source", Method::kSource},
    {"path", Method::kPath},
    {"file", Method::kFile},
    {"package", Method::kPackage},
    {"config", Method::kConfig},
    {"test_name", Method::kTestName},
    {"test_type", Method::kTestType},
    {"resource_type", Method::kResourceType},
    {"exposure", Method::kExposure},
    {"metric", Method::kMetric},
    {"semantic_model", Method::kSemanticModel},
    {"saved_query", Method::kSavedQuery},
    {"unit_test", Method::kUnitTest},
    {"function", Method::kFunction},
    {"version", Method::kVersion},
    {"state", Method::kState},
    {"result", Method::kResult},
    {"source_status", Method::kSourceStatus},
}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_method_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' ||
         (c & 0x80) != 0;
}

Result<int> parse_depth(std::string_view text, std::string_view digits) {
  if (digits.empty()) return -1;
  int depth = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), depth);
  if (problem != std::errc() || end != digits.data() + digits.size())
    return fail(ErrorCode::kSelectorSyntax,
                fmt::format("the number of steps in selector \"{}\" is too large, at column {}",
                            text, digits.data() - text.data() + 1),
                "leave the number out to take all steps");
  return depth;
}

Result<Method> find_method(std::string_view text, std::string_view name) {
  for (const auto& [known, method] : kMethods)
    if (known == name) return method;
  if (name == "selector")
    return fail(ErrorCode::kSelectorUnknownMethod,
                fmt::format("\"selector\" is not a valid method name, in selector \"{}\"", text),
                "give the name of a selector with --selector; inside selectors.yml write {method: "
                "selector, value: name}");
  std::vector<std::string_view> names;
  for (const auto& entry : kMethods) names.push_back(entry.first);
  const std::string nearest = nearest_name(name, names);
  return fail(ErrorCode::kSelectorUnknownMethod,
              fmt::format("\"{}\" is not a valid method name, in selector \"{}\"", name, text),
              nearest.empty() ? fmt::format("known methods: {}", fmt::join(names, ", "))
                              : fmt::format("did you mean \"{}:\"?", nearest));
}

// A value without method: a path when it has a separator, a file when it ends like one, else a
// name.
Method default_method(std::string_view value) {
  if (value.find('/') != std::string_view::npos) return Method::kPath;
  std::string lower(value);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (const std::string_view ending : {".sql", ".py", ".csv"})
    if (lower.ends_with(ending)) return Method::kFile;
  return Method::kFqn;
}

// Takes `@` or `n+` off the front.
Status parse_prefix(std::string_view text, std::string_view& rest, Criterion& criterion) {
  if (rest.starts_with('@')) {
    criterion.childrens_parents = true;
    rest.remove_prefix(1);
  }
  size_t num_digits = 0;
  while (num_digits < rest.size() && is_digit(rest[num_digits])) ++num_digits;
  if (num_digits >= rest.size() || rest[num_digits] != '+') return {};
  SLUICE_ASSIGN(criterion.parents_depth, parse_depth(text, rest.substr(0, num_digits)));
  criterion.parents = true;
  rest.remove_prefix(num_digits + 1);
  return {};
}

// Takes `+n` off the end.
Status parse_suffix(std::string_view text, std::string_view& rest, Criterion& criterion) {
  size_t begin = rest.size();
  while (begin > 0 && is_digit(rest[begin - 1])) --begin;
  if (begin == 0 || rest[begin - 1] != '+') return {};
  SLUICE_ASSIGN(criterion.children_depth, parse_depth(text, rest.substr(begin)));
  criterion.children = true;
  rest.remove_suffix(rest.size() - begin + 1);
  return {};
}

// Takes `method.argument:` off the front.
Status parse_method(std::string_view text, std::string_view& rest, Criterion& criterion) {
  size_t end = 0;
  while (end < rest.size() && is_method_character(rest[end])) ++end;
  if (end == 0 || end >= rest.size() || rest[end] != ':') {
    criterion.method = default_method(rest);
    return {};
  }
  const std::string_view name = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return parse_method_name(text, name, criterion);
}

}  // namespace

std::optional<IndirectSelection> indirect_selection_named(std::string_view name) {
  if (name == "eager") return IndirectSelection::kEager;
  if (name == "cautious") return IndirectSelection::kCautious;
  if (name == "buildable") return IndirectSelection::kBuildable;
  if (name == "empty") return IndirectSelection::kEmpty;
  return std::nullopt;
}

std::string_view method_name(Method method) {
  for (const auto& [name, known] : kMethods)
    if (known == method) return name;
  return {};
}

Status parse_method_name(std::string_view text, std::string_view name, Criterion& criterion) {
  const size_t dot = name.find('.');
  if (dot != std::string_view::npos) {
    std::string_view arguments = name.substr(dot + 1);
    name = name.substr(0, dot);
    for (;;) {
      const size_t next = arguments.find('.');
      criterion.arguments.emplace_back(arguments.substr(0, next));
      if (next == std::string_view::npos) break;
      arguments.remove_prefix(next + 1);
    }
  }
  SLUICE_ASSIGN(criterion.method, find_method(text, name));
  return {};
}

Result<Criterion> parse_criterion(std::string_view text) {
  Criterion criterion;
  criterion.raw = text;
  std::string_view rest = text;
  SLUICE_TRY(parse_prefix(text, rest, criterion));
  SLUICE_TRY(parse_suffix(text, rest, criterion));
  SLUICE_TRY(parse_method(text, rest, criterion));
  criterion.value = rest;
  if (criterion.childrens_parents && criterion.children)
    return fail(
        ErrorCode::kSelectorSyntax,
        fmt::format(
            "\"@\" in front and \"+\" behind cannot be combined in selector \"{}\", at column {}",
            text, text.rfind('+') + 1),
        "\"@\" takes the descendants already: leave the \"+\" out");
  return criterion;
}

Result<std::vector<SelectorWord>> parse_selectors(const std::vector<std::string>& texts) {
  std::vector<SelectorWord> words;
  for (const std::string& text : texts) {
    for (std::string_view rest = text;;) {
      const size_t end = rest.find(' ');
      std::string_view word = rest.substr(0, end);
      SelectorWord parsed;
      parsed.raw = word;
      for (;;) {
        const size_t comma = word.find(',');
        SLUICE_ASSIGN(Criterion criterion, parse_criterion(word.substr(0, comma)));
        parsed.criteria.push_back(std::move(criterion));
        if (comma == std::string_view::npos) break;
        word.remove_prefix(comma + 1);
      }
      words.push_back(std::move(parsed));
      if (end == std::string_view::npos) break;
      rest.remove_prefix(end + 1);
    }
  }
  return words;
}

}  // namespace sluice::graph
