#include "project/docs_blocks.h"

#include <fmt/format.h>

#include "jinja/template.h"

namespace sluice::project {

namespace {

// dbt renders the text of a block with nothing in scope, so only raw blocks and the like do
// something.
class EmptyScope final : public jinja::Scope {
 public:
  bool lookup(std::string_view /*name*/, jinja::Value& /*out*/) const override { return false; }
  std::vector<std::string> names() const override { return {}; }
};

std::string_view strip(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\f\v";
  const size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

Result<std::string> contents_of(const jinja::Block& block, const std::string& shown_path) {
  if (jinja::is_plain_text(block.body)) return std::string(strip(block.body));
  SLUICE_ASSIGN(const jinja::Template compiled,
                jinja::compile_template(block.body, shown_path, block.line));
  const EmptyScope scope;
  jinja::Interpreter interpreter(jinja::Environment{}, scope);
  SLUICE_ASSIGN(const std::string rendered, interpreter.render(compiled));
  return std::string(strip(rendered));
}

}  // namespace

std::vector<DocBlock> read_docs_blocks(const SourceFile& file, const std::string& shown_path,
                                       size_t package, Diagnostics& diagnostics) {
  std::vector<DocBlock> out;
  if (file.text.find("{%") == std::string::npos) return out;
  Result<std::vector<jinja::Block>> blocks = jinja::split_blocks(file.text, shown_path, {"docs"});
  if (!blocks) {
    diagnostics.add_error(std::move(blocks.error()));
    return out;
  }
  for (const jinja::Block& block : *blocks) {
    Result<std::string> contents = contents_of(block, shown_path);
    if (!contents) {
      diagnostics.add_error(std::move(contents.error()));
      continue;
    }
    out.push_back({block.name, std::move(*contents), file.path, file.relative_path, package});
  }
  return out;
}

}  // namespace sluice::project
