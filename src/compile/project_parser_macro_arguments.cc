// The behaviour flag validate_macro_args: what property files say of macros' arguments is held
// against the macros, and macros without such a list get the names of their own.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "compile/macro_argument_type.h"
#include "compile/project_parser.h"

namespace sluice::compile {

void ProjectParser::check_macro_arguments() {
  for (const auto& macro : shared_.manifest.macros) {
    if (macro->macro == nullptr) continue;
    const std::vector<jinja::MacroParameter>& parameters = macro->macro->parameters;
    std::vector<MacroArgument>& arguments = macro->arguments;
    if (arguments.empty()) {
      for (const jinja::MacroParameter& parameter : parameters)
        arguments.push_back({parameter.name, "", ""});
      continue;
    }
    const auto warn = [&](std::string message, std::string hint) {
      Error warning(ErrorCode::kPropertyInvalid, std::move(message), std::move(hint));
      const size_t mark = macro->patch_path.find("://");
      const std::string file = mark == std::string::npos ? macro->original_file_path
                                                         : macro->patch_path.substr(mark + 3);
      diagnostics_.add_warning(std::move(warning.add_span({file, 0, 0, 0, 0})),
                               "InvalidMacroAnnotation");
    };
    for (size_t i = 0; i < std::min(arguments.size(), parameters.size()); ++i)
      if (arguments[i].name != parameters[i].name)
        warn(fmt::format("argument {} in yaml for macro {} does not match the jinja definition",
                         arguments[i].name, macro->name),
             fmt::format("the macro calls it {}", parameters[i].name));
    if (arguments.size() != parameters.size())
      warn(fmt::format("the number of arguments in the yaml for macro {} does not match the jinja "
                       "definition",
                       macro->name),
           fmt::format("the macro has {}", parameters.size()));
    for (const MacroArgument& argument : arguments)
      if (!argument.type.empty() && !is_macro_argument_type(argument.type))
        warn(fmt::format("argument {} in the yaml for macro {} has an invalid type", argument.name,
                         macro->name),
             "use string, bool, integer, float, any, relation, column, list[…], dict[…, …] or "
             "optional[…]");
  }
}

}  // namespace sluice::compile
