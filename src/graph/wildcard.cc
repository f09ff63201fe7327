#include "graph/wildcard.h"

#include <algorithm>

namespace sluice::graph {

namespace {

// The character at `position` of UTF-8 `text`; moves `position` behind it. A malformed byte stands
// for itself.
char32_t next_character(std::string_view text, size_t& position) {
  const auto lead = static_cast<unsigned char>(text[position]);
  size_t length = 1;
  char32_t character = lead;
  if (lead >= 0xF0) {
    length = 4;
    character = lead & 0x07U;
  } else if (lead >= 0xE0) {
    length = 3;
    character = lead & 0x0FU;
  } else if (lead >= 0xC0) {
    length = 2;
    character = lead & 0x1FU;
  }
  if (position + length > text.size()) {
    ++position;
    return lead;
  }
  for (size_t i = 1; i < length; ++i) {
    const auto byte = static_cast<unsigned char>(text[position + i]);
    if ((byte & 0xC0U) != 0x80U) {
      ++position;
      return lead;
    }
    character = (character << 6) | (byte & 0x3FU);
  }
  position += length;
  return character;
}

std::u32string decode(std::string_view text) {
  std::u32string out;
  out.reserve(text.size());
  for (size_t position = 0; position < text.size();) out += next_character(text, position);
  return out;
}

}  // namespace

bool has_wildcard(std::string_view text) {
  return text.find_first_of("*?[]") != std::string_view::npos;
}

bool Wildcard::Element::accepts(char32_t character) const {
  switch (kind) {
    case Kind::kLiteral:
      return character == literal;
    case Kind::kAny:
    case Kind::kStar:
      return true;
    case Kind::kSet:
      break;
  }
  const bool inside = std::any_of(ranges.begin(), ranges.end(), [character](const Range& range) {
    return character >= range.first && character <= range.last;
  });
  return inside != negated;
}

// Parses `[…]` whose '[' stands before `begin`; returns the position behind ']', or 0 when it is
// never closed (then the
// '[' is a plain character). A ']' right after the opening is a member.
size_t Wildcard::parse_set(const std::u32string& pattern, size_t begin, Element& element) {
  size_t position = begin;
  element.kind = Element::Kind::kSet;
  if (position < pattern.size() && pattern[position] == U'!') {
    element.negated = true;
    ++position;
  }
  size_t end = position;
  if (end < pattern.size() && pattern[end] == U']') ++end;
  while (end < pattern.size() && pattern[end] != U']') ++end;
  if (end >= pattern.size()) return 0;
  while (position < end) {
    const char32_t first = pattern[position];
    if (position + 2 < end && pattern[position + 1] == U'-') {
      element.ranges.push_back({first, pattern[position + 2]});  // an inverted range is empty
      position += 3;
    } else {
      element.ranges.push_back({first, first});
      ++position;
    }
  }
  return end + 1;
}

Wildcard::Wildcard(std::string_view pattern)
    : is_literal_(pattern.find_first_of("*?[") == std::string_view::npos), literal_(pattern) {
  if (is_literal_) return;
  const std::u32string characters = decode(pattern);
  for (size_t i = 0; i < characters.size();) {
    Element element{Element::Kind::kLiteral, characters[i], false, {}};
    ++i;
    if (element.literal == U'*') {
      element.kind = Element::Kind::kStar;
      if (!elements_.empty() && elements_.back().kind == Element::Kind::kStar) continue;
    } else if (element.literal == U'?') {
      element.kind = Element::Kind::kAny;
    } else if (element.literal == U'[') {
      Element set{Element::Kind::kSet, 0, false, {}};
      if (const size_t behind = parse_set(characters, i, set); behind != 0) {
        element = std::move(set);
        i = behind;
      }
    }
    elements_.push_back(std::move(element));
  }
}

// Greedy with one point to go back to: the latest star. Time is at most |text| x |pattern|.
bool Wildcard::matches(std::string_view text) const {
  if (is_literal_) return text == literal_;
  constexpr size_t kNone = static_cast<size_t>(-1);
  size_t position = 0;
  size_t element = 0;
  size_t star = kNone;
  size_t star_position = 0;
  while (position < text.size()) {
    if (element < elements_.size() && elements_[element].kind == Element::Kind::kStar) {
      star = element++;
      star_position = position;
      continue;
    }
    size_t behind = position;
    const char32_t character = next_character(text, behind);
    if (element < elements_.size() && elements_[element].accepts(character)) {
      ++element;
      position = behind;
      continue;
    }
    if (star == kNone) return false;
    next_character(text, star_position);
    position = star_position;
    element = star + 1;
  }
  while (element < elements_.size() && elements_[element].kind == Element::Kind::kStar) ++element;
  return element == elements_.size();
}

std::vector<std::string_view> path_segments(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const size_t slash = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, slash);
    if (!part.empty() && part != ".") parts.push_back(part);
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return parts;
}

PathPattern::PathPattern(std::string_view pattern) {
  for (const std::string_view part : path_segments(pattern)) {
    if (!literal_.empty()) literal_ += '/';
    literal_ += part;
    if (has_wildcard(part)) is_literal_ = false;
    const bool any_folders = part == "**";
    // Two in a row mean no more than one.
    if (any_folders && !segments_.empty() && segments_.back().any_folders) continue;
    segments_.push_back({any_folders, Wildcard(part)});
  }
}

bool PathPattern::matches(std::string_view path, bool is_directory) const {
  if (is_literal_) return path == literal_;
  return matches_from(path_segments(path), 0, 0, is_directory);
}

bool PathPattern::matches_from(const std::vector<std::string_view>& parts, size_t part,
                               size_t segment, bool is_directory) const {
  for (; segment < segments_.size(); ++segment, ++part) {
    if (segments_[segment].any_folders) {
      if (segment + 1 == segments_.size()) return is_directory;
      for (size_t skip = part; skip < parts.size(); ++skip)
        if (matches_from(parts, skip, segment + 1, is_directory)) return true;
      return false;
    }
    if (part >= parts.size() || !segments_[segment].wildcard.matches(parts[part])) return false;
  }
  return part == parts.size();
}

}  // namespace sluice::graph
