#include "compile/specification.h"

#include <algorithm>

#include "compile/cte_injection.h"
#include "jinja/ops.h"

namespace sluice::compile {

using jinja::Value;

namespace {

Value never() {
  return jinja::make_closure("is_incremental",
                             [](jinja::Interpreter&, const jinja::CallArgs&) -> Result<Value> {
                               return Value::boolean(false);
                             });
}

}  // namespace

Result<Specification> SpecificationCompiler::compile() {
  auto model = std::make_shared<Node>(node_);
  model->source_map.clear();
  SLUICE_ASSIGN(Rendered rendered, render(*model));
  for (const Node* ephemeral : rendered.ephemerals) SLUICE_TRY(add_ephemeral(*ephemeral));
  model->injected_at = model->injected_bytes = 0;
  out_.sql = rendered.sql;
  if (!ctes_.empty()) {
    Injection injection = inject_ctes(rendered.sql, ctes_);
    model->injected_at = injection.at;
    model->injected_bytes = injection.bytes;
    out_.sql = std::move(injection.sql);
  }
  model->uninjected_code = std::move(rendered.sql);
  model->compiled_code = out_.sql;
  out_.rendered = std::move(model);
  return std::move(out_);
}

Result<SpecificationCompiler::Rendered> SpecificationCompiler::render(Node& node) {
  if (jinja::is_plain_text(node.raw_code)) return Rendered{std::string(node.raw_code), {}};
  NodeContext ctx(shared_, &node, node.package, Phase::kCompile, connection_);
  ctx.specification = this;
  ctx.extra["is_incremental"] = never();
  jinja::Environment environment = environment_for(shared_, Phase::kCompile);
  jinja::Interpreter interpreter(environment, ctx);
  interpreter.host = &ctx;
  SLUICE_ASSIGN(const jinja::Template tmpl,
                jinja::compile_template(node.raw_code, node.original_file_path, node.span.line));
  Result<std::string> sql = interpreter.render(tmpl, &node.source_map);
  if (connection_ != nullptr && connection_->in_transaction()) SLUICE_TRY(connection_->rollback());
  if (!sql) return fail(std::move(sql.error()));
  Rendered out{std::move(*sql), {}};
  for (const Node* ephemeral : ctx.ephemerals) out.ephemerals.push_back(ephemeral);
  return out;
}

Status SpecificationCompiler::add_ephemeral(const Node& node) {
  const bool is_known = std::any_of(ctes_.begin(), ctes_.end(), [&node](const ExtraCte& cte) {
    return cte.id == node.unique_id;
  });
  if (is_known) return {};
  Node copy = node;
  copy.source_map.clear();
  SLUICE_ASSIGN(const Rendered rendered, render(copy));
  for (const Node* below : rendered.ephemerals) SLUICE_TRY(add_ephemeral(*below));
  ctes_.push_back(
      {node.unique_id, " __dbt__cte__" + node.alias + " as (\n" + rendered.sql + "\n)"});
  return {};
}

const std::string& StubNames::name_of(const std::string& unique_id, const std::string& identifier) {
  const auto [entry, is_new] = names_.emplace(unique_id, identifier);
  if (!is_new) return entry->second;
  std::string folded = identifier;
  std::transform(folded.begin(), folded.end(), folded.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (folded.empty() || !taken_.insert(std::move(folded)).second) entry->second = unique_id;
  return entry->second;
}

// By its full name, so that a CTE of the same name does not read itself.
Value SpecificationCompiler::stub(SpecificationInput input, const std::string& identifier) {
  input.name = names_.name_of(input.stub, identifier);
  RelationParts parts;
  parts.external = "temp.main." + shared_.dialect->quote_identifier(input.name);
  const bool is_known =
      std::any_of(out_.inputs.begin(), out_.inputs.end(),
                  [&input](const SpecificationInput& known) { return known.stub == input.stub; });
  if (!is_known) out_.inputs.push_back(std::move(input));
  return Relation::make(*shared_.dialect, std::move(parts));
}

Result<Value> SpecificationCompiler::resolve_ref(NodeContext& ctx, const RefCall& call) {
  Node* target = shared_.references.find_ref(call, ctx.package);
  if (target == nullptr) return fail(unknown_ref_error(shared_, ctx.node, call));
  if (!target->is_ephemeral()) {
    const Value relation = Relation::make(*shared_.dialect, node_relation_parts(shared_, *target));
    return stub({target->unique_id, {}, relation.object_as<Relation>()->render(), target, nullptr},
                target->alias);
  }
  if (std::find(ctx.ephemerals.begin(), ctx.ephemerals.end(), target) == ctx.ephemerals.end())
    ctx.ephemerals.push_back(target);
  RelationParts cte;
  cte.identifier = "__dbt__cte__" + target->alias;
  cte.type = warehouse::RelationType::kCte;
  cte.quote.identifier = false;
  return Relation::make(*shared_.dialect, std::move(cte));
}

Result<Value> SpecificationCompiler::resolve_source(NodeContext& ctx, const SourceCall& call) {
  Source* target = shared_.references.find_source(call, ctx.package);
  if (target == nullptr) return fail(unknown_source_error(shared_, ctx.node, call));
  SLUICE_ASSIGN(const Value relation, source_relation(shared_, *target, nullptr));
  return stub({target->unique_id, {}, relation.object_as<Relation>()->render(), nullptr, target},
              target->identifier);
}

}  // namespace sluice::compile
