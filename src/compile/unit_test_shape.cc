// The shape of a unit test in dbt's manifest.
#include "compile/resource_shape.h"
#include "compile/unit_test.h"

namespace sluice::compile {

using jinja::Value;

namespace {

void fixture_fields(TreeSink& sink, const UnitTestFixture& fixture) {
  sink.begin_object();
  if (!fixture.input.empty()) sink.field("input", fixture.input);
  sink.field("rows", fixture.rows);
  sink.field("format", unit_test_format_name(fixture.format));
  sink.optional_field("fixture", fixture.fixture);
  sink.end_object();
}

void version_lists(TreeSink& sink, const Value& versions) {
  sink.key("versions");
  if (!versions.is_dict()) return sink.null();
  sink.begin_object();
  for (const std::string_view key : {"include", "exclude"}) {
    const Value* list = versions.as_dict().find(key);
    sink.field(key, list != nullptr ? *list : Value::none());
  }
  sink.end_object();
}

}  // namespace

void describe_unit_test(TreeSink& sink, const Manifest& manifest, const Node& node) {
  const UnitTestDefinition& test = *node.unit_test;
  sink.begin_object();
  sink.field("model", test.model);
  sink.key("given");
  sink.begin_array();
  for (const UnitTestFixture& fixture : test.given) fixture_fields(sink, fixture);
  sink.end_array();
  sink.key("expect");
  fixture_fields(sink, test.expect);
  sink.field("name", node.name);
  sink.field("resource_type", project::resource_type_name(node.type));
  sink.field("package_name", node.package_name);
  sink.field("path", below_resource_folder(manifest, node.package, node.original_file_path));
  sink.field("original_file_path", node.original_file_path);
  sink.field("unique_id", node.unique_id);
  sink.texts("fqn", node.fqn);
  sink.field("description", node.description);
  sink.field("overrides", test.overrides);
  sink.key("depends_on");
  sink.begin_object();
  sink.texts("macros", {});
  sink.texts("nodes", node.depends_on_nodes);
  sink.end_object();
  sink.dict_field("config", node.config);
  sink.field("checksum", node.checksum);
  sink.optional_field("schema", node.schema);
  sink.key("created_at");
  sink.number(static_cast<double>(node.created_at_micros) / 1e6);
  version_lists(sink, test.versions);
  sink.field("version", node.version);
  sink.end_object();
}

}  // namespace sluice::compile
