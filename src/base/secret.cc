#include "base/secret.h"

#include <algorithm>

namespace sluice {

namespace {

// The text with a backslash before each of `marked`.
std::string escaped(const std::string& text, std::string_view marked) {
  std::string out;
  for (const char c : text) {
    if (marked.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

void SecretScrubber::add(const std::string& content) {
  add_form(content);
  // As it stands inside JSON and inside Python's repr of a text.
  add_form(escaped(content, "\"\\"));
  add_form(escaped(content, "'\\"));
  add_form(escaped(content, "\\"));
}

void SecretScrubber::add_form(const std::string& content) {
  if (content.find_first_not_of(" \t\r\n") == std::string::npos) return;
  std::lock_guard lock(secrets_mutex_);
  if (std::find(secrets_.begin(), secrets_.end(), content) != secrets_.end()) return;
  // Longest first: a secret that is part of another must not leave the rest of it readable.
  auto place = std::find_if(secrets_.begin(), secrets_.end(), [&](const std::string& known) {
    return known.size() < content.size();
  });
  secrets_.insert(place, content);
}

std::string_view SecretScrubber::scrub_into(std::string_view text, std::string& scrubbed) const {
  {
    std::lock_guard lock(secrets_mutex_);
    if (secrets_.empty()) return text;
  }
  scrubbed = scrub(text);
  return scrubbed;
}

std::string SecretScrubber::scrub(std::string_view text) const {
  std::string out(text);
  std::lock_guard lock(secrets_mutex_);
  for (const std::string& secret : secrets_) {
    size_t found = out.find(secret);
    while (found != std::string::npos) {
      out.replace(found, secret.size(), "*****");
      found = out.find(secret, found + 5);
    }
  }
  return out;
}

}  // namespace sluice
