#include "packages/registry.h"

#include <fmt/format.h>

namespace sluice::packages {
namespace {

Error malformed(const std::string& url, std::string_view what) {
  return Error(ErrorCode::kIo,
               fmt::format("\"{}\" does not answer as a registry does: {}", url, what),
               "check DBT_PACKAGE_HUB_URL");
}

std::string text_of(const Json* value) {
  return value != nullptr && value->kind == Json::Kind::kString ? value->text : std::string();
}

std::vector<std::string> texts_of(const Json* value) {
  std::vector<std::string> out;
  if (value == nullptr) return out;
  if (value->kind == Json::Kind::kString) out.push_back(value->text);
  for (const Json& item : value->items)
    if (item.kind == Json::Kind::kString) out.push_back(item.text);
  return out;
}

jinja::Value to_value(const Json& json) {
  using jinja::Value;
  switch (json.kind) {
    case Json::Kind::kBool:
      return Value::boolean(json.boolean);
    case Json::Kind::kInt:
      return Value::integer(json.integer);
    case Json::Kind::kFloat:
      return Value::floating(json.floating);
    case Json::Kind::kString:
      return Value::string(json.text);
    case Json::Kind::kArray: {
      std::vector<Value> items;
      for (const Json& item : json.items) items.push_back(to_value(item));
      return Value::list(std::move(items));
    }
    case Json::Kind::kObject: {
      Value out = Value::dict();
      for (const auto& [key, item] : json.fields) out.as_dict().set(key, to_value(item));
      return out;
    }
    case Json::Kind::kNull:
      break;
  }
  return Value::none();
}

RegistryPackage read_package(const Json& document, const std::string& name) {
  RegistryPackage package;
  const std::string space = name.substr(0, name.find('/'));
  const std::string own = name.substr(name.find('/') + 1);
  std::string new_space = text_of(document.find("redirectnamespace"));
  std::string new_name = text_of(document.find("redirectname"));
  if (!new_space.empty() || !new_name.empty())
    package.moved_to = fmt::format("{}/{}", new_space.empty() ? space : new_space,
                                   new_name.empty() ? own : new_name);
  const Json* versions = document.find("versions");
  if (versions == nullptr) return package;
  for (const auto& [text, entry] : versions->fields) {
    std::optional<Version> version = parse_version(text);
    if (!version) continue;
    const Json* downloads = entry.find("downloads");
    RegistryVersion item;
    item.version = std::move(*version);
    item.name = text_of(entry.find("name"));
    item.tarball_url = downloads == nullptr ? std::string() : text_of(downloads->find("tarball"));
    item.dbt_requirements = texts_of(entry.find("require_dbt_version"));
    if (const Json* needed = entry.find("packages"))
      for (const Json& package_entry : needed->items)
        if (package_entry.kind == Json::Kind::kObject)
          item.packages.push_back(to_value(package_entry));
    package.versions.push_back(std::move(item));
  }
  return package;
}

}  // namespace

Status Registry::load_index() {
  if (index_) return {};
  const std::string url = base_url_ + "api/v1/index.json";
  SLUICE_ASSIGN(const std::string body, http_.get(url));
  const Result<Json> document = parse_json(body);
  if (!document || document->kind != Json::Kind::kArray)
    return fail(malformed(url, "this is no list of names"));
  index_.emplace();
  for (const std::string& name : texts_of(&*document)) index_->insert(name);
  return {};
}

Result<const RegistryPackage*> Registry::package(const std::string& name) {
  if (const auto known = packages_.find(name); known != packages_.end()) return &known->second;
  SLUICE_TRY(load_index());
  if (!index_->contains(name))
    return fail(ErrorCode::kProjectInvalid,
                fmt::format("package {} was not found in the package index", name),
                "check its name: namespace/name");
  const std::string url = fmt::format("{}api/v1/{}.json", base_url_, name);
  SLUICE_ASSIGN(const std::string body, http_.get(url));
  const Result<Json> document = parse_json(body);
  if (!document || document->kind != Json::Kind::kObject)
    return fail(malformed(url, "this is no description of a package"));
  return &packages_.emplace(name, read_package(*document, name)).first->second;
}

}  // namespace sluice::packages
