// Resources as template values: what `model` and `graph.nodes[…]` show.
#include "compile/batches.h"
#include "compile/manifest.h"
#include "compile/resource_shape.h"

namespace sluice::compile {

jinja::Value node_to_value(const Manifest& /*manifest*/, const Node& node) {
  ValueSink sink;
  describe_node(sink, node, {});
  jinja::Value value = sink.take();
  if (!node.defer_relation.is_none()) value.as_dict().set("defer_relation", node.defer_relation);
  if (node.batch) value.as_dict().set("batch", batch_value(*node.batch));
  return value;
}

jinja::Value unit_test_to_value(const Manifest& manifest, const Node& node) {
  ValueSink sink;
  describe_unit_test(sink, manifest, node);
  return sink.take();
}

jinja::Value source_to_value(const Manifest& manifest, const Source& source) {
  ValueSink sink;
  describe_source(sink, manifest, source);
  return sink.take();
}

jinja::Value exposure_to_value(const Manifest& manifest, const Exposure& exposure) {
  ValueSink sink;
  describe_exposure(sink, manifest, exposure);
  return sink.take();
}

jinja::Value groups_to_value(const Manifest& manifest) {
  jinja::Value out = jinja::Value::dict();
  for (const project::OtherProperties& group : manifest.project->others) {
    if (group.yaml_key != "groups") continue;
    ValueSink sink;
    describe_group(sink, manifest, group);
    out.as_dict().set("group." + manifest.project->packages[group.package].name + "." + group.name,
                      sink.take());
  }
  return out;
}

}  // namespace sluice::compile
