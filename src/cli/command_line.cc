#include "cli/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <optional>

#include "base/suggest.h"
#include "cli/help_format.h"
#include "cli/option_table.h"
#include "cli/option_value.h"

namespace sluice::cli {
namespace {

constexpr int kUsageExit = 2;
constexpr std::string_view kExitCodes =
    "Exit codes: 0 all is well; 1 something that ran or was checked failed; 2 the command could "
    "not\ndo its work, or was cancelled.";

// One CLI11 option and the row it came from.
struct BoundOption {
  const OptionSpec* spec;
  CLI::Option* option;
};

struct BoundCommand {
  CommandSpec spec;
  CLI::App* app = nullptr;
  std::vector<BoundOption> options;
};

bool is_flag(const OptionSpec& spec) { return std::holds_alternative<bool Options::*>(spec.field); }

CLI::Option* bind_option(CLI::App& app, const OptionSpec& spec, Options& options, bool is_shown) {
  const std::string names(spec.names);
  const std::string help(spec.help);
  CLI::Option* option = std::visit(
      [&](auto field) -> CLI::Option* {
        if constexpr (std::is_same_v<decltype(field), bool Options::*>) {
          return app.add_flag(names, options.*field, help);
        } else {
          return app.add_option(names, options.*field, help);
        }
      },
      spec.field);
  if (!is_flag(spec)) option->type_name(std::string(spec.value_name));
  if (!spec.choices.empty()) option->check(CLI::IsMember(split_choices(spec.choices)));
  if (!std::holds_alternative<std::vector<std::string> Options::*>(spec.field))
    option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  // What is accepted for dbt's sake only would drown the rest.
  const bool does_nothing = !is_shown || spec.help.starts_with("Accepted");
  option->group(does_nothing ? "" : spec.commands == 0 ? "Common options" : "Options");
  return option;
}

// A variable that is set and not empty. dbt 1.11 reads DBT_ENGINE_X before DBT_X.
const std::string* find_variable(const std::map<std::string, std::string>& environment,
                                 std::string_view name) {
  std::vector<std::string> names = {std::string(name)};
  if (name.starts_with("DBT_")) names.insert(names.begin(), "DBT_ENGINE_" + names[0].substr(4));
  for (const std::string& known : names) {
    const auto found = environment.find(known);
    if (found != environment.end() && !found->second.empty()) return &found->second;
  }
  return nullptr;
}

// The parser of one invocation: CLI11 underneath, our table and our messages above.
class CommandLineParser {
 public:
  CommandLineParser(ParsedCommandLine& out, const std::vector<std::string>& words)
      : out_(out), table_(option_table()) {
    root_.formatter(std::make_shared<HelpFormatter>());
    root_.set_help_flag("-h,--help", "Show this help");
    root_.set_version_flag("-V,-v,--version", "sluice", "Show the version");
    root_.require_subcommand(0, 1);
    root_.allow_extras();
    root_.footer(
        "Examples:\n  sluice init shop\n  sluice build\n  sluice run --select +orders\n\n"
        "`sluice COMMAND --help` shows the options of a command.\n" +
        std::string(kExitCodes));
    for (const OptionSpec& spec : table_)
      if (spec.commands == 0 || spec.everywhere)
        root_options_.push_back(
            {&spec, bind_option(root_, spec, out_.options, spec.commands == 0)});
    for (const CommandSpec& spec : command_table()) add_command(spec, words);
  }

  void parse(const std::vector<std::string>& words,
             const std::map<std::string, std::string>& environment) {
    std::vector<std::string> reversed(words.rbegin(), words.rend());
    // CLI11 would read a word in brackets as a list and drop them; here it is a selector's
    // wildcard.
    for (std::string& word : reversed)
      if (word.starts_with('[') && word.ends_with(']')) word += ' ';
    try {
      root_.parse(reversed);
    } catch (const CLI::CallForHelp&) {
      return finish(0, help_text());
    } catch (const CLI::CallForVersion&) {
      out_.options.command = Command::kVersion;
      return;
    } catch (const CLI::ParseError& error) {
      return fail(error.what());
    }
    const BoundCommand* chosen = chosen_command();
    if (chosen == nullptr) return no_command();
    if (!check_extras(*chosen)) return;
    apply_environment(*chosen, environment);
    finish_options(*chosen);
  }

 private:
  void add_command(const CommandSpec& spec, const std::vector<std::string>& words) {
    BoundCommand bound;
    bound.spec = spec;
    bound.app = root_.add_subcommand(std::string(spec.name), std::string(spec.help));
    if (!spec.alias.empty()) bound.app->alias(std::string(spec.alias));
    bound.app->set_help_flag("-h,--help", "Show this help");
    bound.app->allow_extras();
    bound.app->prefix_command(false);
    bound.app->footer("Examples:\n" + std::string(spec.examples) + "\n" + std::string(kExitCodes));
    if (!spec.positional.empty()) {
      bound.app
          ->add_option(std::string(spec.positional), out_.options.name,
                       std::string(spec.positional_help))
          ->type_name("");
    }
    if (!spec.more.empty()) {
      bound.app->add_option(std::string(spec.more), out_.options.names, std::string(spec.more_help))
          ->type_name("");
    }
    // Hundreds of options cost milliseconds: only a command that is named gets its own.
    const auto is_named = [&](const std::string& word) {
      return word == spec.name || (!word.empty() && word == spec.alias);
    };
    if (std::none_of(words.begin(), words.end(), is_named)) {
      commands_.push_back(std::move(bound));
      return;
    }
    bound.app->set_version_flag("-V,-v,--version", "sluice", "Show the version");
    for (const OptionSpec& option : table_) {
      const bool has_meaning =
          option.commands == 0 || (option.commands & command_bit(spec.command)) != 0;
      if (has_meaning || option.everywhere)
        bound.options.push_back(
            {&option, bind_option(*bound.app, option, out_.options, has_meaning)});
    }
    commands_.push_back(std::move(bound));
  }

  const BoundCommand* chosen_command() const {
    for (const BoundCommand& command : commands_)
      if (command.app->parsed()) return &command;
    return nullptr;
  }

  std::string help_text() const {
    const BoundCommand* chosen = chosen_command();
    return chosen == nullptr ? root_.help() : chosen->app->help();
  }

  void finish(int exit_code, std::string text) {
    out_.finished = true;
    out_.exit_code = exit_code;
    out_.text = std::move(text);
  }

  void fail(const std::string& message, const std::string& hint = {}) {
    const BoundCommand* chosen = chosen_command();
    const std::string where =
        chosen == nullptr ? "sluice" : "sluice " + std::string(chosen->spec.name);
    std::string text = "error[SL0801]: " + message + "\n";
    if (!hint.empty()) text += "  hint: " + hint + "\n";
    text += "  `" + where + " --help` lists what there is\n";
    finish(kUsageExit, std::move(text));
  }

  void no_command() {
    const std::vector<std::string> extras = root_.remaining();
    if (extras.empty()) return finish(0, root_.help());
    if (extras.front().starts_with("-")) return unknown_flag(extras.front(), root_options_);
    const std::string& word = extras.front();
    std::vector<std::string_view> names;
    for (const BoundCommand& command : commands_) {
      names.push_back(command.spec.name);
      if (!command.spec.alias.empty()) names.push_back(command.spec.alias);
    }
    const std::string nearest = nearest_name(word, names);
    fail(fmt::format("unknown command \"{}\"", word),
         nearest.empty() ? "" : fmt::format("did you mean \"{}\"?", nearest));
  }

  void unknown_flag(const std::string& word, const std::vector<BoundOption>& options) {
    const std::string flag = word.substr(0, word.find('='));
    std::vector<std::string> names;
    for (const BoundOption& bound : options) {
      for (const std::string& name : bound.option->get_lnames()) names.push_back("--" + name);
      for (const std::string& name : bound.option->get_fnames()) names.push_back("--" + name);
    }
    const std::vector<std::string_view> views(names.begin(), names.end());
    const std::string nearest = nearest_name(flag, views);
    std::string hint = nearest.empty() ? "" : fmt::format("did you mean \"{}\"?", nearest);
    if (hint.empty())
      for (const OptionSpec& spec : table_)
        if (("," + std::string(spec.names) + ",").find("," + flag + ",") != std::string::npos)
          hint = "other commands have this flag, this one does not";
    fail(fmt::format("unknown flag \"{}\"", flag), hint);
  }

  bool check_extras(const BoundCommand& chosen) {
    std::vector<std::string> extras = root_.remaining(true);
    if (extras.empty()) return true;
    const auto flag = std::find_if(extras.begin(), extras.end(), [](const std::string& word) {
      return word.size() > 1 && word.front() == '-';
    });
    if (flag != extras.end()) {
      unknown_flag(*flag, chosen.options);
    } else {
      fail(fmt::format("unexpected word \"{}\"", extras.front()),
           (command_bit(chosen.spec.command) & selecting_commands()) != 0
               ? fmt::format("to select nodes write --select {}", extras.front())
               : std::string());
    }
    return false;
  }

  uint32_t selecting_commands() const {
    for (const OptionSpec& spec : table_)
      if (spec.names == "--exclude") return spec.commands;
    return 0;
  }

  // Some options mean another thing when they are given than by default.
  void note_given(const OptionSpec& spec, bool given) {
    if (spec.names == "--use-colors,!--no-use-colors") out_.options.use_colors_given = given;
    if (spec.names == "--inline") out_.options.inline_given = given;
    if (spec.names == "--threads") out_.options.threads_given = given;
  }

  void apply_environment(const BoundCommand& chosen,
                         const std::map<std::string, std::string>& environment) {
    for (const BoundOption& bound : chosen.options) {
      const OptionSpec& spec = *bound.spec;
      bool given = bound.option->count() > 0;
      for (const BoundOption& early : root_options_)
        given = given || (early.spec == &spec && early.option->count() > 0);
      if (given) out_.options.given.insert(std::string(spec.names));
      note_given(spec, given);
      if (given || spec.environment.empty()) continue;
      const std::string* found = find_variable(environment, spec.environment);
      if (found == nullptr) continue;
      if (!set_from_text(out_.options, spec, *found))
        return fail(fmt::format("the environment variable {} has a value that does not fit: \"{}\"",
                                spec.environment, *found),
                    spec.choices.empty()
                        ? std::string()
                        : fmt::format("one of {}", fmt::join(split_choices(spec.choices), ", ")));
      note_given(spec, true);
      out_.options.from_environment.insert(std::string(spec.names));
    }
  }

  // Whether the command line or the environment sets an option.
  bool is_set(std::string_view names) const {
    const std::string key(names);
    return out_.options.given.contains(key) || out_.options.from_environment.contains(key);
  }

  // The environment may use older names, which come first, as in dbt.
  void take_deprecated(Options& options) {
    for (const OptionSpec& spec : table_)
      if (spec.names.starts_with("--deprecated-") &&
          options.given.contains(std::string(spec.names)))
        return fail("deprecated parameters can only be set via environment variables",
                    fmt::format("set {}, or use the newer name", spec.environment));
    if (is_set("--deprecated-print,!--deprecated-no-print"))
      options.print = !options.deprecated_print;  // DBT_NO_PRINT
    if (!options.deprecated_state.empty()) options.state = options.deprecated_state;
    if (!options.deprecated_defer.empty())
      take_flag("DBT_DEFER_TO_STATE", options.deprecated_defer, options.defer);
    if (!options.deprecated_favor_state.empty())
      take_flag("DBT_FAVOR_STATE_MODE", options.deprecated_favor_state, options.favor_state);
  }

  void take_flag(std::string_view name, const std::string& text, bool& field) {
    const std::optional<bool> value = parse_bool(text);
    if (!value) return fail(fmt::format("{} is neither true nor false: \"{}\"", name, text));
    field = *value;
  }

  void finish_options(const BoundCommand& chosen) {
    if (out_.finished) return;
    Options& options = out_.options;
    options.command = chosen.spec.command;
    options.command_name = chosen.spec.dbt_name;
    if (options.log_format == "default" || options.log_format == "debug")
      options.log_format = "text";
    if (chosen.spec.positional_required && options.name.empty())
      return fail(fmt::format("\"{}\" needs {}", chosen.spec.name, chosen.spec.positional),
                  std::string(chosen.spec.positional_help));
    if (!check_word(options)) return;
    if (options.single_threaded) options.threads = 1;
    if (options.threads_given && options.threads < 1)
      return fail(fmt::format("--threads is not a positive number: \"{}\"", options.threads));
    if (!options.models.empty()) take_models(options);
    if (!out_.finished) take_deprecated(options);
    if (!out_.finished) check_output_format(chosen);
  }

  // The word after a command that has parts: `docs generate`, `source freshness`, `gen
  // store-orders`.
  bool check_word(const Options& options) {
    if (options.command == Command::kGenStoreOrders && options.name != "store-orders")
      fail(fmt::format("nothing is known about making \"{}\"", options.name),
           "write: sluice gen store-orders");
    if (options.command == Command::kSource && options.name != "freshness" &&
        options.name != "snapshot-freshness")
      fail(fmt::format("\"source\" knows no \"{}\"", options.name),
           "write: sluice source freshness");
    if (options.command == Command::kDocs && options.name != "generate" && options.name != "serve")
      fail(fmt::format("\"docs\" knows no \"{}\"", options.name), "write: sluice docs generate");
    return !out_.finished;
  }

  // --models is the older name of --select; of `list` it asks for models alone.
  void take_models(Options& options) {
    options.used_old_select = true;
    const bool lists = options.command == Command::kList;
    if (!options.select.empty())
      return fail("\"models\" and \"select\" are mutually exclusive arguments",
                  "put all words after --select");
    if (lists && !options.resource_types.empty())
      return fail("\"models\" and \"resource_type\" are mutually exclusive arguments",
                  "write --select instead of --models");
    options.select = std::move(options.models);
    options.models.clear();
    if (lists) options.resource_types = {"model"};
  }

  void check_output_format(const BoundCommand& chosen) {
    Options& options = out_.options;
    constexpr uint32_t kShows =
        command_bit(Command::kShow) | command_bit(Command::kCompile) | command_bit(Command::kPlan) |
        command_bit(Command::kVerify) | command_bit(Command::kCheck) | command_bit(Command::kCost) |
        command_bit(Command::kAudit) | command_bit(Command::kAdopt) | command_bit(Command::kState);
    const bool shows = (command_bit(options.command) & kShows) != 0;
    const bool lists = options.command == Command::kList;
    if (options.command == Command::kSource) return;
    if (options.output.empty()) options.output = lists ? "selector" : "text";
    if (shows && options.output != "text" && options.output != "json")
      return fail(fmt::format("--output of {} is text or json, not \"{}\"", chosen.spec.name,
                              options.output));
    if (lists && options.output == "text")
      fail("--output of list is name, path, selector or json, not \"text\"");
  }

  ParsedCommandLine& out_;
  const std::vector<OptionSpec> table_;
  CLI::App root_{"Runs dbt projects on an embedded DuckDB, incrementally.", "sluice"};
  std::vector<BoundOption> root_options_;
  std::vector<BoundCommand> commands_;
};

}  // namespace

ParsedCommandLine parse_command_line(const std::vector<std::string>& words,
                                     const std::map<std::string, std::string>& environment) {
  ParsedCommandLine out;
  out.options.invocation_command = fmt::format("{}", fmt::join(words, " "));
  CommandLineParser parser(out, words);
  parser.parse(words, environment);
  return out;
}

}  // namespace sluice::cli
