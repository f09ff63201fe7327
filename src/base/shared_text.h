// SharedText: an immutable text that the process keeps once, however many hold it. For the names of
// files, packages, schemas and columns that tens of thousands of nodes repeat: 8 bytes each, copied
// for nothing. A text lives as long as the process, so what is new in every node does not belong
// here. Thread-safe.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace sluice {

class SharedText {
 public:
  SharedText() = default;
  // Implicit, as it stands where a std::string stood.
  SharedText(std::string_view text) : text_(keep(text)) {}                     // NOLINT
  SharedText(const std::string& text) : SharedText(std::string_view(text)) {}  // NOLINT
  SharedText(const char* text) : SharedText(std::string_view(text)) {}         // NOLINT

  const std::string& text() const { return text_ != nullptr ? *text_ : kEmpty; }
  operator const std::string&() const { return text(); }  // NOLINT
  operator std::string_view() const { return text(); }    // NOLINT
  bool empty() const { return text_ == nullptr; }
  size_t size() const { return text().size(); }
  bool starts_with(std::string_view begin) const { return text().starts_with(begin); }
  bool ends_with(std::string_view end) const { return text().ends_with(end); }

  friend bool operator==(SharedText a, SharedText b) { return a.text_ == b.text_; }
  friend bool operator==(SharedText a, std::string_view b) { return a.text() == b; }
  friend bool operator==(SharedText a, const std::string& b) { return a.text() == b; }
  friend bool operator==(SharedText a, const char* b) { return a.text() == b; }
  friend bool operator<(SharedText a, SharedText b) { return a.text() < b.text(); }
  friend std::string operator+(SharedText a, std::string_view b) {
    return std::string(a.text()).append(b);
  }
  friend std::string operator+(const std::string& a, SharedText b) { return a + b.text(); }
  friend std::string operator+(const char* a, SharedText b) { return a + b.text(); }

 private:
  // The one copy of the text; null when it is empty.
  static const std::string* keep(std::string_view text);
  inline static const std::string kEmpty;
  const std::string* text_ = nullptr;
};

}  // namespace sluice
