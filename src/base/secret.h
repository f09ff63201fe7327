// Secrets: values that must never be shown. Register once, scrub every text that leaves the
// process. Thread-safe.
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

// A text that prints as ***; reveal() is the one way to its content.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string content) : content_(std::move(content)) {}
  const std::string& reveal() const { return content_; }
  bool empty() const { return content_.empty(); }
  std::string shown() const { return content_.empty() ? std::string() : std::string("***"); }

 private:
  std::string content_;
};

// Known secret values (DBT_ENV_SECRET_*, tokens, passwords); scrub() replaces each by *****.
class SecretScrubber {
 public:
  void add(const std::string& content);
  std::string scrub(std::string_view text) const;
  // The same without a copy when no secret is known: then `text` itself, else what `scrubbed`
  // holds.
  std::string_view scrub_into(std::string_view text, std::string& scrubbed) const;

 private:
  void add_form(const std::string& content);

  mutable std::mutex secrets_mutex_;
  std::vector<std::string> secrets_;
};

}  // namespace sluice
