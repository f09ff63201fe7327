#include "spec_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace sluice::spec {
namespace {

constexpr std::string_view kBlockEnd = "----";

// What a directive takes: the rest of its line, a block, or an expected block.
struct Directive {
  std::string_view name;
  StepKind kind;
  bool takes_argument;
  bool takes_input;
  bool takes_expected;
};

constexpr std::array kDirectives = {
    Directive{"file", StepKind::kFile, true, true, false},
    Directive{"append", StepKind::kAppend, true, true, false},
    Directive{"copy", StepKind::kCopy, true, false, false},
    Directive{"remove", StepKind::kRemove, true, false, false},
    Directive{"env", StepKind::kEnvironment, true, false, false},
    Directive{"database", StepKind::kDatabase, true, false, false},
    Directive{"lock", StepKind::kLock, true, false, false},
    Directive{"unlock", StepKind::kUnlock, false, false, false},
    Directive{"limit", StepKind::kLimit, true, false, false},
    Directive{"interrupt", StepKind::kInterrupt, true, false, false},
    Directive{"terminal", StepKind::kTerminal, false, false, false},
    Directive{"answer", StepKind::kAnswer, true, false, false},
    Directive{"run", StepKind::kRun, true, false, false},
    Directive{"content", StepKind::kContent, true, false, true},
    Directive{"exists", StepKind::kExists, true, false, false},
    Directive{"absent", StepKind::kAbsent, true, false, false},
};

std::string_view trim(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// Splits "word rest of line" at the first blank.
std::pair<std::string_view, std::string_view> split_word(std::string_view line) {
  const std::size_t blank = line.find(' ');
  if (blank == std::string_view::npos) return {line, {}};
  return {line.substr(0, blank), trim(line.substr(blank + 1))};
}

class Parser {
 public:
  explicit Parser(SpecFile& spec) : spec_(spec) {}

  // Returns an empty text when all went well, else what is wrong.
  std::string parse() {
    parse_header();
    if (!problem_.empty()) return problem_;
    while (problem_.empty() && position_ < spec_.lines.size()) {
      const std::string_view line = trim(spec_.lines[position_]);
      if (line.empty() || line.front() == '#') {
        ++position_;
        continue;
      }
      parse_directive(line);
    }
    if (problem_.empty() && spec_.steps.empty() && spec_.skip_reason.empty()) {
      report("the file has no steps");
    }
    return problem_;
  }

 private:
  void report(const std::string& what) {
    if (problem_.empty()) problem_ = fmt::format("{}:{}: {}", spec_.path, position_ + 1, what);
  }

  void parse_header() {
    while (position_ < spec_.lines.size() && spec_.lines[position_].starts_with('#')) {
      const std::string_view line = trim(std::string_view(spec_.lines[position_]).substr(1));
      const auto [key, value] = split_word(line);
      if (key == "name:") spec_.name = value;
      if (key == "description:") spec_.description = value;
      if (key == "group:") spec_.group = value;
      ++position_;
    }
    if (spec_.name.empty() || spec_.description.empty() || spec_.group.empty()) {
      report("a spec file starts with '# name: …', '# description: …' and '# group: …'");
    }
  }

  void parse_directive(std::string_view line) {
    const auto [word, rest] = split_word(line);
    if (word == "skip") return parse_skip(rest);
    if (word == "execute" || word == "query") return parse_sql(word == "query", rest);
    if (word == "exit") return parse_exit(rest);
    if (word == "output" || word == "error") return parse_stream(word == "error", rest);
    const auto* directive =
        std::find_if(kDirectives.begin(), kDirectives.end(),
                     [word = word](const Directive& d) { return d.name == word; });
    if (directive == kDirectives.end()) return report(fmt::format("unknown directive '{}'", word));
    if (directive->takes_argument == rest.empty()) {
      return report(
          fmt::format("'{}' takes {} argument", word, directive->takes_argument ? "an" : "no"));
    }
    Step& step = add_step(directive->kind, rest);
    if (directive->takes_input) step.input = parse_block();
    if (directive->takes_expected) step.expected = parse_block();
  }

  void parse_skip(std::string_view reason) {
    if (reason.empty()) return report("'skip' needs a reason");
    spec_.skip_reason = reason;
    ++position_;
  }

  void parse_sql(bool is_query, std::string_view rest) {
    Step& step = add_step(is_query ? StepKind::kQuery : StepKind::kExecute, rest);
    if (rest.empty()) step.input = parse_block();
    if (is_query) step.expected = parse_block();
  }

  void parse_exit(std::string_view rest) {
    Step* step = last_run("exit");
    if (step == nullptr) return;
    const auto [end, status] =
        std::from_chars(rest.data(), rest.data() + rest.size(), step->exit_code);
    if (status != std::errc() || end != rest.data() + rest.size())
      return report(fmt::format("'{}' is no exit code", rest));
    ++position_;
  }

  void parse_stream(bool is_error, std::string_view rest) {
    Step* step = last_run(is_error ? "error" : "output");
    if (step == nullptr) return;
    const std::size_t line = position_ + 1;
    if (rest.empty()) {
      ++position_;
      (is_error ? step->error : step->output) = parse_block();
      return;
    }
    const auto [word, text] = split_word(rest);
    CheckKind kind = CheckKind::kContains;
    if (word == "matches") {
      kind = CheckKind::kMatches;
    } else if (word == "lacks") {
      kind = CheckKind::kLacks;
    } else if (word != "contains") {
      return report(fmt::format("expected 'contains', 'matches' or 'lacks', not '{}'", word));
    }
    if (text.empty()) return report(fmt::format("'{}' needs a text", word));
    step->checks.push_back(Check{kind, is_error, std::string(text), line});
    ++position_;
  }

  Step* last_run(std::string_view word) {
    if (spec_.steps.empty() || spec_.steps.back().kind != StepKind::kRun) {
      report(fmt::format("'{}' belongs after a 'run'", word));
      return nullptr;
    }
    return &spec_.steps.back();
  }

  Step& add_step(StepKind kind, std::string_view argument) {
    Step& step = spec_.steps.emplace_back();
    step.kind = kind;
    step.line = position_ + 1;
    step.argument = argument;
    ++position_;
    return step;
  }

  Block parse_block() {
    Block block;
    block.first_line = position_ + 1;
    while (position_ < spec_.lines.size() && spec_.lines[position_] != kBlockEnd) {
      const std::string& line = spec_.lines[position_++];
      // `\----` stands for a line of content that would end the block.
      block.lines.push_back(line == "\\----" ? std::string(kBlockEnd) : line);
    }
    if (position_ == spec_.lines.size()) {
      position_ = block.first_line - 1;
      report("the block that starts here has no closing '----'");
      position_ = spec_.lines.size();
      return block;
    }
    block.end_line = ++position_;
    return block;
  }

  SpecFile& spec_;
  std::size_t position_ = 0;
  std::string problem_;
};

}  // namespace

std::string Block::text() const {
  std::string text;
  for (const std::string& line : lines) text.append(line).push_back('\n');
  return text;
}

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

tl::expected<SpecFile, std::string> parse_spec(std::string path, std::string_view text) {
  SpecFile spec;
  spec.path = std::move(path);
  spec.lines = split_lines(text);
  std::string problem = Parser(spec).parse();
  if (!problem.empty()) return tl::unexpected<std::string>(std::move(problem));
  return spec;
}

tl::expected<std::vector<std::string>, std::string> split_arguments(std::string_view text) {
  std::vector<std::string> arguments;
  std::string current;
  bool open = false;  // true inside a word, so that '' is a word of its own
  char quote = '\0';
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\' && quote != '\'' && i + 1 < text.size()) {
      current.push_back(text[++i]);
      open = true;
    } else if (quote != '\0') {
      if (c == quote) {
        quote = '\0';
      } else {
        current.push_back(c);
      }
    } else if (c == '\'' || c == '"') {
      quote = c;
      open = true;
    } else if (c == ' ' || c == '\t') {
      if (open) arguments.push_back(std::exchange(current, {}));
      open = false;
    } else {
      current.push_back(c);
      open = true;
    }
  }
  if (quote != '\0')
    return tl::unexpected<std::string>(fmt::format("unclosed {} in '{}'", quote, text));
  if (open) arguments.push_back(std::move(current));
  return arguments;
}

}  // namespace sluice::spec
