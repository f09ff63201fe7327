#include "jinja/str_methods.h"

namespace sluice::jinja {
namespace {

constexpr MethodTable kStrMethods(std::to_array<Method>({
    {"capitalize", str_methods::capitalize, Arity::kNone},
    {"casefold", str_methods::casefold, Arity::kNone},
    {"center", str_methods::center, Arity::kPositional, 1, 2},
    {"count", str_methods::count, Arity::kPositional, 1, 3},
    {"encode", str_methods::encode, Arity::kKeywords},
    {"endswith", str_methods::endswith, Arity::kPositional, 1, 3},
    {"expandtabs", str_methods::expandtabs, Arity::kKeywords},
    {"find", str_methods::find, Arity::kPositional, 1, 3},
    {"format", str_methods::format, Arity::kKeywords},
    {"format_map", str_methods::format_map, Arity::kOne},
    {"index", str_methods::index, Arity::kPositional, 1, 3},
    {"isalnum", str_methods::isalnum, Arity::kNone},
    {"isalpha", str_methods::isalpha, Arity::kNone},
    {"isascii", str_methods::isascii, Arity::kNone},
    {"isdecimal", str_methods::isdecimal, Arity::kNone},
    {"isdigit", str_methods::isdigit, Arity::kNone},
    {"isidentifier", str_methods::isidentifier, Arity::kNone},
    {"islower", str_methods::islower, Arity::kNone},
    {"isnumeric", str_methods::isnumeric, Arity::kNone},
    {"isprintable", str_methods::isprintable, Arity::kNone},
    {"isspace", str_methods::isspace, Arity::kNone},
    {"istitle", str_methods::istitle, Arity::kNone},
    {"isupper", str_methods::isupper, Arity::kNone},
    {"join", str_methods::join, Arity::kOne},
    {"ljust", str_methods::ljust, Arity::kPositional, 1, 2},
    {"lower", str_methods::lower, Arity::kNone},
    {"lstrip", str_methods::lstrip, Arity::kPositional, 0, 1},
    {"maketrans", str_methods::maketrans, Arity::kPositional, 1, 3},
    {"partition", str_methods::partition, Arity::kOne},
    {"removeprefix", str_methods::removeprefix, Arity::kOne},
    {"removesuffix", str_methods::removesuffix, Arity::kOne},
    {"replace", str_methods::replace, Arity::kPositional, 2, 3},
    {"rfind", str_methods::rfind, Arity::kPositional, 1, 3},
    {"rindex", str_methods::rindex, Arity::kPositional, 1, 3},
    {"rjust", str_methods::rjust, Arity::kPositional, 1, 2},
    {"rpartition", str_methods::rpartition, Arity::kOne},
    {"rsplit", str_methods::rsplit, Arity::kKeywords},
    {"rstrip", str_methods::rstrip, Arity::kPositional, 0, 1},
    {"split", str_methods::split, Arity::kKeywords},
    {"splitlines", str_methods::splitlines, Arity::kKeywords},
    {"startswith", str_methods::startswith, Arity::kPositional, 1, 3},
    {"strip", str_methods::strip, Arity::kPositional, 0, 1},
    {"swapcase", str_methods::swapcase, Arity::kNone},
    {"title", str_methods::title, Arity::kNone},
    {"translate", str_methods::translate, Arity::kOne},
    {"upper", str_methods::upper, Arity::kNone},
    {"zfill", str_methods::zfill, Arity::kOne},
}));

}  // namespace

const Method* find_str_method(std::string_view name) { return kStrMethods.find(name); }

}  // namespace sluice::jinja
