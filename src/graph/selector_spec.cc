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

constexpr std::array<std::pair<std::string_view, Method>, 19> kMethods{{
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
}};

// Methods that compare with something that is not part of the project.
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kArtifactMethods{{
    {"state", "the manifest of an earlier run"},
    {"result", "the results of an earlier run"},
    {"source_status", "the freshness results of an earlier run"},
    {"selector", "selectors.yml"},
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
  for (const auto& [known, needs] : kArtifactMethods)
    if (known == name)
      return fail(
          ErrorCode::kSelectorUnknownMethod,
          fmt::format("selector method \"{}\" in \"{}\" cannot be used: it compares with {}", name,
                      text, needs),
          "this version does not read these files yet; select by name, path, tag or config");
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
  std::string_view name = rest.substr(0, end);
  rest.remove_prefix(end + 1);
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

}  // namespace

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
    std::string_view rest = text;
    while (!rest.empty()) {
      const size_t end = std::min(rest.find_first_of(" \t\n"), rest.size());
      std::string_view word = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      if (word.empty()) continue;
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
    }
  }
  return words;
}

}  // namespace sluice::graph
