// Groups, and who may refer to what.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "base/suggest.h"
#include "compile/project_parser.h"
#include "jinja/ops.h"

namespace sluice::compile {

using jinja::Value;

namespace {

const Value* member(const Value& dict, std::string_view key) {
  const Value* value = dict.is_dict() ? dict.as_dict().find(key) : nullptr;
  return value && !value->is_none() ? value : nullptr;
}

bool restricts_access(const project::Package& package) {
  const Value* restrict_access = member(package.config, "restrict-access");
  return restrict_access != nullptr && jinja::truth(*restrict_access).value_or(false);
}

bool is_private_to_others(const std::string& group, const Node& target) {
  return target.access == "private" && (target.group.empty() || target.group != group);
}

Error denied(const std::string& from, const Node& target, std::string_view level,
             std::string_view owner, std::string hint) {
  Error error(ErrorCode::kAccessDenied,
              fmt::format("node {} attempted to reference node {}, which is not allowed because "
                          "the referenced node is {} to the {}",
                          from, target.unique_id, level, owner),
              std::move(hint));
  return error;
}

}  // namespace

// Every group has an owner who can be reached.
void ProjectParser::check_groups() {
  for (const project::OtherProperties& other : shared_.project().others) {
    if (other.yaml_key != "groups") continue;
    const auto report = [&](std::string message) {
      Error error(ErrorCode::kPropertyInvalid, std::move(message),
                  "add \"owner: {name: …}\" or \"owner: {email: …}\"");
      diagnostics_.add_error(std::move(error.add_span(other.span)));
    };
    const Value* owner = member(other.entry, "owner");
    if (owner == nullptr)
      report(fmt::format("group '{}' has no owner", other.name));
    else if (!owner->is_dict())
      report(fmt::format("the owner of group '{}' must be a mapping", other.name));
    else if (member(*owner, "name") == nullptr && member(*owner, "email") == nullptr)
      report(fmt::format("the owner of group '{}' has neither \"name\" nor \"email\"", other.name));
  }
}

void ProjectParser::check_membership(const Node& node, const std::set<std::string>& groups) {
  const auto report = [&](ErrorCode code, std::string message, std::string hint) {
    Error error(code, std::move(message), std::move(hint));
    diagnostics_.add_error(std::move(error.add_span(node.span).set_node(node.unique_id)));
  };
  // A test has the group of what it tests, which is reported there.
  if (!node.group.empty() && !groups.contains(node.group) && !node.test_metadata) {
    const std::vector<std::string_view> names(groups.begin(), groups.end());
    const std::string near = nearest_name(node.group, names);
    report(ErrorCode::kPropertyInvalid,
           fmt::format("invalid group '{}' of {} {} ({}), expected one of [{}]", node.group,
                       project::resource_type_name(node.type), node.name, node.original_file_path,
                       fmt::join(groups, ", ")),
           near.empty() ? "declare it under \"groups:\" in a property file"
                        : fmt::format("did you mean '{}'?", near));
  }
  if (node.type != ResourceType::kModel) return;
  if (node.access != "private" && node.access != "protected" && node.access != "public")
    report(ErrorCode::kConfigInvalid,
           fmt::format("node {} has an invalid value ({}) for the access field", node.unique_id,
                       node.access),
           "use private, protected or public");
  else if (node.access == "public" && node.is_ephemeral())
    report(ErrorCode::kConfigInvalid,
           fmt::format("node {} with 'ephemeral' materialization has an invalid value (public) for "
                       "the access field",
                       node.unique_id),
           "make it a view or a table, or protected");
}

void ProjectParser::check_reference(Reference from, const RefCall& call,
                                    const std::vector<bool>& restricted) {
  const Node* target = shared_.references.find_ref(call, from.package);
  if (target == nullptr || target->type != ResourceType::kModel) return;
  if (is_private_to_others(from.group, *target)) {
    Error error =
        denied(from.unique_id, *target, "private", fmt::format("'{}' group", target->group),
               target->group.empty()
                   ? fmt::format("give {} a group, and its users the same one, or make it "
                                 "protected",
                                 target->name)
                   : fmt::format("put {} into the group '{}', or make {} protected", from.name,
                                 target->group, target->name));
    diagnostics_.add_error(
        std::move(error.add_span(std::move(from.place)).set_node(from.unique_id)));
  } else if (target->access == "protected" && target->package != from.package &&
             restricted[target->package]) {
    Error error = denied(from.unique_id, *target, "protected",
                         fmt::format("'{}' package", target->package_name),
                         "only models with access: public can be used from outside of a package "
                         "with restrict-access");
    diagnostics_.add_error(
        std::move(error.add_span(std::move(from.place)).set_node(from.unique_id)));
  }
}

void ProjectParser::check_access() {
  std::set<std::string> groups;
  for (const project::OtherProperties& other : shared_.project().others)
    if (other.yaml_key == "groups") groups.insert(other.name);
  std::vector<bool> restricted;
  for (const project::Package& package : shared_.project().packages)
    restricted.push_back(restricts_access(package));
  bool is_restricted = std::find(restricted.begin(), restricted.end(), true) != restricted.end();
  for (const auto& node : shared_.manifest.nodes) {
    check_membership(*node, groups);
    is_restricted |= node->access == "private";
  }
  if (!is_restricted) return;
  for (const auto& node : shared_.manifest.nodes)
    for (const RefCall& call : node->refs)
      check_reference({node->unique_id, node->name, node->group, node->package,
                       call_place(*node, call.line, call.name)},
                      call, restricted);
  const std::string no_group;
  for (const auto& exposure : shared_.manifest.exposures)
    for (const RefCall& call : exposure->refs)
      check_reference(
          {exposure->unique_id, exposure->name, no_group, exposure->package, exposure->span}, call,
          restricted);
}

}  // namespace sluice::compile
