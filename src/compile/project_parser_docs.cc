// Doc blocks, descriptions, columns.
#include <fmt/format.h>

#include <algorithm>

#include "base/suggest.h"
#include "compile/call_arguments.h"
#include "compile/config_defaults.h"
#include "compile/project_parser.h"
#include "jinja/ops.h"

namespace sluice::compile {

using jinja::Value;

namespace {

// Names that a description can use: doc(), and what every template has.
class DescriptionScope final : public jinja::Scope {
 public:
  // `blocks`, when given, takes the ids of the blocks that are used.
  DescriptionScope(const SharedState& shared, std::vector<SharedText>* blocks)
      : shared_(shared),
        blocks_(blocks),
        doc_(jinja::make_closure("doc", [this](jinja::Interpreter&, const jinja::CallArgs& args) {
          return doc(args);
        })) {}
  bool lookup(std::string_view name, Value& out) const override {
    if (name == "doc") {
      out = doc_;
      return true;
    }
    auto global = shared_.globals.find(name);
    if (global == shared_.globals.end()) return false;
    out = global->second;
    return true;
  }
  std::vector<std::string> names() const override { return {"doc"}; }

 private:
  Result<Value> doc(const jinja::CallArgs& args) const {
    if (args.positional.empty() || args.positional.size() > 2)
      return fail(ErrorCode::kJinjaRuntime, "doc() takes one or two arguments",
                  "use doc('name') or doc('package', 'name')");
    SLUICE_ASSIGN(std::string name, jinja::to_str(args.positional.back()));
    std::string package;
    if (args.positional.size() == 2) {
      SLUICE_ASSIGN(package, jinja::to_str(args.positional[0]));
    }
    std::vector<std::string_view> names;
    for (const Doc& block : shared_.manifest.docs) {
      if (block.name == name && (package.empty() || block.package_name == package)) {
        if (blocks_ != nullptr) blocks_->emplace_back(block.unique_id);
        return Value::string(block.contents);
      }
      names.push_back(block.name);
    }
    std::string near = nearest_name(name, names);
    return fail(ErrorCode::kUnknownRef, fmt::format("documentation block '{}' was not found", name),
                near.empty() ? "add {% docs name %}…{% enddocs %} to a .md file of a model path"
                             : fmt::format("did you mean '{}'?", near));
  }
  const SharedState& shared_;
  std::vector<SharedText>* blocks_;
  Value doc_;
};

std::vector<MacroArgument> read_arguments(const Value* list) {
  std::vector<MacroArgument> out;
  if (!list || !list->is_list()) return out;
  for (const Value& argument : list->as_items()) {
    if (!argument.is_dict()) continue;
    auto text = [&](std::string_view key) {
      const Value* value = argument.as_dict().find(key);
      return value && !value->is_none() ? jinja::to_str(*value).value_or(std::string())
                                        : std::string();
    };
    out.push_back({text("name"), text("type"), text("description")});
  }
  return out;
}

}  // namespace

std::vector<std::string> text_items(const Value* value) {
  std::vector<std::string> out;
  if (!value || value->is_none()) return out;
  if (value->is_string()) return {value->as_string()};
  for (const Value& item : jinja::iterate(*value).value_or(std::vector<Value>{}))
    out.push_back(jinja::to_str(item).value_or(std::string()));
  return out;
}

void ProjectParser::parse_docs() {
  const project::Project& project = shared_.project();
  for (const project::DocBlock& block : project.docs) {
    const std::string& package = project.packages[block.package].name;
    shared_.manifest.docs.push_back({fmt::format("doc.{}.{}", package, block.name), block.name,
                                     package, block.relative_path, block.file, block.contents});
  }
}

std::string ProjectParser::render_description(const std::string& text, const Span& span,
                                              std::vector<SharedText>* blocks) {
  if (jinja::is_plain_text(text)) return text;
  auto tmpl = jinja::compile_template(text, span.file, span.line == 0 ? 1 : span.line);
  if (tmpl) {
    DescriptionScope scope(shared_, blocks);
    jinja::Environment environment;
    jinja::Interpreter interpreter(environment, scope);
    NodeContext ctx(shared_, nullptr, shared_.project().root_package, Phase::kParse, nullptr);
    interpreter.host = &ctx;
    auto rendered = interpreter.render(*tmpl);
    if (rendered) return std::move(*rendered);
    diagnostics_.add_error(std::move(rendered.error().locate(span)));
    return text;
  }
  diagnostics_.add_error(std::move(tmpl.error().locate(span)));
  return text;
}

void ProjectParser::document_macros() {
  for (const project::OtherProperties& other : shared_.project().others) {
    if (other.yaml_key != "macros" || !other.entry.is_dict()) continue;
    const std::string& package = shared_.project().packages[other.package].name;
    auto macro = std::find_if(
        shared_.manifest.macros.begin(), shared_.manifest.macros.end(), [&](const auto& candidate) {
          return candidate->package == other.package && candidate->name == other.name;
        });
    if (macro == shared_.manifest.macros.end()) {
      Error warning(ErrorCode::kPropertyInvalid,
                    fmt::format("did not find a macro named '{}' to document", other.name),
                    "its name must be that of a macro of the same project");
      diagnostics_.add_warning(std::move(warning.add_span(other.span)), "MacroNotFoundForPatch");
      continue;
    }
    (*macro)->patch_path = fmt::format("{}://{}", package, other.file);
    const jinja::Dict& entry = other.entry.as_dict();
    if (const Value* description = entry.find("description");
        description && description->is_string())
      (*macro)->description = render_description(description->as_string(), other.span);
    const Value* config = entry.find("config");
    for (const Value* given : {&other.entry, config}) {
      if (given == nullptr || !given->is_dict()) continue;
      if (const Value* meta = given->as_dict().find("meta"); meta && meta->is_dict())
        (*macro)->meta = *meta;
      if (const Value* docs = given->as_dict().find("docs"); docs && docs->is_dict())
        (*macro)->docs = *docs;
    }
    (*macro)->arguments = read_arguments(entry.find("arguments"));
  }
}

std::vector<Column> ProjectParser::make_columns(
    const std::vector<project::ColumnProperties>& columns) {
  std::vector<Column> out;
  out.reserve(columns.size());
  const Value no_meta = shared_dict(Value::dict());
  for (const project::ColumnProperties& properties : columns) {
    Column column;
    column.name = properties.name;
    column.description =
        render_description(properties.description, properties.span, &column.doc_blocks);
    column.entry = properties.entry;
    column.meta = no_meta;
    if (properties.entry.is_dict()) {
      const jinja::Dict& entry = properties.entry.as_dict();
      if (const Value* type = entry.find("data_type"); type && type->is_string())
        column.data_type = type->as_string();
      if (const Value* quote = entry.find("quote"); quote && quote->is_bool())
        column.quote = quote->as_bool();
      if (const Value* meta = entry.find("meta"); meta && meta->is_dict()) column.meta = *meta;
      column.tags = text_items(entry.find("tags"));
      if (const Value* config = entry.find("config"); config && config->is_dict()) {
        if (const Value* meta = config->as_dict().find("meta"); meta && meta->is_dict())
          column.meta = *meta;
        for (std::string& tag : text_items(config->as_dict().find("tags")))
          column.tags.push_back(std::move(tag));
      }
    }
    out.push_back(std::move(column));
  }
  return out;
}

}  // namespace sluice::compile
