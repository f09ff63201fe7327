#include "packages/package_spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/hash.h"
#include "jinja/ops.h"

namespace sluice::packages {
namespace {

using jinja::Value;
using Kind = PackageSpec::Kind;

constexpr std::string_view kKindsHint =
    "an entry has one of package (with version), git, tarball (with name), local";

const Value* member(const Value& dict, std::string_view key) {
  const Value* value = dict.as_dict().find(key);
  return value != nullptr && !value->is_none() && !value->is_undefined() ? value : nullptr;
}

// Reads one entry; the first fault is the answer.
class EntryReader {
 public:
  explicit EntryReader(const project::WrittenPackage& written) : written_(written) {}

  Result<PackageSpec> read() {
    static constexpr std::array<std::pair<std::string_view, Kind>, 4> kKinds = {
        {{"package", Kind::kRegistry},
         {"git", Kind::kGit},
         {"tarball", Kind::kTarball},
         {"local", Kind::kLocal}}};
    if (member(written_.rendered, "private") != nullptr)
      return fault(fmt::format("cannot resolve private package {}: there is no git provider "
                               "integration",
                               text("private").value_or("?")),
                   "name its repository with git:");
    for (const auto& [key, kind] : kKinds) {
      if (written_.rendered.as_dict().find(key) == nullptr) continue;
      spec_.kind = kind;
      SLUICE_ASSIGN(spec_.location, required_text(key));
      spec_.written = jinja::to_str(*written_.written.as_dict().find(key)).value_or("");
      spec_.span = written_.span;
      SLUICE_TRY(read_rest());
      return std::move(spec_);
    }
    return fault("this entry names no package", std::string(kKindsHint));
  }

 private:
  tl::unexpected<Error> fault(std::string message, std::string hint) const {
    Error error(ErrorCode::kProjectInvalid, std::move(message), std::move(hint));
    error.add_span(written_.span);
    return tl::unexpected<Error>(std::move(error));
  }

  std::optional<std::string> text(std::string_view key) const {
    const Value* value = member(written_.rendered, key);
    if (value == nullptr) return std::nullopt;
    Result<std::string> shown = jinja::to_str(*value);
    return shown ? std::optional<std::string>(*shown) : std::nullopt;
  }

  Result<std::string> required_text(std::string_view key) const {
    const Value* value = member(written_.rendered, key);
    if (value == nullptr || !value->is_string() || value->as_string().empty())
      return fault(fmt::format("\"{}\" of this entry is not a text", key), std::string(kKindsHint));
    return std::string(value->as_string());
  }

  Status check_keys(std::initializer_list<std::string_view> known) const {
    for (const auto& entry : written_.rendered.as_dict().entries()) {
      const std::string key = jinja::to_str(entry.key).value_or("?");
      if (std::find(known.begin(), known.end(), key) == known.end())
        return fault(fmt::format("\"{}\" is no key of such an entry", key),
                     fmt::format("its keys are {}", fmt::join(known, ", ")));
    }
    return {};
  }

  bool flag(std::string_view key, bool otherwise) const {
    const Value* value = member(written_.rendered, key);
    return value != nullptr && value->is_bool() ? value->as_bool() : otherwise;
  }

  Status read_rest() {
    spec_.name = text("name").value_or("");
    switch (spec_.kind) {
      case Kind::kRegistry:
        return read_registry();
      case Kind::kGit:
        SLUICE_TRY(check_keys({"git", "revision", "subdirectory", "warn-unpinned", "name"}));
        return read_git();
      case Kind::kTarball:
        SLUICE_TRY(check_keys({"tarball", "name"}));
        if (!spec_.name.empty()) return {};
        return fault("a tarball needs a name", "add name: the package's project name");
      case Kind::kLocal:
        return check_keys({"local", "name"});
    }
    return {};
  }

  Status read_git() {
    const Value* revision = member(written_.rendered, "revision");
    if (revision != nullptr && revision->is_list())
      return fault("git dependencies should contain exactly one version",
                   "give one branch, tag or commit as revision");
    spec_.revision = text("revision").value_or("");
    spec_.subdirectory = text("subdirectory").value_or("");
    spec_.warns_unpinned = flag("warn-unpinned", true);
    return {};
  }

  Status read_registry() {
    SLUICE_TRY(check_keys({"package", "version", "install_prerelease", "name"}));
    const size_t slash = spec_.location.find('/');
    if (slash == std::string::npos || slash == 0 || slash + 1 == spec_.location.size())
      return fault(fmt::format("not the name of a package: \"{}\"", spec_.location),
                   "write namespace/name");
    spec_.with_prereleases = flag("install_prerelease", false);
    const Value* version = member(written_.rendered, "version");
    if (version == nullptr)
      return fault(fmt::format("package {} has no version", spec_.location),
                   "add version: 1.2.0, or a list of bounds: [\">=1.2.0\", \"<2.0.0\"]");
    std::vector<Value> texts = {*version};
    if (version->is_list()) texts = version->as_items();
    for (const Value& item : texts) {
      Result<Requirement> requirement = parse_requirement(jinja::to_str(item).value_or(""));
      if (!requirement) {
        requirement.error().locate(written_.span);
        return tl::unexpected<Error>(std::move(requirement.error()));
      }
      spec_.versions.push_back(std::move(*requirement));
    }
    return {};
  }

  const project::WrittenPackage& written_;
  PackageSpec spec_;
};

// One scalar as YAML writes it behind a key.
Result<std::string> scalar_yaml(const Value& value) {
  Value holder = Value::dict();
  holder.as_dict().set("k", value);
  SLUICE_ASSIGN(std::string text, jinja::to_yaml(holder));
  text.erase(0, std::string_view("k:").size());
  if (text.starts_with(' ')) text.erase(0, 1);
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace

std::string package_key(const PackageSpec& spec) {
  std::string location = spec.location;
  if (spec.kind == Kind::kGit && location.ends_with(".git")) location.resize(location.size() - 4);
  return fmt::format("{}\n{}\n{}", static_cast<int>(spec.kind), location, spec.subdirectory);
}

Result<PackageSpec> parse_package(const project::WrittenPackage& written) {
  return EntryReader(written).read();
}

Result<std::string> package_list_hash(const std::vector<project::WrittenPackage>& packages) {
  std::vector<std::string> texts;
  for (const project::WrittenPackage& package : packages) {
    Value entry = Value::dict();
    for (const auto& item : package.rendered.as_dict().entries())
      entry.as_dict().set(item.key, item.value);
    entry.as_dict().set("unrendered", package.written);
    const auto set_missing = [&](std::string_view key, Value otherwise) {
      if (entry.as_dict().find(key) == nullptr) entry.as_dict().set(key, std::move(otherwise));
    };
    if (entry.as_dict().find("git") != nullptr)
      for (const std::string_view key : {"revision", "subdirectory", "warn-unpinned"})
        set_missing(key, Value::none());
    if (entry.as_dict().find("package") != nullptr)
      set_missing("install_prerelease", Value::boolean(false));
    SLUICE_ASSIGN(std::string text, jinja::to_json(entry, {true, -1}));
    texts.push_back(std::move(text));
  }
  std::sort(texts.begin(), texts.end());
  return sha1_hex(fmt::format("{}", fmt::join(texts, "\n")));
}

Result<std::string> package_list_yaml(const std::vector<Value>& items) {
  std::string out = items.empty() ? "packages: []\n" : "packages:\n";
  for (const Value& item : items) {
    std::string indent = "  - ";
    for (const auto& entry : item.as_dict().entries()) {
      out += indent + jinja::to_str(entry.key).value_or("") + ":";
      indent = "    ";
      if (!entry.value.is_list()) {
        SLUICE_ASSIGN(const std::string text, scalar_yaml(entry.value));
        out += " " + text + "\n";
        continue;
      }
      out += "\n";
      for (const Value& part : entry.value.as_items()) {
        SLUICE_ASSIGN(const std::string text, scalar_yaml(part));
        out += "      - " + text + "\n";
      }
    }
  }
  return out;
}

}  // namespace sluice::packages
