// Unit tests: from an entry of `unit_tests:` to one node per model or version that it tests.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/suggest.h"
#include "compile/config_defaults.h"
#include "compile/project_parser.h"
#include "compile/unit_test.h"
#include "jinja/ops.h"

namespace sluice::compile {

using jinja::Value;
using project::OtherProperties;
using Format = UnitTestFixture::Format;

namespace {

constexpr std::array<std::string_view, 8> kEntryKeys = {
    "name", "model", "given", "expect", "description", "overrides", "config", "versions"};
constexpr std::array<std::string_view, 4> kFixtureKeys = {"input", "rows", "format", "fixture"};
constexpr std::array<std::string_view, 3> kOverrideKeys = {"macros", "vars", "env_vars"};

const Value* member(const Value& dict, std::string_view key) {
  const Value* value = dict.is_dict() ? dict.as_dict().find(key) : nullptr;
  return value && !value->is_none() ? value : nullptr;
}

// A copy in which the dates and times that YAML reads are texts.
Value with_dates_as_text(const Value& value) {
  if (value.is_list()) {
    std::vector<Value> items;
    for (const Value& item : value.as_items()) items.push_back(with_dates_as_text(item));
    return Value::list(std::move(items));
  }
  if (value.is_dict()) {
    Value out = Value::dict();
    for (const auto& entry : value.as_dict().entries())
      out.as_dict().set(entry.key, with_dates_as_text(entry.value));
    return out;
  }
  if (!value.is_object()) return value;
  std::string text = jinja::to_str(value).value_or(std::string());
  std::replace(text.begin(), text.end(), ' ', 'T');
  return Value::string(std::move(text));
}

// Reads one entry; the first fault ends it, since what follows depends on it.
class EntryReader {
 public:
  EntryReader(SharedState& shared, const OtherProperties& entry) : shared_(shared), entry_(entry) {}

  Result<UnitTestDefinition> read() {
    UnitTestDefinition test;
    SLUICE_TRY(check_keys(entry_.entry, kEntryKeys, "the unit test"));
    for (const std::string_view key : {"model", "given", "expect"})
      if (entry_.entry.as_dict().find(key) == nullptr)
        return fault(fmt::format("the unit test '{}' has no \"{}\"", entry_.name, key),
                     "it needs name, model, given and expect");
    const Value* model = member(entry_.entry, "model");
    if (model == nullptr || !model->is_string())
      return fault(fmt::format("\"model\" of the unit test '{}' must be a name", entry_.name),
                   "write model: my_model");
    test.model = model->as_string();
    const Value* given = member(entry_.entry, "given");
    if (given != nullptr && !given->is_list())
      return fault(fmt::format("\"given\" of the unit test '{}' must be a list", entry_.name),
                   "write given: [{input: ref('…'), rows: […]}, …]");
    if (given != nullptr)
      for (const Value& item : given->as_items()) {
        SLUICE_ASSIGN(UnitTestFixture fixture, read_fixture(item, true));
        test.given.push_back(std::move(fixture));
      }
    SLUICE_ASSIGN(test.expect, read_fixture(*entry_.entry.as_dict().find("expect"), false));
    SLUICE_TRY(read_overrides(test));
    if (const Value* versions = member(entry_.entry, "versions")) test.versions = *versions;
    return test;
  }

  tl::unexpected<Error> fault(std::string message, std::string hint) const {
    Error error(ErrorCode::kPropertyInvalid, std::move(message), std::move(hint));
    error.add_span(entry_.span);
    return fail(std::move(error));
  }

 private:
  template <size_t N>
  Status check_keys(const Value& dict, const std::array<std::string_view, N>& known,
                    std::string_view what) const {
    for (const auto& item : dict.as_dict().entries()) {
      const std::string key = jinja::to_str(item.key).value_or(std::string());
      if (std::find(known.begin(), known.end(), key) != known.end()) continue;
      const std::string near =
          nearest_name(key, std::vector<std::string_view>(known.begin(), known.end()));
      return fault(fmt::format("unknown key \"{}\" in {} '{}'", key, what, entry_.name),
                   near.empty() ? fmt::format("known keys: {}", fmt::join(known, ", "))
                                : fmt::format("did you mean \"{}\"?", near));
    }
    return {};
  }

  Result<UnitTestFixture> read_fixture(const Value& item, bool is_input) const {
    if (!item.is_dict())
      return fault(fmt::format("{} of the unit test '{}' must be a mapping",
                               is_input ? "each entry of \"given\"" : "\"expect\"", entry_.name),
                   is_input ? "write {input: ref('…'), rows: […]}" : "write expect: {rows: […]}");
    SLUICE_TRY(check_keys(item, kFixtureKeys, "a fixture of the unit test"));
    UnitTestFixture fixture;
    if (is_input) {
      const Value* input = member(item, "input");
      if (input == nullptr || !input->is_string())
        return fault(
            fmt::format("an entry of \"given\" of the unit test '{}' has no input", entry_.name),
            "write input: ref('…'), source('…', '…') or this");
      fixture.input = input->as_string();
    }
    SLUICE_TRY(read_format(item, fixture));
    if (const Value* file = member(item, "fixture")) {
      SLUICE_ASSIGN(fixture.fixture, jinja::to_str(*file));
    }
    SLUICE_TRY(read_rows(member(item, "rows"), fixture));
    return fixture;
  }

  Status read_format(const Value& item, UnitTestFixture& fixture) const {
    const Value* format = member(item, "format");
    if (format == nullptr) return {};
    const std::string name = jinja::to_str(*format).value_or(std::string());
    for (const Format known : {Format::kDict, Format::kCsv, Format::kSql})
      if (unit_test_format_name(known) == name) {
        fixture.format = known;
        return {};
      }
    return fault(
        fmt::format("\"{}\" is no format of a fixture (unit test '{}')", name, entry_.name),
        "use dict, csv or sql");
  }

  Status read_rows(const Value* rows, UnitTestFixture& fixture) const {
    const bool wants_text = fixture.format != Format::kDict;
    if (rows == nullptr && fixture.fixture.empty()) return read_seed(fixture);
    if (!wants_text) {
      const bool fits = fixture.fixture.empty() && rows->is_list() &&
                        std::all_of(rows->as_items().begin(), rows->as_items().end(),
                                    [](const Value& row) { return row.is_dict(); });
      if (!fits)
        return fault(
            fmt::format("unit test {} has input rows which do not match format dict", entry_.name),
            "write rows as a list of mappings, or say format: csv or format: sql");
      fixture.rows = with_dates_as_text(*rows);
      lead_with_full_row(fixture.rows);
      return {};
    }
    std::string text;
    if (!fixture.fixture.empty()) {
      SLUICE_ASSIGN(text, fixture_text(fixture));
    } else if (rows->is_string()) {
      text = rows->as_string();
    } else {
      return fault(fmt::format("unit test {} has input rows or fixtures which do not match format "
                               "{}: expected a text",
                               entry_.name, unit_test_format_name(fixture.format)),
                   "write rows: | and the text on the lines below it");
    }
    return take_text(text, fixture);
  }

  Status take_text(const std::string& text, UnitTestFixture& fixture) const {
    if (fixture.format == Format::kSql) {
      const size_t end = text.find_last_not_of(" \t\r\n");
      fixture.rows = Value::string(text.substr(0, end == std::string::npos ? 0 : end + 1));
      return {};
    }
    Result<Value> rows = read_fixture_csv(text, true);
    if (!rows)
      return fault(fmt::format("unit test '{}': {}", entry_.name, rows.error().message()),
                   rows.error().hint());
    fixture.rows = std::move(*rows);
    lead_with_full_row(fixture.rows);
    return {};
  }

  // fixtures/<name>.csv or .sql below a test path of the package.
  Result<std::string> fixture_text(const UnitTestFixture& fixture) const {
    const std::string wanted =
        fmt::format("/{}.{}", fixture.fixture, unit_test_format_name(fixture.format));
    std::vector<std::string_view> names;
    for (const project::SourceFile& file : shared_.project().packages[entry_.package].files) {
      if (file.kind != project::SourceFile::Kind::kFixture) continue;
      if (file.path.ends_with(wanted)) return file.text;
      const std::string_view path = file.relative_path;
      const size_t begin = path.rfind('/') + 1;
      names.push_back(path.substr(begin, path.rfind('.') - begin));
    }
    const std::string near = nearest_name(fixture.fixture, names);
    return fault(fmt::format("file not found for fixture '{}' in unit tests in {}", fixture.fixture,
                             entry_.file),
                 near.empty() || near == fixture.fixture
                     ? fmt::format("add it as tests/fixtures{}", wanted)
                     : fmt::format("did you mean '{}'?", near));
  }

  // An input without rows is a seed: its file has them.
  Status read_seed(UnitTestFixture& fixture) const {
    if (fixture.input.empty())
      return fault(fmt::format("\"expect\" of the unit test '{}' has no rows", entry_.name),
                   "write rows: [] when the model must give none");
    const std::string name = last_quoted(fixture.input);
    for (const auto& node : shared_.manifest.nodes) {
      if (node->type != ResourceType::kSeed || node->name != name) continue;
      SLUICE_ASSIGN(const std::string text,
                    shared_.options.fs->read(join_path(node->root_path, node->original_file_path)));
      SLUICE_ASSIGN(fixture.rows, read_fixture_csv(text, false));
      return {};
    }
    return fault(
        fmt::format("unable to find seed '{}.{}' for unit tests",
                    shared_.project().packages[entry_.package].name, name),
        "only an input that is a seed may be given without rows; write rows: [] for no rows");
  }

  // "ref('pkg', 'name')" → name.
  static std::string last_quoted(const std::string& text) {
    const size_t end = text.find_last_of("'\"");
    if (end == std::string::npos || end == 0) return text;
    const size_t begin = text.rfind(text[end], end - 1);
    return begin == std::string::npos ? text : text.substr(begin + 1, end - begin - 1);
  }

  Status read_overrides(UnitTestDefinition& test) const {
    const Value* overrides = member(entry_.entry, "overrides");
    if (overrides == nullptr) return {};
    if (!overrides->is_dict())
      return fault(
          fmt::format("\"overrides\" of the unit test '{}' must be a mapping", entry_.name),
          "write overrides: {macros: {…}, vars: {…}, env_vars: {…}}");
    SLUICE_TRY(check_keys(*overrides, kOverrideKeys, "overrides of the unit test"));
    test.overrides = Value::dict();
    for (const std::string_view key : kOverrideKeys) {
      const Value* values = member(*overrides, key);
      if (values != nullptr && !values->is_dict())
        return fault(fmt::format("\"{}\" in overrides of the unit test '{}' must be a mapping", key,
                                 entry_.name),
                     "write names and values below it");
      test.overrides.as_dict().set(key, values != nullptr ? *values : Value::dict());
    }
    return {};
  }

  SharedState& shared_;
  const OtherProperties& entry_;
};

bool same_version(const Value& a, const Value& b) {
  return jinja::to_str(a).value_or("") == jinja::to_str(b).value_or("");
}

bool lists_version(const Value& versions, std::string_view key, const Value& version) {
  const Value* list = member(versions, key);
  return list != nullptr && list->is_list() &&
         std::any_of(list->as_items().begin(), list->as_items().end(),
                     [&](const Value& item) { return same_version(item, version); });
}

bool is_wanted_version(const Value& versions, const Value& version) {
  if (!versions.is_dict()) return true;
  if (member(versions, "include") != nullptr) return lists_version(versions, "include", version);
  return !lists_version(versions, "exclude", version);
}

// What an incremental model needs to be told; dbt refuses to guess.
Status check_incremental(const UnitTestDefinition& test, const Node& model,
                         const EntryReader& reader, const std::string& name) {
  if (model.materialized() != "incremental") return {};
  const Value* override = unit_test_override(test, "macros", "is_incremental");
  if (override == nullptr || !override->is_bool())
    return reader.fault(
        fmt::format("boolean override for 'is_incremental' must be provided for unit test '{}' in "
                    "model '{}'",
                    name, test.model),
        "add overrides: {macros: {is_incremental: true}}, or false");
  const bool has_this = std::any_of(test.given.begin(), test.given.end(),
                                    [](const auto& given) { return given.input == "this"; });
  if (override->as_bool() && !has_this)
    return reader.fault(fmt::format("unit test '{}' for incremental model '{}' must have a 'this' "
                                    "input",
                                    name, test.model),
                        "add {input: this, rows: […]} to given: the rows that are there already");
  return {};
}

}  // namespace

// The models that the entry tests: one, or its versions. Empty and no error: the model is disabled.
Result<std::vector<const Node*>> ProjectParser::models_of_unit_test(const OtherProperties& entry,
                                                                    const std::string& name,
                                                                    const Value& versions) const {
  std::vector<const Node*> models;
  std::vector<std::string_view> names;
  for (const auto& node : shared_.manifest.nodes) {
    if (node->type != ResourceType::kModel || node->package != entry.package) continue;
    names.push_back(node->name);
    if (node->name == name) models.push_back(node.get());
  }
  auto fault = [&](std::string message, std::string hint) {
    Error error(ErrorCode::kUnknownRef, std::move(message), std::move(hint));
    error.add_span(entry.span);
    return fail(std::move(error));
  };
  if (models.empty()) {
    const auto& disabled = shared_.manifest.disabled_nodes;
    if (std::any_of(disabled.begin(), disabled.end(),
                    [&](const auto& node) { return node && node->name == name; }))
      return models;
    const std::string near = nearest_name(name, names);
    return fault(
        fmt::format("unable to find model '{}.{}' for unit test '{}' in {}",
                    shared_.project().packages[entry.package].name, name, entry.name, entry.file),
        near.empty() ? "a unit test is of a model of the same project"
                     : fmt::format("did you mean '{}'?", near));
  }
  if (models.front()->version.is_none()) {
    if (versions.is_dict())
      return fault(fmt::format("unit test '{}' should not have a versions include or exclude when "
                               "referencing non-versioned model '{}'",
                               entry.name, name),
                   "remove versions: from it");
    return models;
  }
  std::erase_if(models,
                [&](const Node* model) { return !is_wanted_version(versions, model->version); });
  return models;
}

std::unique_ptr<Node> ProjectParser::unit_test_node(const OtherProperties& entry,
                                                    const UnitTestDefinition& test,
                                                    const Node* model, const Value& config) {
  const project::Project& project = shared_.project();
  auto node = std::make_unique<Node>();
  node->type = ResourceType::kUnitTest;
  node->package = entry.package;
  node->package_name = project.packages[entry.package].name;
  node->name = entry.name;
  node->original_file_path = entry.file;
  node->fqn = {node->package_name, test.model, entry.name};
  node->config = config;
  node->tags = text_items(config.as_dict().find("tags"));
  if (const Value* description = member(entry.entry, "description");
      description && description->is_string())
    node->description = description->as_string();
  node->span = entry.span;
  node->created_at_micros = shared_.options.started_at_micros;
  UnitTestDefinition own = test;
  own.run_name = entry.name;
  if (model != nullptr && !model->version.is_none()) {
    node->version = model->version;
    own.run_name += "_v" + jinja::to_str(model->version).value_or(std::string());
  }
  node->unique_id = fmt::format("unit_test.{}.{}.{}", node->package_name, test.model, own.run_name);
  node->alias = own.run_name;
  node->path = fmt::format("models/{}.sql", own.run_name);
  if (model != nullptr) {
    node->database = model->database;
    node->schema = model->schema;
    node->raw_code = model->raw_code;
    node->template_span = {model->original_file_path, model->span.line, 0, 0, 0};
    node->depends_on_nodes = {model->unique_id};
  }
  node->unit_test = std::make_shared<const UnitTestDefinition>(std::move(own));
  return node;
}

Status ProjectParser::parse_unit_test(const OtherProperties& entry) {
  const project::Project& project = shared_.project();
  if (!entry.entry.is_dict()) return {};
  EntryReader reader(shared_, entry);
  SLUICE_ASSIGN(const UnitTestDefinition test, reader.read());
  const std::vector<std::string> fqn = {project.packages[entry.package].name, test.model,
                                        entry.name};
  Value config = project::project_config(project, entry.package, ResourceType::kUnitTest, fqn);
  if (const Value* own = member(entry.entry, "config"); own && own->is_dict())
    SLUICE_TRY(project::merge_config(config, *own, ResourceType::kUnitTest));
  SLUICE_TRY(project::merge_config(
      config, project::root_config(project, entry.package, ResourceType::kUnitTest, fqn),
      ResourceType::kUnitTest));
  fill_config_defaults(config, ResourceType::kUnitTest);
  SLUICE_ASSIGN(const std::string checksum, unit_test_checksum(test));
  if (!jinja::truth(*config.as_dict().find("enabled")).value_or(true)) {
    auto node = unit_test_node(entry, test, nullptr, config);
    node->checksum = checksum;
    shared_.manifest.disabled_nodes.push_back(std::move(node));
    return {};
  }
  SLUICE_ASSIGN(const std::vector<const Node*> models,
                models_of_unit_test(entry, test.model, test.versions));
  for (const Node* model : models) {
    SLUICE_TRY(check_incremental(test, *model, reader, entry.name));
    auto node = unit_test_node(entry, test, model, config);
    node->checksum = checksum;
    shared_.manifest.nodes.push_back(std::move(node));
  }
  return {};
}

void ProjectParser::parse_unit_tests() {
  for (const OtherProperties& other : shared_.project().others) {
    if (other.yaml_key != "unit_tests") continue;
    Status parsed = parse_unit_test(other);
    if (!parsed) diagnostics_.add_error(std::move(parsed.error().locate(other.span)));
  }
}

}  // namespace sluice::compile
