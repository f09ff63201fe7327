// Character classes behind the is… methods of str (Unicode categories through utf8proc, plus the
// Other_… properties).
#pragma once

namespace sluice::jinja::str_methods {

bool is_lower(char32_t code);
bool is_upper(char32_t code);
bool is_cased(char32_t code);

}  // namespace sluice::jinja::str_methods
