#include "yaml/syntax_error.h"

#include <fmt/format.h>
#include <yaml.h>

#include <algorithm>

namespace sluice::yaml {

namespace {

std::string_view line_of(std::string_view text, size_t line) {
  size_t begin = 0;
  for (size_t i = 1; i < line; ++i) {
    const size_t newline = text.find('\n', begin);
    if (newline == std::string_view::npos) return {};
    begin = newline + 1;
  }
  return text.substr(begin, text.find('\n', begin) - begin);
}

bool opens_jinja(std::string_view line, size_t i) {
  return line[i] == '{' && i + 1 < line.size() && (line[i + 1] == '{' || line[i + 1] == '%');
}

// True when only the key, a dash, a comma or a bracket stands before position `i`.
bool begins_value(std::string_view line, size_t i) {
  const size_t before = line.substr(0, i).find_last_not_of(" \t");
  return before == std::string_view::npos ||
         std::string_view(":-,[").find(line[before]) != std::string_view::npos;
}

// Column (from 1) of a `{{` or `{%` that begins a value outside quotes; 0 when there is none.
uint32_t find_bare_jinja(std::string_view line) {
  char quote = 0;
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '#' && (i == 0 || line[i - 1] == ' ')) {
      return 0;
    } else if (opens_jinja(line, i)) {
      return begins_value(line, i) ? static_cast<uint32_t>(i + 1) : 0;
    }
  }
  return 0;
}

std::string hint_for(std::string_view problem, std::string_view line, size_t column) {
  const char at = column >= 1 && column <= line.size() ? line[column - 1] : '\0';
  if (problem == "found character that cannot start any token") {
    if (at == '\t') return "indent with spaces: YAML does not allow tabs";
    return fmt::format("quote the value: a plain value cannot begin with \"{}\"", at);
  }
  if (problem == "mapping values are not allowed in this context")
    return "quote a value that contains \": \", or correct the indentation of this line";
  if (problem.starts_with("did not find expected"))
    return "check the indentation of this line and the quotes and brackets above it";
  if (problem.find("unexpected end of stream") != std::string_view::npos)
    return "close the quote or bracket that is opened at the second place";
  if (problem.starts_with("could not find expected ':'"))
    return "put \": \" after the key, or indent the line as part of the text above";
  return "check the YAML syntax of this line";
}

// The reader knows only an offset in bytes.
Span span_of_offset(std::string_view text, size_t offset, const std::string& file) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const auto newlines = std::count(before.begin(), before.end(), '\n');
  const size_t line_start =
      before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  return Span{file, static_cast<uint32_t>(newlines) + 1,
              static_cast<uint32_t>(before.size() - line_start) + 1, 0, 0};
}

// A mark at the end of the text goes to the end of the last line that has something on it.
Span span_of_mark(const yaml_mark_t& mark, std::string_view text, const std::string& file) {
  const size_t last = text.find_last_not_of(" \t\r\n");
  if (last != std::string_view::npos) {
    Span end = span_of_offset(text, last + 1, file);
    if (mark.line + 1 > end.line) return end;
  }
  return Span{file, static_cast<uint32_t>(mark.line) + 1, static_cast<uint32_t>(mark.column) + 1, 0,
              0};
}

Error located(ErrorCode code, std::string message, std::string hint, std::string_view text,
              Span span) {
  Error error(code, std::move(message), std::move(hint));
  error.set_excerpt(make_excerpt(text, span));
  error.add_span(std::move(span));
  return error;
}

}  // namespace

Error unquoted_jinja_error(std::string_view text, Span span) {
  const std::string_view line = line_of(text, span.line);
  std::string_view value = line.substr(std::min<size_t>(span.column - 1, line.size()));
  while (!value.empty() && (value.back() == ' ' || value.back() == '\r')) value.remove_suffix(1);
  const char quote = value.find('"') == std::string_view::npos ? '"' : '\'';
  const bool both = quote == '\'' && value.find('\'') != std::string_view::npos;
  span.end_line = span.line;
  span.end_column = span.column + static_cast<uint32_t>(value.size());
  std::string hint =
      both ? std::string("quote the whole value, with the other kind of quotes inside")
           : fmt::format("quote it: {}{}{}", quote, value, quote);
  return located(ErrorCode::kYamlUnquotedJinja,
                 fmt::format("a value that begins with \"{}\" must be quoted", value.substr(0, 2)),
                 std::move(hint), text, std::move(span));
}

Error syntax_error(const yaml_parser_s& parser, std::string_view text, const std::string& file) {
  const std::string_view problem = parser.problem != nullptr ? parser.problem : "out of memory";
  if (parser.error == YAML_READER_ERROR) {
    Span span = span_of_offset(text, parser.problem_offset, file);
    return located(ErrorCode::kYamlSyntax, fmt::format("invalid YAML: {}", problem),
                   "save the file as UTF-8 without control characters", text, std::move(span));
  }
  const Span span = span_of_mark(parser.problem_mark, text, file);
  const bool has_context = parser.context != nullptr;
  for (const size_t line : {parser.problem_mark.line, parser.context_mark.line}) {
    if (line != parser.problem_mark.line && !has_context) continue;
    const auto number = static_cast<uint32_t>(line) + 1;
    const uint32_t column = find_bare_jinja(line_of(text, number));
    if (column != 0) return unquoted_jinja_error(text, Span{file, number, column, 0, 0});
  }
  std::string message = has_context ? fmt::format("invalid YAML: {} {}", problem, parser.context)
                                    : fmt::format("invalid YAML: {}", problem);
  Error error = located(ErrorCode::kYamlSyntax, std::move(message),
                        hint_for(problem, line_of(text, span.line), span.column), text, span);
  if (has_context) {
    Span context = span_of_mark(parser.context_mark, text, file);
    if (context.line != span.line) error.add_span(std::move(context));
  }
  return error;
}

}  // namespace sluice::yaml
