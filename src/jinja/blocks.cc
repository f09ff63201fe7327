// Splits a file into its top-level blocks without compiling it, as dbt's block lexer does: tags are
// found by text, comments, raw blocks and strings inside tags are respected, and what stands
// between the blocks is passed over.
#include <algorithm>
#include <optional>

#include "jinja/lexer.h"
#include "jinja/template.h"

namespace sluice::jinja {

namespace {

constexpr std::string_view kBlockTags[] = {"macro",     "materialization", "test",
                                           "data_test", "snapshot",        "docs"};

bool is_block_tag(std::string_view word) {
  return std::find(std::begin(kBlockTags), std::end(kBlockTags), word) != std::end(kBlockTags);
}

bool is_word_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

struct Tag {
  size_t begin;  // of '{%'
  size_t end;    // after '%}'
  std::string_view word;
  std::string_view name;
};

class BlockScanner {
 public:
  BlockScanner(std::string_view text, std::string_view file,
               const std::vector<std::string_view>& wanted)
      : text_(text), file_(file), wanted_(wanted) {}

  Result<std::vector<Block>> run() {
    while (position_ < text_.size()) {
      SLUICE_ASSIGN(std::optional<Tag> tag, next_tag());
      if (!tag) break;
      SLUICE_TRY(handle(*tag));
    }
    if (open_) {
      return problem(open_->begin, "block '" + std::string(open_->word) + "' is not closed",
                     "add {% end" + std::string(open_->word) + " %} at its end");
    }
    return std::move(blocks_);
  }

 private:
  tl::unexpected<Error> problem(size_t at, std::string message, std::string hint = {}) const {
    Error error(ErrorCode::kJinjaSyntax, std::move(message), std::move(hint));
    Span span{std::string(file_), line_of(at), column_of(at)};
    error.set_excerpt(make_excerpt(text_, span));
    error.locate(std::move(span));
    return fail(std::move(error));
  }

  uint32_t line_of(size_t at) const {
    return static_cast<uint32_t>(
               std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(at), '\n')) +
           1;
  }

  uint32_t column_of(size_t at) const {
    size_t newline = at == 0 ? std::string_view::npos : text_.rfind('\n', at - 1);
    return static_cast<uint32_t>(newline == std::string_view::npos ? at + 1 : at - newline);
  }

  // Follows if and for, as dbt allows no block definition inside them.
  Status follow_control_flow(const Tag& tag) {
    if (tag.word == "if" || tag.word == "for") {
      control_flow_.push_back(tag);
      return {};
    }
    if (tag.word != "endif" && tag.word != "endfor") return {};
    std::string_view opener = tag.word.substr(3);
    if (control_flow_.empty() || control_flow_.back().word != opener) {
      return problem(tag.begin, "'" + std::string(tag.word) + "' has no '" + std::string(opener) +
                                    "' before it");
    }
    control_flow_.pop_back();
    return {};
  }

  Status handle(const Tag& tag) {
    SLUICE_TRY(follow_control_flow(tag));
    if (open_) {
      if (tag.word == "end" + std::string(open_->word)) return close(tag);
      if (is_block_tag(tag.word)) {
        return problem(tag.begin,
                       "a '" + std::string(tag.word) + "' block is inside the '" +
                           std::string(open_->word) + "' block of line " +
                           std::to_string(line_of(open_->begin)),
                       "close the outer block first");
      }
      return {};
    }
    // A stray end tag means nothing, as in dbt.
    if (!is_block_tag(tag.word)) return {};
    if (!control_flow_.empty()) {
      return problem(tag.begin,
                     "a '" + std::string(tag.word) + "' block is inside the '" +
                         std::string(control_flow_.back().word) + "' of line " +
                         std::to_string(line_of(control_flow_.back().begin)),
                     "move the block to the top level of the file");
    }
    open_ = tag;
    return {};
  }

  Status close(const Tag& tag) {
    if (std::find(wanted_.begin(), wanted_.end(), open_->word) != wanted_.end()) {
      Block block;
      block.type = open_->word;
      block.name = open_->name;
      block.full = text_.substr(open_->begin, tag.end - open_->begin);
      block.body = text_.substr(open_->end, tag.begin - open_->end);
      block.line = line_of(open_->begin);
      block.column = column_of(open_->begin);
      blocks_.push_back(std::move(block));
    }
    open_.reset();
    control_flow_.clear();
    return {};
  }

  size_t skip_space(size_t at) const {
    size_t width = 0;
    while (at < text_.size() && is_space_at(text_, at, width)) at += width;
    return at;
  }

  std::string_view word_at(size_t at) const {
    size_t end = at;
    while (end < text_.size() && is_word_char(text_[end])) ++end;
    return text_.substr(at, end - at);
  }

  // The next tag from position_ on, comments, expressions and raw blocks passed over.
  Result<std::optional<Tag>> next_tag() {
    while (position_ < text_.size()) {
      size_t at = text_.find('{', position_);
      if (at == std::string_view::npos || at + 1 >= text_.size()) break;
      char next = text_[at + 1];
      if (next == '#') {
        size_t end = text_.find("#}", at + 2);
        if (end == std::string_view::npos)
          return problem(at, "comment is not closed", "add #} at its end");
        position_ = end + 2;
      } else if (next == '{') {
        // Text of a docs block may hold stray braces; they mean nothing there.
        size_t end = find_end(at + 2, "}}");
        position_ = end == std::string_view::npos ? at + 2 : end;
      } else if (next == '%') {
        SLUICE_ASSIGN(std::optional<Tag> tag, read_tag(at));
        if (tag) return tag;
      } else {
        position_ = at + 1;
      }
    }
    position_ = text_.size();
    return std::optional<Tag>();
  }

  // The tag at `at`; nullopt for a raw block, which is skipped.
  Result<std::optional<Tag>> read_tag(size_t at) {
    size_t inside = at + 2;
    if (inside < text_.size() && (text_[inside] == '-' || text_[inside] == '+')) ++inside;
    inside = skip_space(inside);
    std::string_view word = word_at(inside);
    size_t end = find_end(inside + word.size(), "%}");
    if (end == std::string_view::npos) {
      return problem(at, "tag '" + std::string(word) + "' is not closed", "add %} at its end");
    }
    position_ = end;
    if (word == "raw") {
      SLUICE_TRY(skip_raw(at));
      return std::optional<Tag>();
    }
    return std::optional<Tag>(Tag{at, end, word, word_at(skip_space(inside + word.size()))});
  }

  Status skip_raw(size_t at) {
    for (size_t tag = position_;;) {
      tag = text_.find("{%", tag);
      if (tag == std::string_view::npos)
        return problem(at, "raw block is not closed", "add {% endraw %} at its end");
      size_t inside = tag + 2;
      if (inside < text_.size() && (text_[inside] == '-' || text_[inside] == '+')) ++inside;
      inside = skip_space(inside);
      tag += 2;
      if (word_at(inside) != "endraw") continue;
      size_t end = text_.find("%}", inside);
      if (end == std::string_view::npos) continue;
      position_ = end + 2;
      return {};
    }
  }

  // Position behind the delimiter, strings passed over; npos when it is missing.
  size_t find_end(size_t from, std::string_view delimiter) const {
    for (size_t at = from; at < text_.size(); ++at) {
      char c = text_[at];
      if (c == '\'' || c == '"') {
        size_t close = string_end(at);
        if (close != std::string_view::npos) at = close;
      } else if (text_.substr(at, 2) == delimiter) {
        return at + 2;
      }
    }
    return std::string_view::npos;
  }

  size_t string_end(size_t at) const {
    char quote = text_[at];
    for (++at; at < text_.size(); ++at) {
      if (text_[at] == '\\') {
        ++at;
      } else if (text_[at] == quote) {
        return at;
      }
    }
    return std::string_view::npos;
  }

  std::string_view text_;
  std::string_view file_;
  const std::vector<std::string_view>& wanted_;
  size_t position_ = 0;
  std::optional<Tag> open_;
  std::vector<Tag> control_flow_;  // open if and for tags
  std::vector<Block> blocks_;
};

}  // namespace

Result<std::vector<Block>> split_blocks(std::string_view text, std::string_view file,
                                        const std::vector<std::string_view>& wanted) {
  return BlockScanner(text, file, wanted).run();
}

}  // namespace sluice::jinja
