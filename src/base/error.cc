#include "base/error.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace sluice {

Error::Error(ErrorCode code, std::string message, std::string hint)
    : data_(std::make_unique<Data>()) {
  data_->code = code;
  data_->message = std::move(message);
  data_->hint = std::move(hint);
}

Error::Error(const Error& other) : data_(std::make_unique<Data>(*other.data_)) {}

Error& Error::operator=(const Error& other) {
  if (this != &other) data_ = std::make_unique<Data>(*other.data_);
  return *this;
}

Error& Error::set_message(std::string message) {
  data_->message = std::move(message);
  return *this;
}
Error& Error::set_hint(std::string hint) {
  data_->hint = std::move(hint);
  return *this;
}
Error& Error::set_node(std::string unique_id) {
  data_->node = std::move(unique_id);
  return *this;
}
Error& Error::set_excerpt(std::string excerpt) {
  data_->excerpt = std::move(excerpt);
  return *this;
}
Error& Error::add_span(Span span) {
  data_->spans.push_back(std::move(span));
  return *this;
}
Error& Error::locate(Span span) {
  if (data_->spans.empty()) data_->spans.push_back(std::move(span));
  return *this;
}
Error& Error::add_trace(std::string frame) {
  data_->trace.push_back(std::move(frame));
  return *this;
}
Error& Error::clear_trace() {
  data_->trace.clear();
  return *this;
}
Error& Error::add_cause(Error cause) {
  data_->causes.push_back(std::move(cause));
  return *this;
}

std::string code_name(ErrorCode code) { return fmt::format("SL{:04}", static_cast<int>(code)); }

std::string make_excerpt(std::string_view text, const Span& span) {
  if (span.line == 0) return {};
  size_t begin = 0;
  for (uint32_t line = 1; line < span.line; ++line) {
    size_t newline = text.find('\n', begin);
    if (newline == std::string_view::npos) return {};
    begin = newline + 1;
  }
  std::string_view line = text.substr(begin, text.find('\n', begin) - begin);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  std::string out = fmt::format("{:5} | {}", span.line, line);
  if (span.column == 0) return out;
  std::string pad;
  for (size_t i = 0; i + 1 < span.column && i < line.size(); ++i)
    pad += line[i] == '\t' ? '\t' : ' ';
  uint32_t width = span.end_line == span.line && span.end_column > span.column
                       ? span.end_column - span.column
                       : 1;
  return out + fmt::format("\n      | {}{}", pad, std::string(width, '^'));
}

namespace {

std::string place(const Span& span) {
  std::string out = span.file;
  if (span.line != 0) out += fmt::format("{}{}", out.empty() ? "line " : ":", span.line);
  if (span.line != 0 && span.column != 0) out += fmt::format(":{}", span.column);
  return out;
}

void render_into(const Error& error, const std::string& indent, std::string& out) {
  out += fmt::format("{}[{}] {}", indent, code_name(error.code()), error.message());
  for (const Span& span : error.spans()) out += fmt::format("\n{}  --> {}", indent, place(span));
  if (!error.excerpt().empty()) {
    size_t begin = 0;
    const std::string& text = error.excerpt();
    while (begin <= text.size()) {
      size_t end = std::min(text.find('\n', begin), text.size());
      out += fmt::format("\n{}{}", indent, text.substr(begin, end - begin));
      begin = end + 1;
    }
  }
  for (const std::string& frame : error.trace()) out += fmt::format("\n{}  in {}", indent, frame);
  for (const Error& cause : error.causes()) {
    out += fmt::format("\n{}  caused by:\n", indent);
    render_into(cause, indent + "    ", out);
  }
  if (!error.hint().empty()) out += fmt::format("\n{}  hint: {}", indent, error.hint());
}

}  // namespace

std::string render(const Error& error) {
  std::string out;
  render_into(error, "", out);
  return out;
}

void check_failed(const char* file, int line, const char* what) {
  std::fprintf(stderr, "sluice: internal check failed: %s (%s:%d)\n", what, file, line);
  std::abort();
}

}  // namespace sluice
