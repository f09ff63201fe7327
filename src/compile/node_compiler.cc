#include "compile/node_compiler.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "compile/cte_injection.h"
#include "compile/project_parser.h"
#include "compile/unit_test_compiler.h"
#include "jinja/ops.h"

namespace sluice::compile {

using jinja::Value;

namespace {

std::string compiled_path_of(const SharedState& shared, const Node& node) {
  const project::Project& project = shared.project();
  std::string target = relative_path(project.target_path, project.root);
  std::string file = node.original_file_path;
  // Tests and hooks live below the file that declares them.
  if (node.test_metadata)
    file += "/" + node.path;
  else if (node.type == ResourceType::kOperation)
    file += "/" + node.path;
  else if (node.batch)
    file =
        fmt::format("{}/{}_{}.sql", file.substr(0, file.rfind('.')), node.name, node.batch->label);
  return fmt::format("{}/compiled/{}/{}", target, node.package_name, file);
}

// The compiled text of a node. Thousands of tests have the same, and those of a file come one after
// the other: a thread keeps the last few.
Result<jinja::Template> template_of(const Node& node) {
  const bool is_borrowed = node.test_metadata || node.type == ResourceType::kOperation;
  const uint32_t first_line = is_borrowed ? 1 : node.span.line;
  if (!node.test_metadata)
    return jinja::compile_template(node.raw_code, node.original_file_path, first_line);
  struct Known {
    SharedText file;
    std::string text;
    jinja::Template tmpl;
  };
  thread_local std::array<Known, 8> known;
  thread_local size_t oldest = 0;
  for (const Known& candidate : known)
    if (candidate.file == node.original_file_path && candidate.text == node.raw_code)
      return candidate.tmpl;
  SLUICE_ASSIGN(jinja::Template tmpl,
                jinja::compile_template(node.raw_code, node.original_file_path, first_line));
  known[oldest] = {node.original_file_path, std::string(node.raw_code), tmpl};
  oldest = (oldest + 1) % known.size();
  return tmpl;
}

size_t offset_of(std::string_view text, uint32_t line, uint32_t column) {
  size_t begin = 0;
  for (uint32_t i = 1; i < line; ++i) {
    size_t newline = text.find('\n', begin);
    if (newline == std::string_view::npos) return text.size();
    begin = newline + 1;
  }
  return std::min(text.size(), begin + (column > 0 ? column - 1 : 0));
}

std::pair<uint32_t, uint32_t> line_and_column(std::string_view text, size_t offset) {
  uint32_t line = 1;
  size_t begin = 0;
  for (size_t newline = text.find('\n'); newline != std::string_view::npos && newline < offset;
       newline = text.find('\n', newline + 1)) {
    ++line;
    begin = newline + 1;
  }
  return {line, static_cast<uint32_t>(offset - begin + 1)};
}

}  // namespace

std::optional<Span> template_place(const Node& node, size_t offset) {
  const bool is_borrowed = !node.template_span.file.empty();
  const std::string& file =
      is_borrowed ? node.template_span.file.text() : node.original_file_path.text();
  if (offset >= node.injected_at && offset < node.injected_at + node.injected_bytes)
    return std::nullopt;
  if (node.injected_bytes > 0 && offset >= node.injected_at + node.injected_bytes)
    offset -= node.injected_bytes;
  const std::string& rendered = node.injected_bytes > 0 ? node.uninjected_code : node.compiled_code;
  if (node.source_map.empty()) {
    // Plain SQL: what was rendered is what was written.
    auto [line, column] = line_and_column(rendered, offset);
    const uint32_t first = is_borrowed ? node.template_span.line : node.span.line;
    return Span{file, first + line - 1, column, 0, 0};
  }
  auto after = std::upper_bound(
      node.source_map.begin(), node.source_map.end(), offset,
      [](size_t wanted, const jinja::SourceMapEntry& entry) { return wanted < entry.offset; });
  if (after == node.source_map.begin()) return std::nullopt;
  const jinja::SourceMapEntry& entry = *std::prev(after);
  std::string_view between = std::string_view(rendered).substr(
      std::min(entry.offset, rendered.size()), offset - entry.offset);
  uint32_t lines = static_cast<uint32_t>(std::count(between.begin(), between.end(), '\n'));
  size_t newline = between.rfind('\n');
  uint32_t column = newline == std::string_view::npos
                        ? entry.column + static_cast<uint32_t>(between.size())
                        : static_cast<uint32_t>(between.size() - newline);
  return Span{file, entry.line + lines, column, 0, 0};
}

void locate_sql_error(Error& error, const Node& node, const std::string& executed_sql,
                      uint32_t num_lines_before) {
  if (error.spans().empty()) {
    // The engine failed as a whole (disk, memory): no place in the statement is at fault.
    error.add_span({node.original_file_path, 0, 0, 0, 0});
    return;
  }
  Span engine = error.spans().front();
  engine.line -= std::min(engine.line, num_lines_before);
  Error located(error.code(), error.message(), error.hint());
  for (const std::string& frame : error.trace()) located.add_trace(frame);
  size_t offset = offset_of(executed_sql, engine.line, engine.column);
  size_t begin =
      node.compiled_code.empty() ? std::string::npos : executed_sql.find(node.compiled_code);
  if (begin != std::string::npos && offset >= begin &&
      offset <= begin + node.compiled_code.size()) {
    size_t inside = offset - begin;
    if (auto place = template_place(node, inside)) located.add_span(*place);
    auto [line, column] = line_and_column(node.compiled_code, inside);
    located.add_span({node.compiled_path, line, column, 0, 0});
    located.set_excerpt(make_excerpt(node.compiled_code, {"", line, column, 0, 0}));
  } else {
    // The statement around the model's text is at fault, or there is none: show the statement.
    located.add_span({node.original_file_path, 0, 0, 0, 0});
    located.set_excerpt(make_excerpt(executed_sql, engine));
  }
  error = std::move(located);
}

Status NodeCompiler::compile(Node& node, warehouse::Connection* connection) {
  if (!node.is_ephemeral()) return compile_locked(node, connection);
  std::lock_guard lock(ephemeral_mutex_);
  return compile_locked(node, connection);
}

Status NodeCompiler::compile_locked(Node& node, warehouse::Connection* connection) {
  if (node.compiled) return {};
  if (node.type == ResourceType::kSeed) {
    node.compiled = true;
    return {};
  }
  if (node.unit_test) return compile_unit_test(node, connection);
  NodeContext ctx(shared_, &node, node.package, Phase::kCompile, connection);
  jinja::Environment environment = environment_for(shared_, Phase::kCompile);
  jinja::Interpreter interpreter(environment, ctx);
  interpreter.host = &ctx;
  auto failed = [&](Error error) {
    if (connection && connection->in_transaction()) static_cast<void>(connection->rollback());
    error.set_node(node.unique_id).locate(node.span);
    return fail(std::move(error));
  };
  if (node.test_metadata) {
    auto kwargs = render_test_kwargs(node.test_metadata->kwargs, ctx, interpreter);
    if (!kwargs) return failed(std::move(kwargs.error()));
    ctx.extra["_dbt_generic_test_kwargs"] = std::move(*kwargs);
  }
  if (jinja::is_plain_text(node.raw_code)) {
    node.compiled_code = std::string(node.raw_code);
  } else {
    auto tmpl = template_of(node);
    if (!tmpl) return failed(std::move(tmpl.error()));
    auto rendered = interpreter.render(*tmpl, &node.source_map);
    if (!rendered) return failed(std::move(rendered.error()));
    node.compiled_code = std::move(*rendered);
  }
  SLUICE_TRY(inject(node, ctx.ephemerals, connection));
  // A snapshot's query has no file, as in dbt.
  if (node.type != ResourceType::kSnapshot) node.compiled_path = compiled_path_of(shared_, node);
  node.compiled = true;
  return {};
}

Status NodeCompiler::compile_unit_test(Node& node, warehouse::Connection* connection) {
  Status compiled = UnitTestCompiler(shared_, node, connection).compile();
  if (compiled) return compiled;
  Error error = std::move(compiled.error());
  error.set_node(node.unique_id).locate(node.span);
  return fail(std::move(error));
}

Status NodeCompiler::inject(Node& node, const std::vector<Node*>& ephemerals,
                            warehouse::Connection* connection) {
  node.extra_ctes_injected = true;
  if (node.is_ephemeral()) node.uninjected_code = node.compiled_code;
  if (ephemerals.empty()) return {};
  auto add = [&](const ExtraCte& cte) {
    bool known = std::any_of(node.extra_ctes.begin(), node.extra_ctes.end(),
                             [&](const ExtraCte& other) { return other.id == cte.id; });
    if (!known) node.extra_ctes.push_back(cte);
  };
  std::lock_guard lock(ephemeral_mutex_);
  for (Node* ephemeral : ephemerals) {
    SLUICE_TRY(compile_locked(*ephemeral, connection));
    for (const ExtraCte& cte : ephemeral->extra_ctes) add(cte);
    add({ephemeral->unique_id,
         fmt::format(" __dbt__cte__{} as (\n{}\n)", ephemeral->alias, ephemeral->uninjected_code)});
  }
  if (!shared_.options.flags.inject_ephemeral_ctes) return {};
  Injection injection = inject_ctes(node.compiled_code, node.extra_ctes);
  node.uninjected_code = std::move(node.compiled_code);
  node.compiled_code = std::move(injection.sql);
  node.injected_at = injection.at;
  node.injected_bytes = injection.bytes;
  return {};
}

Result<std::string> NodeCompiler::compile_inline(const std::string& text,
                                                 warehouse::Connection* connection) {
  Node node;
  node.type = ResourceType::kSqlOperation;
  node.name = "inline_query";
  node.alias = node.name;
  node.package = shared_.project().root_package;
  node.package_name = shared_.project().root_pkg().name;
  node.unique_id = fmt::format("sql_operation.{}.{}", node.package_name, node.name);
  node.original_file_path = "inline_query";
  node.database = shared_.project().profile.database;
  node.schema = shared_.project().profile.schema;
  node.owned_raw_code = text;
  node.raw_code = node.owned_raw_code;
  node.config = Value::dict();
  node.span = {"inline_query", 1, 0, 0, 0};
  SLUICE_TRY(compile_locked(node, connection));
  if (connection && connection->in_transaction()) SLUICE_TRY(connection->rollback());
  return std::move(node.compiled_code);
}

}  // namespace sluice::compile
