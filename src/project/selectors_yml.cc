#include "project/selectors_yml.h"

#include <optional>
#include <utility>

#include "project/project_file.h"
#include "project/shape.h"
#include "project/yaml_renderer.h"
#include "project/yaml_value.h"

namespace sluice::project {

namespace {

constexpr const char* kSelectorsFile = "selectors.yml";

}  // namespace

void read_selectors_yml(FileSystem& fs, const jinja::Scope& scope, Project& project,
                        Diagnostics& diagnostics) {
  const std::string path = join_path(project.root, kSelectorsFile);
  if (!fs.exists(path)) return;
  const std::optional<yaml::Document> document = read_yaml(fs, path, kSelectorsFile, diagnostics);
  if (!document || document->root().is_null()) return;
  Result<jinja::Value> rendered = YamlRenderer(scope, *document).render(document->root());
  if (!rendered) return diagnostics.add_error(std::move(rendered.error()));
  project.selectors = std::move(*rendered);
  const yaml::Node* list =
      document->root().is_mapping() ? document->root().find("selectors") : nullptr;
  if (list == nullptr || !list->is_sequence()) return;
  for (const yaml::Node* entry : list->items)
    project.selector_spans.push_back({kSelectorsFile, entry->line, entry->column, 0, 0});
}

}  // namespace sluice::project
