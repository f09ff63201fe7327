#include "graph/previous_state.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "jinja/ops.h"

namespace sluice::graph {

namespace {

using jinja::Dict;
using jinja::Value;

struct KnownVersions {
  std::string_view kind;
  int oldest;
  int newest;
};

constexpr std::array<KnownVersions, 3> kKnownVersions{
    {{"manifest", 4, 12}, {"run-results", 4, 6}, {"sources", 3, 3}}};

// Where a manifest keeps what a selection can name.
constexpr std::array<std::string_view, 8> kSections{
    "nodes",           "sources",       "exposures",  "metrics",
    "semantic_models", "saved_queries", "unit_tests", "functions"};

const Value* member(const Value& dict, std::string_view key) {
  return dict.is_dict() ? dict.as_dict().find(key) : nullptr;
}

// 12 of "https://schemas.getdbt.com/dbt/manifest/v12.json".
std::optional<int> version_in(std::string_view schema) {
  const size_t slash = schema.rfind("/v");
  if (slash == std::string_view::npos) return std::nullopt;
  int version = 0;
  const char* const begin = schema.data() + slash + 2;
  const auto [end, problem] = std::from_chars(begin, schema.data() + schema.size(), version);
  if (problem != std::errc() || end == begin) return std::nullopt;
  return version;
}

// Before version 7 code was called SQL.
void rename_code(Value& node) {
  if (!node.is_dict()) return;
  Dict& dict = node.as_dict();
  for (const auto& [old_name, new_name] :
       {std::pair<std::string_view, std::string_view>{"raw_sql", "raw_code"},
        std::pair<std::string_view, std::string_view>{"compiled_sql", "compiled_code"}}) {
    const Value* code = dict.find(old_name);
    if (code != nullptr && dict.find(new_name) == nullptr) dict.set(new_name, Value(*code));
  }
}

void upgrade_manifest(Value& manifest) {
  for (const std::string_view section : {"nodes", "disabled"}) {
    const Value* resources = member(manifest, section);
    if (resources == nullptr || !resources->is_dict()) continue;
    for (Dict::Entry& entry : resources->as_dict().entries()) rename_code(entry.value);
  }
}

Status check_version(const Value& artifact, const std::string& path, std::string_view kind) {
  const Value* metadata = member(artifact, "metadata");
  const Value* schema = metadata == nullptr ? nullptr : member(*metadata, "dbt_schema_version");
  if (schema == nullptr || !schema->is_string())
    return fail(ErrorCode::kStateInvalid,
                fmt::format("\"{}\" has no schema version in its metadata", path),
                "is it an artifact of sluice or dbt?");
  for (const KnownVersions& known : kKnownVersions) {
    if (known.kind != kind) continue;
    const std::optional<int> version = version_in(schema->as_string());
    if (version && schema->as_string().find(kind) != std::string::npos &&
        *version >= known.oldest && *version <= known.newest)
      return {};
    return fail(ErrorCode::kStateInvalid,
                fmt::format("\"{}\" has the schema version \"{}\", which cannot be read", path,
                            schema->as_string()),
                fmt::format("versions {} to {} are known: write it again with this program or "
                            "with dbt 1.11",
                            known.oldest, known.newest));
  }
  return {};
}

}  // namespace

const Value* PreviousState::find(std::string_view unique_id) const {
  for (const std::string_view section : kSections) {
    const Value* resources = member(manifest, section);
    if (resources == nullptr || !resources->is_dict()) continue;
    if (const Value* found = resources->as_dict().find(unique_id)) return found;
  }
  return nullptr;
}

const Value* PreviousState::find_macro(std::string_view unique_id) const {
  const Value* macros = member(manifest, "macros");
  return macros == nullptr || !macros->is_dict() ? nullptr : macros->as_dict().find(unique_id);
}

Result<Value> read_artifact(const FileSystem& fs, const std::string& path, std::string_view kind) {
  if (!fs.exists(path)) return Value::none();
  SLUICE_ASSIGN(const std::string text, fs.read(path));
  Result<Value> parsed = jinja::from_json(text);
  if (!parsed)
    return fail(ErrorCode::kStateInvalid,
                fmt::format("could not read \"{}\" as JSON: {}", path, parsed.error().message()),
                "write it again with this program or with dbt");
  SLUICE_TRY(check_version(*parsed, path, kind));
  if (kind == "manifest") upgrade_manifest(*parsed);
  return parsed;
}

Result<PreviousState> read_previous_state(const FileSystem& fs, const std::string& folder,
                                          const std::string& target_folder) {
  PreviousState state;
  state.folder = folder;
  SLUICE_ASSIGN(state.manifest, read_artifact(fs, join_path(folder, "manifest.json"), "manifest"));
  SLUICE_ASSIGN(state.run_results,
                read_artifact(fs, join_path(folder, "run_results.json"), "run-results"));
  SLUICE_ASSIGN(state.sources, read_artifact(fs, join_path(folder, "sources.json"), "sources"));
  SLUICE_ASSIGN(state.current_sources,
                read_artifact(fs, join_path(target_folder, "sources.json"), "sources"));
  return state;
}

}  // namespace sluice::graph
