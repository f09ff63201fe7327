#include "compile/query_comment.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "compile/node_context.h"
#include "jinja/ops.h"

namespace sluice::compile {

using jinja::Value;

namespace {

constexpr std::string_view kSpace = " \t\r\n\f\v";
// Connection that hooks and operations use, as dbt names it.
constexpr std::string_view kMainConnection = "master";

std::string_view strip(std::string_view text) {
  const size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

Error invalid(std::string message) {
  Error error(ErrorCode::kProjectInvalid, std::move(message),
              "write query-comment: \"text\", query-comment: {comment: \"text\", append: true}, or "
              "query-comment: null for none");
  error.add_span({"dbt_project.yml", 0, 0, 0, 0});
  return error;
}

// What a comment's template sees: the project, and `node` in place of the names of a model.
class CommentScope final : public jinja::Scope {
 public:
  explicit CommentScope(const NodeContext& context) : context_(context) {}
  bool lookup(std::string_view name, Value& out) const override {
    static constexpr std::array<std::string_view, 9> kHidden = {"this",       "model",  "execute",
                                                                "database",   "schema", "pre_hooks",
                                                                "post_hooks", "config", "sql"};
    if (std::find(kHidden.begin(), kHidden.end(), name) != kHidden.end()) return false;
    return context_.lookup(name, out);
  }
  std::vector<std::string> names() const override { return context_.names(); }

 private:
  const NodeContext& context_;
};

}  // namespace

Result<QueryComment> QueryComment::read(const project::Project& project) {
  QueryComment comment;
  if (!project.has_query_comment) return comment;
  const Value& setting = project.query_comment;
  Value text = setting;
  if (setting.is_dict()) {
    text = Value::none();
    bool has_text = false;
    for (const auto& entry : setting.as_dict().entries()) {
      const std::string key = jinja::to_str(entry.key).value_or(std::string());
      if (key == "comment") {
        text = entry.value;
        has_text = true;
      } else if ((key == "append" || key == "job-label") && entry.value.is_bool()) {
        if (key == "append") comment.append_ = entry.value.as_bool();
      } else {
        return fail(invalid(fmt::format("\"query-comment\" cannot have \"{}: {}\"", key,
                                        jinja::to_str(entry.value).value_or(std::string()))));
      }
    }
    if (!has_text) return comment;
  }
  if (text.is_none() || (text.is_string() && strip(text.as_string()).empty())) {
    comment.kind_ = Kind::kNone;
    return comment;
  }
  if (!text.is_string())
    return fail(invalid(fmt::format("\"query-comment\" must be text or a mapping, not \"{}\"",
                                    jinja::to_repr(text).value_or(std::string()))));
  comment.kind_ = Kind::kCustom;
  const std::string block =
      fmt::format("{{% macro query_comment() %}}{}{{% endmacro %}}", text.as_string());
  SLUICE_ASSIGN(const std::vector<jinja::Block> blocks,
                jinja::split_blocks(block, "query-comment", {"macro"}));
  SLUICE_ASSIGN(comment.macro_, jinja::compile_macro(blocks.front(), "query-comment"));
  return comment;
}

Result<std::string> QueryComment::render(SharedState& shared, Node* node) const {
  const project::Profile& profile = shared.project().profile;
  const Value name =
      Value::string(node != nullptr && node->type != ResourceType::kOperation ? node->unique_id
                                                                              : kMainConnection);
  const bool has_node = node != nullptr && node->type != ResourceType::kOperation;
  if (kind_ == Kind::kStandard) {
    Value standard = Value::dict();
    standard.as_dict().set("app", Value::string("dbt"));
    standard.as_dict().set("dbt_version", shared.globals.at("dbt_version"));
    standard.as_dict().set("profile_name", Value::string(profile.profile_name));
    standard.as_dict().set("target_name", Value::string(profile.target_name));
    standard.as_dict().set(has_node ? "node_id" : "connection_name", name);
    return jinja::to_json(standard);
  }
  NodeContext context(shared, nullptr, shared.project().root_package, Phase::kRun, nullptr);
  context.extra["connection_name"] = name;
  context.extra["node"] = has_node ? make_node_dict(shared.manifest, *node) : Value::none();
  const CommentScope scope(context);
  jinja::Environment environment = environment_for(shared, Phase::kRun);
  jinja::Interpreter interpreter(environment, scope);
  interpreter.host = &context;
  SLUICE_ASSIGN(const Value out, interpreter.call_macro(*macro_, {}));
  return jinja::to_str(out);
}

Result<std::string> QueryComment::text_for(SharedState& shared, Node* node) const {
  if (kind_ == Kind::kNone) return std::string();
  SLUICE_ASSIGN(const std::string rendered, render(shared, node));
  const std::string_view text = strip(rendered);
  if (text.find("*/") != std::string_view::npos)
    return fail(ErrorCode::kProjectInvalid,
                fmt::format("query comment contains illegal value \"*/\": {}", text),
                "remove the end of the comment from query-comment in dbt_project.yml");
  return std::string(text);
}

std::string QueryComment::add_to(const std::string& sql, const std::string& comment) const {
  if (comment.empty()) return sql;
  if (!append_) return fmt::format("/* {} */\n{}", comment, sql);
  std::string_view body = std::string_view(sql).substr(0, sql.find_last_not_of(kSpace) + 1);
  if (!body.ends_with(';')) return fmt::format("{}\n/* {} */", body, comment);
  body.remove_suffix(1);
  return fmt::format("{}\n/* {} */;", body.substr(0, body.find_last_not_of(kSpace) + 1), comment);
}

uint32_t QueryComment::num_lines_before(const std::string& comment) const {
  if (comment.empty() || append_) return 0;
  return 1 + static_cast<uint32_t>(std::count(comment.begin(), comment.end(), '\n'));
}

}  // namespace sluice::compile
