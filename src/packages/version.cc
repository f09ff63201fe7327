#include "packages/version.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace sluice::packages {
namespace {

bool is_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](unsigned char byte) { return std::isdigit(byte) != 0; });
}

// "0", "12"; no sign, no leading zero.
bool is_number(std::string_view text) {
  return is_digits(text) && (text.size() == 1 || text.front() != '0');
}

std::strong_ordering compare_numbers(std::string_view left, std::string_view right) {
  if (left.size() != right.size()) return left.size() <=> right.size();
  return left <=> right;
}

// Numbers by value, words by text, numbers before words.
std::strong_ordering compare_parts(const std::string& left, const std::string& right) {
  const bool left_number = is_digits(left);
  const bool right_number = is_digits(right);
  if (left_number && right_number) return compare_numbers(left, right);
  if (left_number != right_number)
    return left_number ? std::strong_ordering::less : std::strong_ordering::greater;
  return left <=> right;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> out;
  while (true) {
    const size_t end = std::min(text.find(separator), text.size());
    out.emplace_back(text.substr(0, end));
    if (end == text.size()) return out;
    text.remove_prefix(end + 1);
  }
}

bool is_identifier(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char byte) {
    return std::isalnum(byte) != 0 || byte == '-';
  });
}

}  // namespace

std::string Version::text() const {
  std::string out = fmt::format("{}", fmt::join(numbers, "."));
  if (!prerelease.empty()) out += fmt::format("-{}", fmt::join(prerelease, "."));
  return out;
}

std::strong_ordering Version::operator<=>(const Version& other) const {
  for (size_t part = 0; part < numbers.size(); ++part)
    if (const auto order = compare_numbers(numbers[part], other.numbers[part]); order != 0)
      return order;
  if (prerelease.empty() || other.prerelease.empty())
    return prerelease.empty() <=> other.prerelease.empty();
  const size_t common = std::min(prerelease.size(), other.prerelease.size());
  for (size_t part = 0; part < common; ++part)
    if (const auto order = compare_parts(prerelease[part], other.prerelease[part]); order != 0)
      return order;
  return prerelease.size() <=> other.prerelease.size();
}

std::optional<Version> parse_version(std::string_view text) {
  const size_t plus = text.find('+');
  if (plus != std::string_view::npos) {
    for (const std::string& part : split(text.substr(plus + 1), '.'))
      if (!is_identifier(part)) return std::nullopt;
    text = text.substr(0, plus);
  }
  Version version;
  const size_t dash = text.find('-');
  if (dash != std::string_view::npos) {
    version.prerelease = split(text.substr(dash + 1), '.');
    for (const std::string& part : version.prerelease)
      if (!is_identifier(part)) return std::nullopt;
    text = text.substr(0, dash);
  }
  const std::vector<std::string> numbers = split(text, '.');
  if (numbers.size() != 3 || !std::all_of(numbers.begin(), numbers.end(), is_number))
    return std::nullopt;
  std::copy(numbers.begin(), numbers.end(), version.numbers.begin());
  return version;
}

std::string Requirement::text() const {
  static constexpr std::string_view kSigns[] = {"=", ">", ">=", "<", "<="};
  return fmt::format("{}{}", kSigns[static_cast<size_t>(match)], version.text());
}

bool Requirement::allows(const Version& candidate) const {
  switch (match) {
    case Match::kExact:
      return candidate == version;
    case Match::kGreater:
      return candidate > version;
    case Match::kAtLeast:
      return candidate >= version;
    case Match::kLess:
      return candidate < version;
    case Match::kAtMost:
      return candidate <= version;
  }
  return false;
}

Result<Requirement> parse_requirement(std::string_view text) {
  Requirement requirement;
  std::string_view rest = text;
  const auto take = [&](std::string_view sign, Requirement::Match match) {
    if (!rest.starts_with(sign)) return false;
    rest.remove_prefix(sign.size());
    requirement.match = match;
    return true;
  };
  using enum Requirement::Match;
  (void)(take(">=", kAtLeast) || take("<=", kAtMost) || take(">", kGreater) || take("<", kLess) ||
         take("=", kExact));
  const std::optional<Version> version = parse_version(rest);
  if (!version)
    return fail(ErrorCode::kProjectInvalid,
                fmt::format("\"{}\" is not a valid semantic version", text),
                "write e.g. 1.2.0, or a list of bounds: [\">=1.2.0\", \"<2.0.0\"]");
  requirement.version = *version;
  return requirement;
}

// Whether a lower (or upper) bound leaves less than another of its kind.
static bool is_tighter(const Requirement& requirement, const Requirement& bound, bool is_low) {
  using enum Requirement::Match;
  if (requirement.version == bound.version)
    return requirement.match == kGreater || requirement.match == kLess;
  return is_low ? requirement.version > bound.version : requirement.version < bound.version;
}

bool can_be_met(const std::vector<Requirement>& requirements) {
  using enum Requirement::Match;
  const Requirement* low = nullptr;
  const Requirement* high = nullptr;
  for (const Requirement& requirement : requirements) {
    if (requirement.match == kExact)
      return std::all_of(requirements.begin(), requirements.end(), [&](const Requirement& other) {
        return other.allows(requirement.version);
      });
    const bool is_low = requirement.match == kGreater || requirement.match == kAtLeast;
    const Requirement*& bound = is_low ? low : high;
    if (bound == nullptr || is_tighter(requirement, *bound, is_low)) bound = &requirement;
  }
  if (low == nullptr || high == nullptr || low->version < high->version) return true;
  return low->version == high->version && low->match == kAtLeast && high->match == kAtMost;
}

Choice choose_version(const std::vector<Requirement>& requirements,
                      const std::vector<Version>& available, bool with_prereleases) {
  for (const Requirement& requirement : requirements)
    with_prereleases = with_prereleases || !requirement.version.prerelease.empty();
  Choice choice;
  for (const Version& version : available) {
    if (!version.prerelease.empty() && !with_prereleases) continue;
    if (!choice.newest || version > *choice.newest) choice.newest = version;
    const bool meets_all =
        std::all_of(requirements.begin(), requirements.end(),
                    [&](const Requirement& requirement) { return requirement.allows(version); });
    if (meets_all && (!choice.best || version > *choice.best)) choice.best = version;
  }
  return choice;
}

}  // namespace sluice::packages
