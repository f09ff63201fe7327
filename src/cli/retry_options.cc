#include "cli/retry_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <type_traits>
#include <utility>

#include "cli/option_table.h"
#include "jinja/ops.h"

namespace sluice::cli {

namespace {

using jinja::Value;

constexpr std::array<Command, 8> kRetryable{
    Command::kBuild,    Command::kRun,     Command::kTest,  Command::kSeed,
    Command::kSnapshot, Command::kCompile, Command::kClone, Command::kRunOperation};

// Of the options that every command takes, those that belong to the work and not to its telling.
constexpr std::array<std::string_view, 5> kKeptCommonOptions{"vars", "target", "profile", "threads",
                                                             "fail_fast"};

constexpr std::array<std::string_view, 5> kUnfinished{"error", "fail", "skipped", "runtime error",
                                                      "partial success"};

const Value* member(const Value& dict, std::string_view key) {
  return dict.is_dict() ? dict.as_dict().find(key) : nullptr;
}

std::string text_of(const Value& dict, std::string_view key) {
  const Value* found = member(dict, key);
  return found != nullptr && found->is_string() ? found->as_string() : std::string();
}

template <size_t N>
bool contains(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<std::string> texts_of(const Value& value) {
  std::vector<std::string> texts;
  if (value.is_string()) texts.push_back(value.as_string());
  if (value.is_sequence())
    for (const Value& item : value.as_items()) texts.push_back(jinja::to_str(item).value_or(""));
  return texts;
}

void set_field(Options& options, const OptionField& field, const Value& value) {
  std::visit(
      [&](auto member_pointer) {
        using Field = decltype(member_pointer);
        auto& target = options.*member_pointer;
        if constexpr (std::is_same_v<Field, bool Options::*>) {
          if (value.is_bool()) target = value.as_bool();
        } else if constexpr (std::is_same_v<Field, std::string Options::*>) {
          // --vars and --args are YAML; their values were written as they were understood.
          if (value.is_string())
            target = value.as_string();
          else if (value.is_dict() && !value.as_dict().empty())
            target = jinja::to_json(value).value_or("");
        } else if constexpr (std::is_same_v<Field, std::vector<std::string> Options::*>) {
          target = texts_of(value);
        } else if (value.is_int()) {
          target = static_cast<std::remove_reference_t<decltype(target)>>(value.as_int());
        }
      },
      field);
}

Result<CommandSpec> command_named(const std::string& which) {
  for (const CommandSpec& spec : command_table())
    if (spec.dbt_name == which &&
        std::find(kRetryable.begin(), kRetryable.end(), spec.command) != kRetryable.end())
      return spec;
  return fail(ErrorCode::kStateInvalid,
              fmt::format("the results are those of \"{}\", which cannot be retried", which),
              "run the command itself again");
}

}  // namespace

Result<Options> options_to_retry(const Options& given, const Value& run_results) {
  const Value* arguments = member(run_results, "args");
  if (arguments == nullptr)
    return fail(ErrorCode::kStateInvalid, "run_results.json does not say what it was called with",
                "run the command itself again");
  SLUICE_ASSIGN(const CommandSpec command, command_named(text_of(*arguments, "which")));
  Options options = given;
  options.command = command.command;
  options.command_name = command.dbt_name;
  options.output = "text";
  for (const OptionSpec& spec : option_table()) {
    if (given.given.contains(std::string(spec.names))) continue;
    if (spec.commands != 0 && (spec.commands & command_bit(command.command)) == 0) continue;
    for (const std::string& key : option_keys(spec)) {
      if (spec.commands == 0 && !contains(kKeptCommonOptions, key)) continue;
      if (const Value* value = member(*arguments, key)) set_field(options, spec.field, *value);
    }
  }
  if (command.command == Command::kRunOperation) options.name = text_of(*arguments, "macro");
  return options;
}

std::vector<std::string> ids_to_retry(const Value& run_results) {
  std::vector<std::string> ids;
  const Value* results = member(run_results, "results");
  if (results == nullptr || !results->is_list()) return ids;
  for (const Value& result : results->as_items()) {
    std::string id = text_of(result, "unique_id");
    if (contains(kUnfinished, text_of(result, "status")) && !id.starts_with("operation."))
      ids.push_back(std::move(id));
  }
  return ids;
}

}  // namespace sluice::cli
