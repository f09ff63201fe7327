#include "project/ignore_rules.h"

#include <algorithm>
#include <optional>

namespace sluice::project {

namespace {

// What a "[…]" at the beginning of `pattern` says of `c`; nullopt when no "]" closes it. `length`
// is set to the characters it takes.
std::optional<bool> in_class(std::string_view pattern, char c, size_t& length) {
  size_t at = 1;
  const bool negated = at < pattern.size() && (pattern[at] == '!' || pattern[at] == '^');
  if (negated) ++at;
  bool found = false;
  for (const size_t first = at; at < pattern.size(); ++at) {
    if (pattern[at] == ']' && at > first) {
      length = at + 1;
      return found != negated && c != '/';
    }
    if (at + 2 < pattern.size() && pattern[at + 1] == '-' && pattern[at + 2] != ']') {
      found = found || (pattern[at] <= c && c <= pattern[at + 2]);
      at += 2;
    } else {
      found = found || pattern[at] == c;
    }
  }
  return std::nullopt;
}

bool matches(std::string_view pattern, std::string_view text);

// "**/" is any folders or none, "/**" at the end all that is inside, "*" anything but a slash.
bool matches_star(std::string_view pattern, std::string_view text) {
  const bool crosses = pattern.starts_with("**");
  const std::string_view rest = pattern.substr(
      pattern.find_first_not_of('*') == std::string_view::npos ? pattern.size()
                                                               : pattern.find_first_not_of('*'));
  if (crosses && rest.starts_with('/') && matches(rest.substr(1), text)) return true;
  for (size_t taken = 0; taken <= text.size(); ++taken) {
    if (matches(rest, text.substr(taken))) return true;
    if (taken < text.size() && text[taken] == '/' && !crosses) return false;
  }
  return false;
}

bool matches(std::string_view pattern, std::string_view text) {
  while (!pattern.empty()) {
    if (pattern.front() == '*') return matches_star(pattern, text);
    if (text.empty()) return false;
    size_t length = 1;
    if (pattern.front() == '?') {
      if (text.front() == '/') return false;
    } else if (std::optional<bool> in = pattern.front() == '['
                                            ? in_class(pattern, text.front(), length)
                                            : std::nullopt) {
      if (!*in) return false;
    } else {
      if (pattern.front() == '\\' && pattern.size() > 1) pattern.remove_prefix(1);
      if (pattern.front() != text.front()) return false;
    }
    pattern.remove_prefix(length);
    text.remove_prefix(1);
  }
  return text.empty();
}

}  // namespace

IgnoreRules::IgnoreRules(std::string_view text) {
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    while (!line.empty() && (line.back() == ' ' || line.back() == '\r' || line.back() == '\t'))
      line.remove_suffix(1);
    if (line.empty() || line.front() == '#') continue;
    Rule rule;
    rule.is_exception = line.front() == '!';
    if (rule.is_exception) line.remove_prefix(1);
    rule.is_folder = line.ends_with('/');
    if (rule.is_folder) line.remove_suffix(1);
    rule.is_anchored = line.find('/') != std::string_view::npos;
    if (line.starts_with('/')) line.remove_prefix(1);
    rule.pattern = std::string(line);
    if (!rule.pattern.empty()) rules_.push_back(std::move(rule));
  }
}

// A pattern fits a path when it fits the path itself or a folder above it.
bool IgnoreRules::fits(const Rule& rule, std::string_view path) {
  for (size_t begin = 0; begin <= path.size();) {
    for (size_t end = path.find('/', begin);; end = path.find('/', end + 1)) {
      const bool is_whole = end == std::string_view::npos;
      if (!(is_whole && rule.is_folder) &&
          matches(rule.pattern, path.substr(begin, is_whole ? end : end - begin)))
        return true;
      if (is_whole) break;
    }
    const size_t next = path.find('/', begin);
    if (rule.is_anchored || next == std::string_view::npos) return false;
    begin = next + 1;
  }
  return false;
}

bool IgnoreRules::ignores(std::string_view path) const {
  const auto last = std::find_if(rules_.rbegin(), rules_.rend(),
                                 [path](const Rule& rule) { return fits(rule, path); });
  return last != rules_.rend() && !last->is_exception;
}

}  // namespace sluice::project
