// Any bytes: parse() must answer with a tree or an error, and every node of a tree must be
// readable.
#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_set>

#include "yaml/node.h"

namespace {

size_t count_bytes(const sluice::yaml::Node& node,
                   std::unordered_set<const sluice::yaml::Node*>& seen) {
  if (!seen.insert(&node).second) return 0;
  size_t bytes = node.text.size();
  for (const char c : node.text) bytes += c == '\0' ? 1 : 0;
  for (const auto* item : node.items) bytes += count_bytes(*item, seen);
  for (const auto& [key, value] : node.entries)
    bytes += count_bytes(*key, seen) + count_bytes(*value, seen);
  return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  sluice::Result<sluice::yaml::Document> document = sluice::yaml::parse(text, "fuzz.yml");
  if (!document) {
    static_cast<void>(sluice::render(document.error()));
    return 0;
  }
  std::unordered_set<const sluice::yaml::Node*> seen;
  static_cast<void>(count_bytes(document->root(), seen));
  return 0;
}
