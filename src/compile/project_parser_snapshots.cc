// Snapshots: the blocks of snapshot files, and those that a property file defines by its
// `relation:`.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/hash.h"
#include "compile/project_parser.h"
#include "jinja/ops.h"

namespace sluice::compile {

using jinja::Value;
using project::SourceFile;

namespace {

constexpr std::string_view kSpace = " \t\r\n\f\v";

std::string_view strip(std::string_view text) {
  const size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

// The text between the tags, without the space that `-%}` and `{%-` take away.
std::string_view body_of(const jinja::Block& block) {
  std::string_view body = block.body;
  const size_t start = static_cast<size_t>(body.data() - block.full.data());
  if (start >= 3 && block.full[start - 3] == '-') {
    const size_t first = body.find_first_not_of(kSpace);
    body.remove_prefix(first == std::string_view::npos ? body.size() : first);
  }
  if (block.full.substr(start + block.body.size()).starts_with("{%-")) {
    const size_t last = body.find_last_not_of(kSpace);
    body = last == std::string_view::npos ? std::string_view() : body.substr(0, last + 1);
  }
  return body;
}

uint32_t num_lines(std::string_view text) {
  return static_cast<uint32_t>(std::count(text.begin(), text.end(), '\n'));
}

std::vector<std::string> folders_of(std::string_view path) {
  std::vector<std::string> folders;
  for (size_t slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/')) {
    if (slash > 0) folders.emplace_back(path.substr(0, slash));
    path.remove_prefix(slash + 1);
  }
  return folders;
}

std::string_view stem_of(std::string_view path) {
  const size_t slash = path.rfind('/');
  if (slash != std::string_view::npos) path.remove_prefix(slash + 1);
  return path.substr(0, path.rfind('.'));
}

const SourceFile* find_file(const project::Package& package, std::string_view path) {
  for (const SourceFile& file : package.files)
    if (file.path == path) return &file;
  return nullptr;
}

const Value* config_of(const Node& node, std::string_view key) {
  const Value* value = node.config.is_dict() ? node.config.as_dict().find(key) : nullptr;
  return value != nullptr && !value->is_none() ? value : nullptr;
}

// Given, and neither an empty text nor an empty list.
bool is_given(const Node& node, std::string_view key) {
  const Value* value = config_of(node, key);
  return value != nullptr && jinja::truth(*value).value_or(false);
}

bool is_text(const Node& node, std::string_view key, std::string_view wanted) {
  const Value* value = config_of(node, key);
  return value != nullptr && value->is_string() && value->as_string() == wanted;
}

Status invalid(std::string message, std::string hint) {
  return fail(ErrorCode::kConfigInvalid, std::move(message), std::move(hint));
}

// One `'text'` or `version=2` of a call.
bool is_literal_argument(std::string_view argument) {
  argument = strip(argument);
  for (const std::string_view keyword : {"version", "v"}) {
    if (!argument.starts_with(keyword)) continue;
    const std::string_view rest = strip(argument.substr(keyword.size()));
    if (rest.starts_with('=')) return !strip(rest.substr(1)).empty();
  }
  return argument.size() >= 2 && (argument.front() == '\'' || argument.front() == '"') &&
         argument.find(argument.front(), 1) == argument.size() - 1;
}

// `ref('x')`, `ref('package', 'x')`, `source('s', 't')`.
bool is_reference(std::string_view text) {
  text = strip(text);
  const std::string_view name = text.starts_with("ref")      ? "ref"
                                : text.starts_with("source") ? "source"
                                                             : "";
  std::string_view call = strip(text.substr(name.size()));
  if (name.empty() || !call.starts_with('(') || !call.ends_with(')')) return false;
  call = call.substr(1, call.size() - 2);
  size_t num_arguments = 0;
  while (true) {
    const size_t comma = std::min(call.find(','), call.size());
    if (!is_literal_argument(call.substr(0, comma))) return false;
    ++num_arguments;
    if (comma == call.size()) break;
    call.remove_prefix(comma + 1);
  }
  return name == "ref" ? num_arguments <= 3 : num_arguments == 2;
}

Error not_a_reference(const project::NodeProperties& properties, const Value& relation) {
  Error error(ErrorCode::kPropertyInvalid,
              fmt::format("\"relation\" of the snapshot '{}' must be a ref or source, not \"{}\"",
                          properties.name, jinja::to_str(relation).value_or(std::string())),
              "write relation: ref('model') or relation: source('schema', 'table')");
  error.add_span(properties.span);
  return error;
}

}  // namespace

std::unique_ptr<Node> ProjectParser::snapshot_node(size_t package, std::string name,
                                                   const SourceFile& file) const {
  auto node = std::make_unique<Node>();
  node->type = ResourceType::kSnapshot;
  node->package = package;
  node->package_name = shared_.project().packages[package].name;
  node->name = std::move(name);
  node->original_file_path = file.path;
  node->path = file.relative_path;
  node->fqn.push_back(node->package_name);
  for (std::string& folder : folders_of(file.relative_path)) node->fqn.push_back(std::move(folder));
  node->unique_id = fmt::format("snapshot.{}.{}", node->package_name, node->name);
  node->created_at_micros = shared_.options.started_at_micros;
  return node;
}

// The blocks of one file. What stands between them means nothing, as in dbt.
void ProjectParser::draft_snapshots_of_file(size_t package, const SourceFile& file,
                                            std::vector<Draft>& drafts) {
  auto blocks = jinja::split_blocks(file.text, file.path, {"snapshot"});
  if (!blocks) return diagnostics_.add_error(std::move(blocks.error()));
  for (const jinja::Block& block : *blocks) {
    if (block.name.empty()) {
      Error error(ErrorCode::kJinjaSyntax, "a snapshot block has no name",
                  "write {% snapshot its_name %}");
      error.add_span({file.path, block.line, block.column, 0, 0});
      diagnostics_.add_error(std::move(error));
      continue;
    }
    Draft draft;
    draft.node = snapshot_node(package, block.name, file);
    Node& node = *draft.node;
    node.fqn.emplace_back(stem_of(file.relative_path));
    node.fqn.push_back(node.name);
    node.raw_code = body_of(block);
    const size_t before = static_cast<size_t>(node.raw_code.data() - block.full.data());
    node.span = {file.path, block.line + num_lines(block.full.substr(0, before)), 1, 0, 0};
    node.checksum = sha256_hex(strip(file.text));
    take_properties(draft, "snapshots");
    drafts.push_back(std::move(draft));
  }
}

// dbt names a snapshot of a property file as if that file were a folder, and leaves its database,
// schema and alias at the target's unless the entry itself has a config.
void ProjectParser::draft_snapshot_of_properties(const project::NodeProperties& properties,
                                                 std::vector<Draft>& drafts) {
  const Value* relation =
      properties.entry.is_dict() ? properties.entry.as_dict().find("relation") : nullptr;
  if (relation == nullptr || relation->is_none()) return;
  if (!relation->is_string() || !is_reference(relation->as_string())) {
    used_properties_[&properties] = true;
    return diagnostics_.add_error(not_a_reference(properties, *relation));
  }
  const SourceFile* file =
      find_file(shared_.project().packages[properties.package], properties.file);
  SLUICE_CHECK(file != nullptr);
  Draft draft;
  draft.node = snapshot_node(properties.package, properties.name, *file);
  Node& node = *draft.node;
  node.path += fmt::format("/{}.sql", node.name);
  node.fqn.push_back(node.name);
  node.owned_raw_code = fmt::format("select * from {{{{ {} }}}}", relation->as_string());
  node.raw_code = node.owned_raw_code;
  node.span = properties.span;
  node.checksum = file->checksum;
  draft.is_unconfigured = properties.config.as_dict().size() == 0;
  take_properties(draft, "snapshots");
  drafts.push_back(std::move(draft));
}

void ProjectParser::draft_snapshots(std::vector<Draft>& drafts) {
  const project::Project& project = shared_.project();
  for (size_t i = 0; i < project.packages.size(); ++i)
    for (const SourceFile& file : project.packages[i].files)
      if (file.kind == SourceFile::Kind::kSnapshot) draft_snapshots_of_file(i, file, drafts);
  for (const project::NodeProperties& properties : project.node_properties)
    if (properties.yaml_key == "snapshots") draft_snapshot_of_properties(properties, drafts);
}

// dbt's rules, in dbt's words.
Status check_snapshot_config(const Node& node) {
  if (!is_given(node, "strategy") || !is_given(node, "unique_key"))
    return invalid("Snapshots must be configured with a 'strategy' and 'unique_key'.",
                   fmt::format("add \"{}\" to its config",
                               is_given(node, "strategy") ? "unique_key" : "strategy"));
  const Value* key = config_of(node, "unique_key");
  if (!key->is_string() && !key->is_sequence())
    return invalid(fmt::format("config \"unique_key\" must be text or a list of texts, not \"{}\"",
                               jinja::to_repr(*key).value_or(std::string())),
                   "write unique_key: id, or unique_key: [one, two]");
  const bool checks = is_given(node, "check_cols");
  if (is_text(node, "strategy", "check")) {
    if (!checks)
      return invalid(
          "A snapshot configured with the check strategy must specify a check_cols configuration.",
          "write check_cols: all, or check_cols: [one, two]");
    const Value* columns = config_of(node, "check_cols");
    if (columns->is_string() && columns->as_string() != "all")
      return invalid(fmt::format("Invalid value for 'check_cols': {}. Expected 'all' or a list of "
                                 "strings.",
                                 columns->as_string()),
                     fmt::format("write check_cols: [{}]", columns->as_string()));
  }
  if (is_text(node, "strategy", "timestamp")) {
    if (!is_given(node, "updated_at"))
      return invalid(
          "A snapshot configured with the timestamp strategy must specify an updated_at "
          "configuration.",
          "write updated_at: with the column that says when a row was changed");
    if (checks)
      return invalid("A 'timestamp' snapshot should not have 'check_cols'",
                     "remove check_cols, or write strategy: check");
  }
  if (node.materialized() != "snapshot")
    return invalid("A snapshot must have a materialized value of 'snapshot'",
                   "remove \"materialized\" from its config");
  return {};
}

// target_database and target_schema are where the table goes, whatever generate_*_name say.
void place_snapshot(Node& node) {
  for (const auto& [key, member] : {std::make_pair("target_database", &Node::database),
                                    std::make_pair("target_schema", &Node::schema)}) {
    const Value* given = config_of(node, key);
    if (given != nullptr && given->is_string() && !given->as_string().empty())
      node.*member = given->as_string();
  }
}

}  // namespace sluice::compile
