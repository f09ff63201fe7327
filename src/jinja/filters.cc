#include "jinja/filters.h"

#include <algorithm>
#include <iterator>

#include "jinja/filters_groups.h"
#include "jinja/template.h"

namespace sluice::jinja {

namespace {

// Sorted by name.
constexpr Filter kFilters[] = {
    {"abs", filters::abs},
    {"as_bool", filters::as_bool, false},
    {"as_native", filters::as_native, false},
    {"as_number", filters::as_number, false},
    {"as_text", filters::as_text, false},
    {"attr", filters::attr},
    {"batch", filters::batch, false},
    {"capitalize", filters::capitalize},
    {"center", filters::center},
    {"count", filters::length},
    {"d", filters::default_value},
    {"default", filters::default_value},
    {"dictsort", filters::dictsort},
    {"e", filters::escape},
    {"escape", filters::escape},
    {"filesizeformat", filters::filesizeformat},
    {"first", filters::first},
    {"float", filters::to_float},
    {"forceescape", filters::forceescape},
    {"format", filters::format},
    {"groupby", filters::groupby},
    {"indent", filters::indent},
    {"int", filters::to_int},
    {"items", filters::items, false},
    {"join", filters::join},
    {"last", filters::last},
    {"length", filters::length},
    {"list", filters::list},
    {"lower", filters::lower},
    {"map", filters::map, false},
    {"max", filters::max},
    {"min", filters::min},
    {"pprint", filters::pprint},
    {"random", filters::random, false},
    {"reject", filters::reject, false},
    {"rejectattr", filters::rejectattr, false},
    {"replace", filters::replace},
    {"reverse", filters::reverse, false},
    {"round", filters::round},
    {"safe", filters::safe},
    {"select", filters::select, false},
    {"selectattr", filters::selectattr, false},
    {"slice", filters::slice, false},
    {"sort", filters::sort},
    {"string", filters::string},
    {"striptags", filters::striptags},
    {"sum", filters::sum},
    {"title", filters::title},
    {"tojson", filters::tojson},
    {"trim", filters::trim},
    {"truncate", filters::truncate},
    {"unique", filters::unique, false},
    {"upper", filters::upper},
    {"urlencode", filters::urlencode},
    {"urlize", filters::urlize},
    {"wordcount", filters::wordcount},
    {"wordwrap", filters::wordwrap},
    {"xmlattr", filters::xmlattr},
};

}  // namespace

std::optional<uint32_t> find_filter(std::string_view name) {
  const auto* found = std::lower_bound(
      std::begin(kFilters), std::end(kFilters), name,
      [](const Filter& filter, std::string_view key) { return filter.name < key; });
  if (found == std::end(kFilters) || found->name != name) return std::nullopt;
  return static_cast<uint32_t>(found - std::begin(kFilters));
}

const Filter& filter_at(uint32_t index) { return kFilters[index]; }

std::vector<std::string> filter_names() {
  std::vector<std::string> names;
  for (const Filter& filter : kFilters) names.emplace_back(filter.name);
  return names;
}

}  // namespace sluice::jinja
