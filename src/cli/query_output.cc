#include "cli/query_output.h"

#include <fmt/format.h>

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "cli/cell_text.h"
#include "cli/text_table.h"
#include "jinja/ops.h"

namespace sluice::cli {
namespace {

using jinja::Value;

constexpr int64_t kSeedRows = 10;

std::string json_text(std::string_view text) {
  JsonWriter writer;
  writer.string(text);
  return writer.take();
}

std::string bordered(const Invocation& invocation, const warehouse::ResultTable& table) {
  const Terminal& terminal = invocation.console.terminal();
  return to_bordered_text(to_text_table(table), terminal.is_terminal ? terminal.width : 0);
}

// `main` is dbt's field that holds what is shown.
void output(Invocation& invocation, const ShownNode& node, const char* event_name, const char* main,
            const std::string& title, const std::string& body) {
  const Options& options = invocation.options;
  const bool bare = options.quiet || options.output == "json";
  Event event;
  event.name = event_name;
  event.data = {
      {"is_inline", node.is_inline ? "true" : "false"}, {"node_name", json_text(node.name)},
      {"output_format", json_text(options.output)},     {main, json_text(body)},
      {"quiet", options.quiet ? "true" : "false"},      {"unique_id", json_text(node.unique_id)}};
  invocation.console.output(bare ? body : title + "\n" + body, event);
}

Value named(const ShownNode& node) {
  Value json = Value::dict();
  if (!node.is_inline) json.as_dict().set("node", Value::string(node.name));
  return json;
}

Status show_rows(Invocation& invocation, const compile::Node& seed,
                 warehouse::Connection& connection) {
  SLUICE_ASSIGN(const warehouse::StatementResult result,
                connection.execute("select * from " + seed.relation_name, true, kSeedRows));
  const std::string header = fmt::format("Random sample of table: {}.{}", seed.schema, seed.alias);
  Console& console = invocation.console;
  console.info("", "Formatting");
  console.emit({EventLevel::kInfo, "SeedHeader", header, {}, {{"header", json_text(header)}}});
  console.info(std::string(header.size(), '-'), "Formatting");
  Event event;
  event.name = "SeedRows";
  console.output(bordered(invocation, result.table), event);
  console.info("", "Formatting");
  return {};
}

}  // namespace

void output_compiled(Invocation& invocation, const ShownNode& node, const std::string& sql) {
  const std::string title = node.is_inline ? "Compiled inline node is:"
                                           : fmt::format("Compiled node '{}' is:", node.name);
  if (invocation.options.output != "json")
    return output(invocation, node, "CompiledNode", "compiled", title, sql);
  Value json = named(node);
  json.as_dict().set("compiled", Value::string(sql));
  output(invocation, node, "CompiledNode", "compiled", title,
         jinja::to_json(json, {false, 2}).value_or("{}"));
}

void output_rows(Invocation& invocation, const ShownNode& node,
                 const warehouse::ResultTable& table) {
  const std::string title =
      node.is_inline ? "Previewing inline node:" : fmt::format("Previewing node '{}':", node.name);
  if (invocation.options.output != "json")
    return output(invocation, node, "ShowNode", "preview", title, bordered(invocation, table));
  Value json = named(node);
  json.as_dict().set("show", to_json_rows(table));
  output(invocation, node, "ShowNode", "preview", title,
         jinja::to_json(json, {false, 2}).value_or("{}"));
}

void show_seed_rows(Invocation& invocation, Workspace& workspace,
                    const run::ProjectRunReport& report) {
  Result<std::unique_ptr<warehouse::Connection>> connection = workspace.warehouse()->connect();
  if (!connection) {
    report_error(invocation, connection.error());
    return;
  }
  for (const run::NodeResult& result : report.results) {
    const compile::Node* node = workspace.session().manifest().find_node(result.unique_id);
    if (node == nullptr || node->type != project::ResourceType::kSeed ||
        result.status != run::NodeStatus::kSuccess)
      continue;
    if (Status shown = show_rows(invocation, *node, **connection); !shown)
      report_error(invocation, shown.error());
  }
}

}  // namespace sluice::cli
