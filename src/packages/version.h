// Versions of packages: semantic versions, requirements such as ">=1.2.0", and which version meets
// all requirements. Pure.
#pragma once

#include <array>
#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sluice::packages {

// A version by https://semver.org; build metadata does not count in comparisons.
struct Version {
  std::array<std::string, 3> numbers;   // major, minor, patch: digits without leading zeros
  std::vector<std::string> prerelease;  // "rc.1" → {"rc", "1"}; empty: a release

  std::string text() const;
  // Precedence by rule 11 of semver.
  std::strong_ordering operator<=>(const Version& other) const;
  bool operator==(const Version& other) const { return (*this <=> other) == 0; }
};
// nullopt: not a semantic version.
std::optional<Version> parse_version(std::string_view text);

struct Requirement {
  enum class Match : uint8_t { kExact, kGreater, kAtLeast, kLess, kAtMost };
  Match match = Match::kExact;
  Version version;

  std::string text() const;  // "=1.0.0", ">=1.0.0"
  bool allows(const Version& candidate) const;
};
// kProjectInvalid: "… is not a valid semantic version".
Result<Requirement> parse_requirement(std::string_view text);

// Whether a version can exist that meets all: exact ones agree, and the bounds leave room.
bool can_be_met(const std::vector<Requirement>& requirements);

struct Choice {
  std::optional<Version> best;    // newest that meets all; nullopt: none does
  std::optional<Version> newest;  // of all that may be installed
};
// Prereleases count only when asked for, or when a requirement names one.
Choice choose_version(const std::vector<Requirement>& requirements,
                      const std::vector<Version>& available, bool with_prereleases);

}  // namespace sluice::packages
