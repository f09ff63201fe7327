#include "compile/config_defaults.h"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace sluice::compile {

namespace {

using jinja::Dict;
using jinja::Value;
using project::ResourceType;

// A default: null, flag, number, text, an empty list or dict, or a dict with defaults of its own.
struct Field {
  enum class Kind : uint8_t { kNull, kFlag, kInteger, kText, kList, kDict };
  std::string_view key;
  Kind kind = Kind::kNull;
  std::string_view text = {};
  int64_t number = 0;
  std::span<const Field> fields = {};
};

constexpr Field null(std::string_view key) { return {key}; }
constexpr Field flag(std::string_view key, bool on) { return {key, Field::Kind::kFlag, {}, on}; }
constexpr Field number(std::string_view key, int64_t value) {
  return {key, Field::Kind::kInteger, {}, value};
}
constexpr Field text(std::string_view key, std::string_view value) {
  return {key, Field::Kind::kText, value};
}
constexpr Field list(std::string_view key) { return {key, Field::Kind::kList}; }
constexpr Field dict(std::string_view key, std::span<const Field> fields = {}) {
  return {key, Field::Kind::kDict, {}, 0, fields};
}

constexpr Field kDocs[] = {flag("show", true), null("node_color")};
constexpr Field kContract[] = {flag("enforced", false), flag("alias_types", true)};
constexpr Field kSnapshotColumns[] = {null("dbt_valid_to"), null("dbt_valid_from"),
                                      null("dbt_scd_id"), null("dbt_updated_at"),
                                      null("dbt_is_deleted")};
constexpr Field kPeriod[] = {null("count"), null("period")};
constexpr Field kFreshness[] = {dict("warn_after", kPeriod), dict("error_after", kPeriod),
                                null("filter")};

// What every node has, up to where it is materialized.
constexpr Field kCommon[] = {flag("enabled", true), null("alias"),          null("schema"),
                             null("database"),      list("tags"),           dict("meta"),
                             null("group"),         null("static_analysis")};
// What every node that is built has.
constexpr Field kBuilt[] = {
    null("incremental_strategy"),
    null("batch_size"),
    number("lookback", 1),
    null("begin"),
    dict("persist_docs"),
    list("post-hook"),
    list("pre-hook"),
    dict("quoting"),
    dict("column_types"),
    null("full_refresh"),
    null("unique_key"),
    text("on_schema_change", "ignore"),
    text("on_configuration_change", "apply"),
    dict("grants"),
    list("packages"),
    dict("docs", kDocs),
    dict("contract", kContract),
    null("event_time"),
    null("concurrent_batches"),
};
constexpr Field kView[] = {text("materialized", "view")};
constexpr Field kSeed[] = {text("materialized", "seed")};
constexpr Field kSnapshot[] = {text("materialized", "snapshot")};
constexpr Field kModelOnly[] = {text("access", "protected"), null("freshness")};
constexpr Field kFunction[] = {text("materialized", "function")};
constexpr Field kFunctionOnly[] = {text("type", "scalar"), null("volatility"),
                                   null("runtime_version"), null("entry_point")};
constexpr Field kSeedOnly[] = {text("delimiter", ","), null("quote_columns")};
constexpr Field kSnapshotOnly[] = {
    null("strategy"),
    null("target_schema"),
    null("target_database"),
    null("updated_at"),
    null("check_cols"),
    dict("snapshot_meta_column_names", kSnapshotColumns),
    null("dbt_valid_to_current"),
};
constexpr Field kTestCommon[] = {
    flag("enabled", true), null("alias"),          text("schema", "dbt_test__audit"),
    null("database"),      list("tags"),           dict("meta"),
    null("group"),         null("static_analysis")};
constexpr Field kTestOnly[] = {text("materialized", "test"),
                               text("severity", "ERROR"),
                               null("store_failures"),
                               null("store_failures_as"),
                               null("where"),
                               null("limit"),
                               text("fail_calc", "count(*)"),
                               text("warn_if", "!= 0"),
                               text("error_if", "!= 0")};
constexpr Field kUnitTest[] = {list("tags"), dict("meta"), flag("enabled", true),
                               null("static_analysis")};
constexpr Field kSource[] = {flag("enabled", true),
                             null("event_time"),
                             dict("freshness", kFreshness),
                             null("loaded_at_field"),
                             null("loaded_at_query"),
                             dict("meta"),
                             list("tags"),
                             null("static_analysis")};
constexpr Field kMetric[] = {flag("enabled", true), null("group"), dict("meta")};
constexpr Field kSemanticModel[] = {flag("enabled", true), null("group"), dict("meta")};
constexpr Field kCache[] = {flag("enabled", false)};
constexpr Field kSavedQuery[] = {flag("enabled", true), null("group"),  dict("meta"),
                                 null("export_as"),     null("schema"), dict("cache", kCache)};
constexpr Field kExposure[] = {flag("enabled", true), list("tags"), dict("meta")};

// The one Value of this thread for a key or default text: tens of thousands of configs share them,
// which saves 2 KB a node. Texts are immutable; a table per thread keeps the counts of shares out
// of other threads' caches.
const Value& shared_text(std::string_view text) {
  thread_local std::unordered_map<std::string_view, Value> known;
  const auto found = known.find(text);
  if (found != known.end()) return found->second;
  return known.emplace(text, Value::string(text)).first->second;
}

Value make_default(const Field& field);
const Value& shared_container(const Field& field);

// `given` with the missing keys of `fields`, known keys first.
Value complete(const Dict* given, std::span<const std::span<const Field>> parts) {
  Value result = Value::dict();
  Dict& out = result.as_dict();
  size_t num_fields = given == nullptr ? 0 : given->size();
  for (const std::span<const Field> part : parts) num_fields += part.size();
  out.entries().reserve(num_fields);
  for (const std::span<const Field> part : parts) {
    for (const Field& field : part) {
      const Value* value = given == nullptr ? nullptr : given->find(field.key);
      if (value == nullptr)
        out.set(shared_text(field.key), make_default(field));
      else if (value->is_dict() && !field.fields.empty())
        out.set(shared_text(field.key), complete(&value->as_dict(), {&field.fields, 1}));
      else
        out.set(shared_text(field.key), *value);
    }
  }
  if (given != nullptr)
    for (const Dict::Entry& entry : given->entries())
      if (out.find(entry.key) == nullptr) out.set(entry.key, entry.value);
  return result;
}

Value make_default(const Field& field) {
  switch (field.kind) {
    case Field::Kind::kNull:
      break;
    case Field::Kind::kFlag:
      return Value::boolean(field.number != 0);
    case Field::Kind::kInteger:
      return Value::integer(field.number);
    case Field::Kind::kText:
      return shared_text(field.text);
    case Field::Kind::kList:
    case Field::Kind::kDict:
      return shared_container(field);
  }
  return Value::none();
}

// The one empty list or dict of defaults of this thread for a field. Nobody changes it: templates
// get copies (config_object.cc, tree_sink.cc), and merges replace what they change.
const Value& shared_container(const Field& field) {
  thread_local std::unordered_map<const Field*, Value> known;
  const auto found = known.find(&field);
  if (found != known.end()) return found->second;
  Value made =
      field.kind == Field::Kind::kList ? Value::list() : complete(nullptr, {&field.fields, 1});
  return known.emplace(&field, std::move(made)).first->second;
}

std::vector<std::span<const Field>> fields_of(ResourceType type) {
  switch (type) {
    case ResourceType::kModel:
      return {kCommon, kView, kBuilt, kModelOnly};
    case ResourceType::kSeed:
      return {kCommon, kSeed, kBuilt, kSeedOnly};
    case ResourceType::kSnapshot:
      return {kCommon, kSnapshot, kBuilt, kSnapshotOnly};
    case ResourceType::kFunction:
      return {kCommon, kFunction, kBuilt, kFunctionOnly};
    case ResourceType::kAnalysis:
    case ResourceType::kOperation:
    case ResourceType::kSqlOperation:
      return {kCommon, kView, kBuilt};
    case ResourceType::kTest:
      return {kTestCommon, kTestOnly};
    case ResourceType::kUnitTest:
      return {kUnitTest};
    case ResourceType::kSource:
      return {kSource};
    case ResourceType::kExposure:
      return {kExposure};
    case ResourceType::kMetric:
      return {kMetric};
    case ResourceType::kSemanticModel:
      return {kSemanticModel};
    case ResourceType::kSavedQuery:
      return {kSavedQuery};
    default:
      return {};  // dbt gives the others no config of their own
  }
}

// store_failures_as wins; without it store_failures says table or nothing.
void derive_store_failures(Dict& config) {
  Value& as = *config.find("store_failures_as");
  Value& store = *config.find("store_failures");
  if (as.is_string()) {
    store = Value::boolean(as.as_string() != "ephemeral");
  } else if (store.is_bool()) {
    as = Value::string(store.as_bool() ? "table" : "ephemeral");
  }
}

// Appends a text that tells the value from all others; false for what only lives by reference.
bool append_identity(const Value& value, std::string& out) {
  switch (value.kind()) {
    case jinja::Kind::kNone:
      out += 'n';
      return true;
    case jinja::Kind::kBool:
      out += value.as_bool() ? 't' : 'f';
      return true;
    case jinja::Kind::kInt:
      out.append("i").append(std::to_string(value.as_int())).append(";");
      return true;
    case jinja::Kind::kString:
      out.append("s").append(std::to_string(value.as_string().size())).append(":");
      out += value.as_string();
      return true;
    case jinja::Kind::kList:
      out += '[';
      for (const Value& item : value.as_items())
        if (!append_identity(item, out)) return false;
      out += ']';
      return true;
    case jinja::Kind::kDict:
      out += '{';
      for (const Dict::Entry& entry : value.as_dict().entries())
        if (!append_identity(entry.key, out) || !append_identity(entry.value, out)) return false;
      out += '}';
      return true;
    default:
      return false;
  }
}

// The value of this thread for what tells `given` from all others, made when it is new; null when
// nothing tells, or when there are too many.
const Value* shared_value(const Value& given, std::string identity,
                          const std::function<Value()>& make) {
  constexpr size_t kMostKnown = 4096;
  thread_local std::unordered_map<std::string, Value> known;
  if (!append_identity(given, identity)) return nullptr;
  if (const auto found = known.find(identity); found != known.end()) return &found->second;
  if (known.size() >= kMostKnown) return nullptr;
  return &known.emplace(std::move(identity), make()).first->second;
}

}  // namespace

void fill_config_defaults(Value& config, ResourceType type) {
  config = complete(config.is_dict() ? &config.as_dict() : nullptr, fields_of(type));
  if (type == ResourceType::kTest) derive_store_failures(config.as_dict());
}

Value shared_node_config(Value given, ResourceType type) {
  const auto whole = [&] {
    Value config = given;
    fill_config_defaults(config, type);
    return config;
  };
  const Value* shared = shared_value(given, std::to_string(static_cast<int>(type)), whole);
  return shared != nullptr ? *shared : whole();
}

Value shared_dict(Value given) {
  const Value* shared = shared_value(given, "=", [&] { return given; });
  return shared != nullptr ? *shared : given;
}

}  // namespace sluice::compile
