// data/manifest.json is what dbt-core 1.11.16 wrote of a small project with every kind of resource
// that we know (its own macros and docs left out; build_path, doc_blocks and contract checksums
// blanked: we do not write them yet). Reading it into a Manifest and writing that again must give
// the same keys in the same order, and the same values.
#include "compile/manifest_json.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "compile/config_defaults.h"
#include "compile/tree_sink.h"
#include "recorded_manifest.h"

namespace sluice::compile {
namespace {

Json read_recorded() {
  std::ifstream in(SLUICE_TEST_DATA "/unit/compile/data/manifest.json");
  EXPECT_TRUE(in.good());
  std::ostringstream text;
  text << in.rdbuf();
  Result<Json> json = parse_json(text.str());
  EXPECT_TRUE(json.has_value());
  return std::move(*json);
}

bool is_number(const Json& json) {
  return json.kind == Json::Kind::kInt || json.kind == Json::Kind::kFloat;
}
double as_number(const Json& json) {
  return json.kind == Json::Kind::kInt ? static_cast<double>(json.integer) : json.floating;
}

std::string join_keys(const Json& json) {
  std::string out;
  for (const auto& [key, value] : json.fields) out += key + " ";
  return out;
}

void expect_same(const Json& ours, const Json& recorded, const std::string& path) {
  if (is_number(recorded)) {
    EXPECT_TRUE(is_number(ours)) << path;
    EXPECT_NEAR(as_number(ours), as_number(recorded), 1e-6) << path;
    return;
  }
  ASSERT_EQ(static_cast<int>(ours.kind), static_cast<int>(recorded.kind)) << path;
  EXPECT_EQ(ours.text, recorded.text) << path;
  EXPECT_EQ(ours.boolean, recorded.boolean) << path;
  ASSERT_EQ(ours.items.size(), recorded.items.size()) << path;
  for (size_t i = 0; i < ours.items.size(); ++i)
    expect_same(ours.items[i], recorded.items[i], fmt::format("{}[{}]", path, i));
  ASSERT_EQ(join_keys(ours), join_keys(recorded)) << path;
  for (size_t i = 0; i < ours.fields.size(); ++i)
    expect_same(ours.fields[i].second, recorded.fields[i].second,
                path + "." + ours.fields[i].first);
}

ManifestJsonRequest request() {
  ManifestJsonRequest request;
  request.dbt_version = "1.11.16";
  request.invocation_id = "c180cc12-ff05-45db-874c-ece3fac7d925";
  request.generated_at_micros = 1'795'259'984'884'484;
  request.started_at_micros = 1'795'259'979'899'167;
  request.custom_environment = {{"JOB", "nightly"}};
  return request;
}

TEST(ManifestJson, IsWhatDbtWrites) {
  const Json recorded = read_recorded();
  const RecordedManifest loaded(recorded);
  const Result<Json> ours = parse_json(manifest_to_json(loaded.manifest, request()));
  ASSERT_TRUE(ours.has_value());
  ASSERT_EQ(join_keys(*ours), join_keys(recorded));
  for (const auto& [key, value] : recorded.fields)
    if (key != "metadata") expect_same(*ours->find(key), value, key);
}

TEST(ManifestJson, MetadataComesFromTheRequest) {
  const Json recorded = read_recorded();
  const RecordedManifest loaded(recorded);
  const Result<Json> ours = parse_json(manifest_to_json(loaded.manifest, request()));
  ASSERT_TRUE(ours.has_value());
  const Json& metadata = *ours->find("metadata");
  EXPECT_EQ(join_keys(metadata), join_keys(*recorded.find("metadata")));
  EXPECT_EQ(metadata.find("generated_at")->text, "2026-11-21T11:19:44.884484Z");
  EXPECT_EQ(metadata.find("invocation_started_at")->text, "2026-11-21T11:19:39.899167+00:00");
  EXPECT_EQ(metadata.find("project_id")->text, recorded.find("metadata")->find("project_id")->text);
  EXPECT_EQ(metadata.find("env")->find("JOB")->text, "nightly");
}

TEST(ManifestJson, SameInputSameBytes) {
  const RecordedManifest loaded(read_recorded());
  EXPECT_EQ(manifest_to_json(loaded.manifest, request()),
            manifest_to_json(loaded.manifest, request()));
}

TEST(ManifestValue, HasTheKeysOfTheFile) {
  const Json recorded = read_recorded();
  const RecordedManifest loaded(recorded);
  for (const auto& node : loaded.manifest.nodes) {
    const jinja::Value shown = node_to_value(loaded.manifest, *node);
    std::string keys;
    for (const auto& entry : shown.as_dict().entries()) keys += entry.key.as_string() + " ";
    EXPECT_EQ(keys, join_keys(*recorded.find("nodes")->find(node->unique_id)));
  }
  const Source& source = *loaded.manifest.sources.front();
  EXPECT_EQ(source_to_value(loaded.manifest, source).as_dict().find("identifier")->as_string(),
            "t_t");
  const Exposure& exposure = *loaded.manifest.exposures.front();
  EXPECT_EQ(exposure_to_value(loaded.manifest, exposure).as_dict().find("label")->as_string(),
            "The Ex");
}

TEST(ManifestValue, ATemplateCannotChangeTheNode) {
  const RecordedManifest loaded(read_recorded());
  const Node& node = *loaded.manifest.nodes.front();
  const jinja::Value shown = node_to_value(loaded.manifest, node);
  shown.as_dict().find("config")->as_dict().set("materialized", jinja::Value::string("changed"));
  EXPECT_EQ(node.materialized(), "table");
}

// Filling up what was configured gives dbt's whole config: same keys, same order, same defaults.
TEST(ConfigDefaults, AreDbtsForEachType) {
  const Json recorded = read_recorded();
  const RecordedManifest loaded(recorded);
  size_t num_checked = 0;
  for (const auto& node : loaded.manifest.nodes) {
    jinja::Value config = jinja::Value::dict();
    for (const auto& entry : node->unrendered_config.as_dict().entries())
      if (entry.key.as_string() != "pre_hook") config.as_dict().set(entry.key, entry.value);
    fill_config_defaults(config, node->type);
    const auto& ours = config.as_dict().entries();
    const auto& theirs = node->config.as_dict().entries();
    std::string our_keys, their_keys;
    for (const auto& entry : ours) our_keys += entry.key.as_string() + " ";
    for (const auto& entry : theirs) their_keys += entry.key.as_string() + " ";
    EXPECT_EQ(our_keys, their_keys) << node->unique_id;
    for (const auto& entry : theirs) {
      // Merging and rendering of given values is not this function's work.
      const std::string& key = entry.key.as_string();
      if (key == "tags" || key == "meta" || key == "pre-hook") continue;
      const jinja::Value* value = config.as_dict().find(key);
      ASSERT_NE(value, nullptr);
      JsonWriter left, right;
      write_json(left, *value);
      write_json(right, entry.value);
      EXPECT_EQ(left.text(), right.text()) << node->unique_id << " " << key;
      ++num_checked;
    }
  }
  EXPECT_GT(num_checked, 300U);
}

TEST(ConfigDefaults, StoreFailuresAndItsKindAgree) {
  const auto filled = [](const char* key, jinja::Value value, const char* wanted) {
    jinja::Value config = jinja::Value::dict();
    config.as_dict().set(key, std::move(value));
    fill_config_defaults(config, ResourceType::kTest);
    const jinja::Value& found = *config.as_dict().find(wanted);
    return found.is_bool() ? std::string(found.as_bool() ? "true" : "false") : found.as_string();
  };
  EXPECT_EQ(filled("store_failures", jinja::Value::boolean(true), "store_failures_as"), "table");
  EXPECT_EQ(filled("store_failures", jinja::Value::boolean(false), "store_failures_as"),
            "ephemeral");
  EXPECT_EQ(filled("store_failures_as", jinja::Value::string("view"), "store_failures"), "true");
  EXPECT_EQ(filled("store_failures_as", jinja::Value::string("ephemeral"), "store_failures"),
            "false");
}

}  // namespace
}  // namespace sluice::compile
