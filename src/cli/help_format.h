// How help pages look. Included only where CLI11 is.
#pragma once

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string>

namespace sluice::cli {

// CLI11's layout with our words: "-q,--[no-]quiet", value names without their lists, "Usage: sluice
// run …".
class HelpFormatter final : public CLI::Formatter {
 public:
  HelpFormatter() {
    column_width(36);
    label("Subcommands", "Commands");
  }

  std::string make_usage(const CLI::App* app, std::string /*name*/) const override {
    if (app->get_parent() == nullptr) return "\nUsage: sluice [OPTIONS] COMMAND [OPTIONS]\n";
    std::string text = "\nUsage: sluice " + app->get_name();
    for (const CLI::Option* option : app->get_options())
      if (option->get_positional()) text += " " + option->get_name(true);
    return text + " [OPTIONS]\n";
  }

  std::string make_option_name(const CLI::Option* option, bool is_positional) const override {
    if (is_positional) return option->get_name(true);
    std::string text;
    const auto add = [&text](const std::string& name) { text += (text.empty() ? "" : ",") + name; };
    const auto& negated = option->get_fnames();
    for (const std::string& name : option->get_snames()) add("-" + name);
    for (const std::string& name : option->get_lnames()) {
      if (std::find(negated.begin(), negated.end(), name) != negated.end()) continue;
      const bool has_negation =
          std::find(negated.begin(), negated.end(), "no-" + name) != negated.end();
      add((has_negation ? "--[no-]" : "--") + name);
    }
    return text;
  }

  std::string make_option_opts(const CLI::Option* option) const override {
    const std::string type = option->get_type_name();
    const std::string name = type.substr(0, type.find(':'));
    return name.empty() ? name : " " + name;
  }
};

}  // namespace sluice::cli
