#include "cli/warning_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/suggest.h"
#include "cli/event_codes.h"
#include "jinja/ops.h"

namespace sluice::cli {
namespace {

using jinja::Value;
using Names = std::set<std::string, std::less<>>;

// dbt's warnings, and the group of all deprecations.
constexpr auto kWarnings = std::to_array<std::string_view>({
    "AdapterDeprecationWarning",
    "AdapterEventWarning",
    "ArgumentsPropertyInGenericTestDeprecation",
    "BehaviorChangeEvent",
    "CatalogGenerationError",
    "CollectFreshnessReturnSignature",
    "ConfigDataPathDeprecation",
    "ConfigLogPathDeprecation",
    "ConfigSourcePathDeprecation",
    "ConfigTargetPathDeprecation",
    "ConstraintNotEnforced",
    "ConstraintNotSupported",
    "CustomKeyInConfigDeprecation",
    "CustomKeyInObjectDeprecation",
    "CustomOutputPathInSourceFreshnessDeprecation",
    "CustomTopLevelKeyDeprecation",
    "DeprecatedModel",
    "DeprecatedReference",
    "Deprecations",
    "DeprecationsSummary",
    "DepsScrubbedPackageName",
    "DepsUnpinned",
    "DuplicateNameDistinctNodeTypesDeprecation",
    "DuplicateYAMLKeysDeprecation",
    "EnvironmentVariableNamespaceDeprecation",
    "EnvironmentVariableRenamed",
    "ExposureNameDeprecation",
    "FreshnessConfigProblem",
    "GenericJSONSchemaValidationDeprecation",
    "GetMetaKeyWarning",
    "InternalDeprecation",
    "InvalidConcurrentBatchesConfig",
    "InvalidMacroAnnotation",
    "InvalidValueForField",
    "JinjaLogWarning",
    "LogTestResult",
    "MFCumulativeTypeParamsDeprecation",
    "MFTimespineWithoutYamlConfigurationDeprecation",
    "MacroNotFoundForPatch",
    "MetricAttributesRenamed",
    "MicrobatchMacroOutsideOfBatchesDeprecation",
    "MicrobatchModelNoEventTimeInputs",
    "MissingArgumentsPropertyInGenericTestDeprecation",
    "MissingPlusPrefixDeprecation",
    "ModelParamUsageDeprecation",
    "ModulesItertoolsUsageDeprecation",
    "NoNodeForYamlKey",
    "NoNodesForSelectionCriteria",
    "NoNodesSelected",
    "NodeNotFoundOrDisabled",
    "NothingToDo",
    "PackageInstallPathDeprecation",
    "PackageMaterializationOverrideDeprecation",
    "PackageNodeDependsOnRootProjectNode",
    "PackageRedirectDeprecation",
    "ProjectFlagsMovedDeprecation",
    "PropertyMovedToConfigDeprecation",
    "ResourceNamesWithSpacesDeprecation",
    "RunResultWarning",
    "RunResultWarningMessage",
    "SeedExceedsLimitAndPathChanged",
    "SeedExceedsLimitChecksumChanged",
    "SeedExceedsLimitSamePath",
    "SeedIncreased",
    "SemanticValidationFailure",
    "SnapshotTimestampWarning",
    "SourceFreshnessProjectHooksNotRun",
    "SourceOverrideDeprecation",
    "TestsConfigDeprecation",
    "UnexpectedJinjaBlockDeprecation",
    "UnsupportedConstraintMaterialization",
    "UnusedResourceConfigPath",
    "UnusedTables",
    "UnversionedBreakingChange",
    "UpcomingReferenceDeprecation",
    "ValidationWarning",
    "WEOIncludeExcludeDeprecation",
    "WarnStateTargetEqual",
    "WrongResourceSchemaFile",
});

Error bad_options(const std::string& problem) {
  return Error(
      ErrorCode::kBadArgument, "--warn-error-options: " + problem,
      "write e.g. --warn-error-options '{error: all, warn: [NoNodesForSelectionCriteria]}'");
}

Status check_name(const std::string& name) {
  const bool known =
      std::ranges::find(kWarnings, name) != kWarnings.end() || !event_code(name).empty();
  if (known) return {};
  const std::string nearest =
      nearest_name(name, std::vector<std::string_view>(kWarnings.begin(), kWarnings.end()));
  return fail(ErrorCode::kBadArgument,
              fmt::format("--warn-error-options: no warning has the name \"{}\"", name),
              nearest.empty() ? std::string("the JSON log shows the names of warnings")
                              : fmt::format("did you mean \"{}\"?", nearest));
}

// "all", "*" or a list of names.
Status read_names(const Value& value, bool* all, Names& names) {
  if (value.is_none()) return {};
  if (value.is_string()) {
    if (all == nullptr || (value.as_string() != "all" && value.as_string() != "*"))
      return fail(bad_options(fmt::format("not a list: \"{}\"", value.as_string())));
    *all = true;
    return {};
  }
  if (!value.is_sequence()) return fail(bad_options("a value is not a list"));
  for (const Value& item : value.as_items()) {
    SLUICE_ASSIGN(std::string name, jinja::to_str(item));
    SLUICE_TRY(check_name(name));
    names.insert(std::move(name));
  }
  return {};
}

// `include` and `exclude` are the older names of `error` and `warn`.
Status read_key_names(const Value& options, WarningPolicy& policy) {
  const auto given = [&options](std::string_view key) {
    return options.as_dict().find(key) != nullptr;
  };
  policy.uses_old_names = given("include") || given("exclude");
  if ((given("include") && given("error")) || (given("exclude") && given("warn")))
    return fail(bad_options("an option is given by both its names"));
  return {};
}

Status check_exceptions(const WarningPolicy& policy) {
  const bool has_rule = policy.all_errors || policy.errors.contains("Deprecations") ||
                        policy.silenced.contains("Deprecations");
  if (policy.warnings.empty() || has_rule) return {};
  return fail(
      bad_options("`warn` excepts nothing unless `error` is all, or Deprecations is in "
                  "`error` or `silence`"));
}

}  // namespace

Result<WarningPolicy> read_warning_policy(const Options& options) {
  WarningPolicy policy;
  policy.all_errors = options.warn_error;
  if (options.warn_error_options.empty()) return policy;
  const Result<Value> parsed = jinja::from_yaml(options.warn_error_options);
  if (!parsed || !parsed->is_dict())
    return fail(bad_options(fmt::format("not a YAML mapping: \"{}\"", options.warn_error_options)));
  if (options.warn_error)
    return fail(ErrorCode::kBadArgument, "--warn-error-options is not allowed with --warn-error",
                "write --warn-error-options '{error: all}'");
  SLUICE_TRY(read_key_names(*parsed, policy));
  for (const auto& entry : parsed->as_dict().entries()) {
    SLUICE_ASSIGN(const std::string key, jinja::to_str(entry.key));
    // The older names are `include` and `exclude`.
    if (key == "error" || key == "include")
      SLUICE_TRY(read_names(entry.value, &policy.all_errors, policy.errors));
    else if (key == "warn" || key == "exclude")
      SLUICE_TRY(read_names(entry.value, nullptr, policy.warnings));
    else if (key == "silence")
      SLUICE_TRY(read_names(entry.value, nullptr, policy.silenced));
    else
      return fail(bad_options(fmt::format("unknown key \"{}\"", key)));
  }
  SLUICE_TRY(check_exceptions(policy));
  return policy;
}

}  // namespace sluice::cli
