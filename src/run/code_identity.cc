#include "run/code_identity.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/hash.h"

namespace sluice::run {
namespace {

constexpr std::string_view kQuery = "query";

}  // namespace

IdentityParts identity_parts(const std::string& text) {
  std::string_view identity = text;
  IdentityParts parts;
  while (!identity.empty()) {
    const size_t end = std::min(identity.find('\n'), identity.size());
    const std::string_view line = identity.substr(0, end);
    identity.remove_prefix(std::min(end + 1, identity.size()));
    const size_t equals = line.find('=');
    if (equals != std::string_view::npos)
      parts.emplace_back(line.substr(0, equals), line.substr(equals + 1));
  }
  return parts;
}

std::string code_identity(const IdentityParts& parts, const std::string& query) {
  std::string out;
  for (const auto& [name, value] : parts) out += fmt::format("{}={}\n", name, value);
  return out + fmt::format("{}={}", kQuery, sha256_hex(query));
}

std::string identity_part(const std::string& identity, const std::string& name) {
  for (const auto& [own, value] : identity_parts(identity))
    if (own == name) return value;
  return {};
}

std::string identity_change(const std::string& before, const std::string& now) {
  std::string out;
  const IdentityParts old = identity_parts(before);
  for (const auto& [name, value] : identity_parts(now)) {
    const std::string was = identity_part(before, name);
    if (was == value || name == kQuery || old.empty()) continue;
    out += fmt::format("{}{} was \"{}\" and is \"{}\"", out.empty() ? "" : ", ",
                       name == "engine" || name == "rules" ? "the " + name : name, was, value);
  }
  return out.empty() ? "its query or its inputs' columns changed" : out;
}

}  // namespace sluice::run
