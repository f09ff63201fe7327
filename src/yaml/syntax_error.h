// Turns libyaml's complaints into errors with places and advice. Internal to yaml/. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

struct yaml_parser_s;

namespace sluice::yaml {

// The error that the parser stopped with: kYamlSyntax, or kYamlUnquotedJinja when the line holds a
// bare `{{ … }}`.
Error syntax_error(const yaml_parser_s& parser, std::string_view text, const std::string& file);

// kYamlUnquotedJinja for the value that begins at `span`.
Error unquoted_jinja_error(std::string_view text, Span span);

}  // namespace sluice::yaml
