// Turns ref() and source() calls into edges, and finds resources that clash.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>

#include "compile/batches.h"
#include "compile/project_parser.h"
#include "compile/semantic_graph.h"

namespace sluice::compile {

namespace {

void add_once(std::vector<SharedText>& ids, SharedText id) {
  if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
}

// Engines find relations without regard to case.
std::string lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

}  // namespace

Span call_place(const Node& node, uint32_t line, std::string_view name) {
  Span span = node.span;
  if (line == 0 || node.test_metadata) return span;
  std::string_view text = node.raw_code;
  for (uint32_t at = span.line; at < line && !text.empty(); ++at)
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  const size_t found = text.substr(0, text.find('\n')).find(name);
  span.line = line;
  span.column = found == std::string_view::npos ? 0 : static_cast<uint32_t>(found) + 1;
  return span;
}

bool ProjectParser::resolve_node(Node& node) {
  bool keep = true;
  auto missing = [&](Error error, uint32_t line, std::string_view name) {
    error.set_node(node.unique_id).locate(call_place(node, line, name));
    // dbt: a test whose target is gone or disabled is left out with a warning; anything else must
    // not go on.
    if (node.type == ResourceType::kTest) {
      diagnostics_.add_warning(std::move(error), "NodeNotFoundOrDisabled");
      keep = false;
    } else {
      diagnostics_.add_error(std::move(error));
    }
  };
  for (const SourceCall& call : node.sources) {
    if (const Source* target = shared_.references.find_source(call, node.package))
      add_once(node.depends_on_nodes, target->unique_id);
    else
      missing(unknown_source_error(shared_, &node, call), call.line, call.table);
  }
  for (const RefCall& call : node.refs) {
    if (const Node* target = shared_.references.find_ref(call, node.package))
      add_once(node.depends_on_nodes, target->unique_id);
    else if (!failed_names_.contains(call.name))
      missing(unknown_ref_error(shared_, &node, call), call.line, call.name);
  }
  for (const RefCall& call : node.metrics) {
    if (const SemanticResource* metric = find_metric(shared_.manifest, call, node.package))
      add_once(node.depends_on_nodes, metric->unique_id);
    else
      missing(
          unknown_metric_error(shared_,
                               fmt::format("{} '{}' ({})", project::resource_type_name(node.type),
                                           node.unique_id, node.original_file_path),
                               call),
          call.line, call.name);
  }
  for (const RefCall& call : node.functions) {
    if (const Node* target = shared_.references.find_function(call, node.package))
      add_once(node.depends_on_nodes, target->unique_id);
    else if (!failed_names_.contains(call.name))
      missing(unknown_function_error(shared_, &node, call), call.line, call.name);
  }
  return keep;
}

void ProjectParser::resolve_references() {
  shared_.references.build(shared_.manifest);
  auto& nodes = shared_.manifest.nodes;
  for (auto& node : nodes) {
    if (resolve_node(*node)) continue;
    shared_.manifest.disabled_nodes.push_back(std::move(node));
  }
  std::erase_if(nodes, [](const std::unique_ptr<Node>& node) { return !node; });
  resolve_semantic_layer();
  for (auto& exposure : shared_.manifest.exposures) {
    auto add_error = [&](Error error) {
      error.locate(exposure->span);
      diagnostics_.add_error(std::move(error));
    };
    for (const SourceCall& call : exposure->sources) {
      if (const Source* target = shared_.references.find_source(call, exposure->package))
        add_once(exposure->depends_on_nodes, target->unique_id);
      else
        add_error(unknown_source_error(shared_, nullptr, call));
    }
    for (const RefCall& call : exposure->refs) {
      if (const Node* target = shared_.references.find_ref(call, exposure->package))
        add_once(exposure->depends_on_nodes, target->unique_id);
      else
        add_error(unknown_ref_error(shared_, nullptr, call));
    }
    for (const RefCall& call : exposure->metrics) {
      if (const SemanticResource* metric = find_metric(shared_.manifest, call, exposure->package))
        add_once(exposure->depends_on_nodes, metric->unique_id);
      else
        add_error(unknown_metric_error(
            shared_,
            fmt::format("exposure '{}' ({})", exposure->unique_id, exposure->original_file_path),
            call));
    }
  }
}

void ProjectParser::check_duplicates() {
  std::map<std::string, const Node*> by_key;
  std::map<std::string, const Node*> by_relation;
  auto& nodes = shared_.manifest.nodes;
  for (auto& node : nodes) {
    // ref() does not say a type, so models, seeds and snapshots share names within a package.
    std::string key = node->is_refable()
                          ? fmt::format("ref {} {}", node->package, node->versioned_name())
                          : node->unique_id;
    auto [known, inserted] = by_key.emplace(key, node.get());
    if (!inserted && node->type == ResourceType::kTest && node->test_metadata) {
      // The same generic test written twice on one column is one test.
      node.reset();
      continue;
    }
    const bool is_other_type = !inserted && known->second->type != node->type;
    if (!inserted) report_shared_name(*node, *known->second);
    if (!node->is_refable() || node->relation_name.empty()) continue;
    auto [other, fresh] = by_relation.emplace(lower_case(node->relation_name), node.get());
    if (fresh || (!inserted && !is_other_type)) continue;
    Error error(ErrorCode::kDuplicateResource,
                fmt::format("'{}' and '{}' would both be written to {}", other->second->unique_id,
                            node->unique_id, node->relation_name),
                "give one of them another alias or schema");
    error.set_node(node->unique_id).add_span(node->span).add_span(other->second->span);
    diagnostics_.add_error(std::move(error));
  }
  std::erase_if(nodes, [](const std::unique_ptr<Node>& node) { return !node; });
}

bool ProjectParser::parse() {
  parse_macros();
  parse_docs();
  parse_sources();
  index_properties();
  parse_files();
  document_macros();
  if (shared_.project().behaviour_flags.validate_macro_args) check_macro_arguments();
  shared_.manifest.index();
  parse_generic_tests();
  parse_unit_tests();
  parse_hooks();
  parse_semantic_layer();
  parse_exposures();
  check_duplicates();
  check_versions();
  resolve_references();
  resolve_foreign_keys();
  check_groups();
  check_access();
  warn_deprecated_models();
  warn_unused_properties();
  warn_unused_config_paths();
  check_names();
  warn_python_models();
  shared_.manifest.index();
  warn_unfiltered_batches(shared_.manifest, diagnostics_);
  return true;
}

}  // namespace sluice::compile
