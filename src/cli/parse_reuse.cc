#include "cli/parse_reuse.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "base/clock.h"
#include "base/hash.h"
#include "base/json.h"
#include "cli/invocation_arguments.h"
#include "cli/run_artifacts.h"
#include "compile/tree_sink.h"
#include "yaml/node.h"

namespace sluice::cli {
namespace {

constexpr std::string_view kFormat = "sluice parse record";
constexpr int64_t kVersion = 1;
constexpr std::string_view kRecordName = "sluice_parse.json";
constexpr std::string_view kManifestName = "manifest.json";
// A file that changes twice within one tick of the system's clock keeps its times: what changed
// this shortly before the parse could change again unseen.
constexpr int64_t kQuietNs = 50'000'000;

std::string text_of(const Json& object, std::string_view name) {
  const Json* found = object.find(name);
  return found != nullptr && found->kind == Json::Kind::kString ? found->text : std::string();
}

int64_t number_of(const Json& object, std::string_view name) {
  const Json* found = object.find(name);
  return found != nullptr && found->kind == Json::Kind::kInt ? found->integer : -1;
}

void write_json(JsonWriter& writer, const Json& json) {
  switch (json.kind) {
    case Json::Kind::kNull:
      writer.null();
      break;
    case Json::Kind::kBool:
      writer.boolean(json.boolean);
      break;
    case Json::Kind::kInt:
      writer.integer(json.integer);
      break;
    case Json::Kind::kFloat:
      writer.number(json.floating);
      break;
    case Json::Kind::kString:
      writer.string(json.text);
      break;
    case Json::Kind::kArray:
      writer.begin_array();
      for (const Json& item : json.items) write_json(writer, item);
      writer.end_array();
      break;
    case Json::Kind::kObject:
      writer.begin_object();
      for (const auto& [name, item] : json.fields) {
        writer.key(name);
        write_json(writer, item);
      }
      writer.end_object();
      break;
  }
}

void write_event(JsonWriter& writer, const Event& event) {
  writer.begin_object().field("level", static_cast<int64_t>(event.level));
  writer.field("name", event.name).field("message", event.message).field("node", event.node);
  writer.key("data").begin_array();
  for (const auto& [name, json] : event.data)
    writer.begin_object().field("name", name).field("json", json).end_object();
  writer.end_array().end_object();
}

Event read_event(const Json& json) {
  Event event;
  event.level = static_cast<EventLevel>(number_of(json, "level"));
  event.name = text_of(json, "name");
  event.message = text_of(json, "message");
  event.node = text_of(json, "node");
  if (const Json* data = json.find("data"))
    for (const Json& field : data->items)
      event.data.emplace_back(text_of(field, "name"), text_of(field, "json"));
  return event;
}

// `| random`, which no key can hold.
bool has_random_filter(std::string_view content) {
  for (size_t at = content.find("random"); at != std::string_view::npos;
       at = content.find("random", at + 1)) {
    const size_t before = content.find_last_not_of(" \t\r\n", at == 0 ? 0 : at - 1);
    if (before != std::string_view::npos && before < at && content[before] == '|') return true;
  }
  return false;
}

std::string offset_timestamp(int64_t micros) {
  std::string text = iso_timestamp(micros);
  if (text.ends_with('Z')) text.replace(text.size() - 1, 1, "+00:00");
  return text;
}

}  // namespace

ParseReuse::ParseReuse(Invocation& invocation)
    : invocation_(invocation),
      files_(invocation.fs, [this](std::string_view content) { look_at(content); }) {}

ParseReuse::~ParseReuse() { invocation_.console.record_to(nullptr); }

// Names that mean something else in each process. Templates that ask a module for the time are
// noticed when they do; in YAML files, where nobody notices, the modules' name is enough.
void ParseReuse::look_at(std::string_view content) {
  for (const std::string_view name : {"run_started_at", "invocation_id", "lipsum"})
    if (content.find(name) != std::string_view::npos) is_volatile_ = true;
  const bool may_be_yaml = content.find("{{ modules") != std::string_view::npos ||
                           content.find("{{modules") != std::string_view::npos;
  if (may_be_yaml || has_random_filter(content)) is_volatile_ = true;
}

// Program, flags, environment: everything that is no file of the project.
std::string ParseReuse::key() const {
  JsonWriter writer;
  writer.begin_array();
  writer.string(state_of_input(invocation_.fs, TracedInput::Kind::kFile, "/proc/self/exe"));
  writer.string(invocation_.working_directory);
  compile::write_json(writer, invocation_arguments(invocation_.options));
  for (const auto& [name, content] : invocation_.environment) writer.string(name).string(content);
  writer.end_array();
  return sha256_hex(writer.text());
}

std::optional<std::string> ParseReuse::target_folder() const {
  const Options& options = invocation_.options;
  const std::string root =
      normalize_path(join_path(invocation_.working_directory, options.project_dir));
  if (!options.target_path.empty()) return std::nullopt;
  const Result<std::string> text = invocation_.fs.read(join_path(root, "dbt_project.yml"));
  if (!text) return std::nullopt;
  const Result<yaml::Document> document = yaml::parse(*text, "dbt_project.yml");
  if (!document || !document->root().is_mapping()) return std::nullopt;
  const yaml::Node* given = document->root().find("target-path");
  if (given == nullptr) return join_path(root, "target");
  if (!given->is_string() || given->text.find('{') != std::string::npos) return std::nullopt;
  return normalize_path(join_path(root, given->text));
}

std::optional<ParseReuse::Record> ParseReuse::read_record(const std::string& folder) const {
  const Result<std::string> text = invocation_.fs.read(join_path(folder, std::string(kRecordName)));
  if (!text) return std::nullopt;
  const size_t end = text->find('\n');
  if (end == std::string::npos || text->substr(0, end) != sha256_hex(text->substr(end + 1)))
    return std::nullopt;
  const Result<Json> json = parse_json(std::string_view(*text).substr(end + 1));
  if (!json || text_of(*json, "format") != kFormat || number_of(*json, "version") != kVersion ||
      text_of(*json, "key") != key())
    return std::nullopt;
  Record record;
  record.log_path = text_of(*json, "log_path");
  record.manifest_state = text_of(*json, "manifest");
  const Json* inputs = json->find("inputs");
  const Json* events = json->find("events");
  if (inputs == nullptr || events == nullptr) return std::nullopt;
  for (const Json& input : inputs->items)
    record.inputs.push_back({static_cast<TracedInput::Kind>(number_of(input, "kind")),
                             text_of(input, "path"), text_of(input, "state")});
  for (const Json& event : events->items) record.events.push_back(read_event(event));
  return record;
}

std::optional<std::string> ParseReuse::changed_input(const Record& record) const {
  for (const TracedInput& input : record.inputs)
    if (state_of_input(invocation_.fs, input.kind, input.path) != input.state) return input.path;
  return std::nullopt;
}

void ParseReuse::tell(const std::string& what) {
  invocation_.console.emit({EventLevel::kDebug, "Note", what, {}, {}});
}

// False: all files are to be parsed.
bool ParseReuse::refuse(const std::string& reason) {
  JsonWriter json;
  json.string(reason);
  invocation_.console.emit({EventLevel::kDebug,
                            "UnableToPartialParse",
                            reason + ": parsing all files",
                            {},
                            {{"reason", json.take()}}});
  return false;
}

bool ParseReuse::reuse() {
  if (!invocation_.options.partial_parse || !invocation_.options.write_json) return false;
  const std::optional<std::string> folder = target_folder();
  if (!folder) return false;
  const std::optional<Record> record = read_record(*folder);
  if (!record) return refuse("no record of a parse like this one");
  const std::string manifest = join_path(*folder, std::string(kManifestName));
  if (state_of_input(invocation_.fs, TracedInput::Kind::kFile, manifest) != record->manifest_state)
    return refuse("manifest.json is not the one of the last parse");
  if (const std::optional<std::string> changed = changed_input(*record))
    return refuse(fmt::format("\"{}\" has changed", *changed));
  if (!record->log_path.empty()) invocation_.console.open_log(record->log_path);
  if (!renew_manifest(manifest)) return false;
  invocation_.console.emit({EventLevel::kDebug,
                            "PartialParsingSkipParsing",
                            "nothing has changed since the last parse: its manifest stands",
                            {},
                            {}});
  for (const Event& event : record->events) invocation_.console.emit(event);
  return true;
}

// The old document with the metadata of this invocation, and the record beside it follows.
bool ParseReuse::renew_manifest(const std::string& path) {
  const Result<std::string> old = invocation_.fs.read(path);
  if (!old) return false;
  constexpr std::string_view kHead = "{\"metadata\":";
  const size_t rest = old->find(",\"nodes\":{");
  if (!old->starts_with(kHead) || rest == std::string::npos) return false;
  Result<Json> metadata =
      parse_json(std::string_view(*old).substr(kHead.size(), rest - kHead.size()));
  if (!metadata || metadata->kind != Json::Kind::kObject) return false;
  const std::array<std::pair<std::string_view, std::string>, 4> renewed = {{
      {"generated_at", iso_timestamp(invocation_.clock.now_micros())},
      {"invocation_id", invocation_.invocation_id},
      {"invocation_started_at", offset_timestamp(invocation_.started_at_micros)},
      {"run_started_at", offset_timestamp(invocation_.started_at_micros)},
  }};
  for (auto& [name, value] : metadata->fields)
    for (const auto& [known, text] : renewed)
      if (name == known) value.text = text;
  JsonWriter head{std::string(kHead)};
  write_json(head, *metadata);
  const Status written =
      invocation_.fs.write_in_pieces(path, [&](const FileSystem::TextSink& sink) {
        sink(head.text());
        sink(std::string_view(*old).substr(rest));
      });
  if (!written) return false;
  const std::string folder = path.substr(0, path.size() - kManifestName.size() - 1);
  const std::string record_path = join_path(folder, std::string(kRecordName));
  Result<std::string> text = invocation_.fs.read(record_path);
  Result<Json> json = text ? parse_json(std::string_view(*text).substr(text->find('\n') + 1))
                           : Result<Json>(tl::unexpected<Error>(text.error()));
  if (!json) return false;
  for (auto& [name, value] : json->fields)
    if (name == "manifest")
      value.text = state_of_input(invocation_.fs, TracedInput::Kind::kFile, path);
  JsonWriter writer;
  write_json(writer, *json);
  return invocation_.fs
      .write_atomically(record_path, sha256_hex(writer.text()) + "\n" + writer.text())
      .has_value();
}

void ParseReuse::observe(Workspace& workspace) {
  if (!invocation_.options.partial_parse || !invocation_.options.write_json) return;
  look_at(invocation_.options.vars);
  workspace.observe_inputs(files_, [this] { is_volatile_ = true; });
  invocation_.console.record_to(&events_);
}

void ParseReuse::remember(const Workspace& workspace) {
  invocation_.console.record_to(nullptr);
  if (!invocation_.options.partial_parse || !invocation_.options.write_json || is_volatile_) return;
  const std::optional<std::string> folder = target_folder();
  if (!folder || *folder != workspace.project().target_path) return;
  if (files_.newest_change_ns() > invocation_.started_at_micros * 1000 - kQuietNs)
    return tell("a file changed a moment ago: this parse is not recorded");
  JsonWriter writer;
  writer.begin_object().field("format", kFormat).field("version", kVersion).field("key", key());
  writer.field("log_path", workspace.project().log_path);
  writer.field("manifest", state_of_input(invocation_.fs, TracedInput::Kind::kFile,
                                          join_path(*folder, std::string(kManifestName))));
  writer.key("inputs").begin_array();
  for (const TracedInput& input : files_.inputs())
    writer.begin_object()
        .field("kind", static_cast<int64_t>(input.kind))
        .field("path", input.path)
        .field("state", input.state)
        .end_object();
  writer.end_array().key("events").begin_array();
  for (const Event& event : events_) write_event(writer, event);
  writer.end_array().end_object();
  const Status written =
      invocation_.fs.write_atomically(join_path(*folder, std::string(kRecordName)),
                                      sha256_hex(writer.text()) + "\n" + writer.text());
  if (!written) tell(fmt::format("the parse is not recorded: {}", written.error().message()));
}

}  // namespace sluice::cli
