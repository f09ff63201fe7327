// datetime.strptime: the format becomes a regular expression, as CPython's _strptime does it, so
// that backtracking finds the same reading.
#include <fmt/format.h>

#include <map>

#include "jinja/modules_datetime.h"
#include "jinja/modules_regex.h"
#include "jinja/ops.h"
#include "jinja/ops_errors.h"
#include "jinja/value_text.h"

namespace sluice::jinja {
namespace {

std::string alternatives(char group, const char* const* names, size_t count, size_t cut) {
  // Longer names first, so that a short name does not hide them.
  std::string text = fmt::format("(?P<{}>", group);
  for (size_t i = 0; i < count; ++i)
    text += (i == 0 ? "" : "|") + std::string(names[i]).substr(0, cut);
  return text + ")";
}

struct Directive {
  char code;
  std::string_view pattern;
};

constexpr Directive kDirectives[] = {
    {'d', "(?P<d>3[0-1]|[1-2]\\d|0[1-9]|[1-9]| [1-9])"},
    {'f', "(?P<f>[0-9]{1,6})"},
    {'G', "(?P<G>\\d\\d\\d\\d)"},
    {'H', "(?P<H>2[0-3]|[0-1]\\d|\\d)"},
    {'I', "(?P<I>1[0-2]|0[1-9]|[1-9]| [1-9])"},
    {'j', "(?P<j>36[0-6]|3[0-5]\\d|[1-2]\\d\\d|0[1-9]\\d|00[1-9]|[1-9]\\d|0[1-9]|[1-9])"},
    {'m', "(?P<m>1[0-2]|0[1-9]|[1-9])"},
    {'M', "(?P<M>[0-5]\\d|\\d)"},
    {'p', "(?P<p>am|pm)"},
    {'S', "(?P<S>6[0-1]|[0-5]\\d|\\d)"},
    {'u', "(?P<u>[1-7])"},
    {'U', "(?P<U>5[0-3]|[0-4]\\d|\\d)"},
    {'V', "(?P<V>5[0-3]|0[1-9]|[1-4]\\d|\\d)"},
    {'w', "(?P<w>[0-6])"},
    {'W', "(?P<W>5[0-3]|[0-4]\\d|\\d)"},
    {'y', "(?P<y>\\d\\d)"},
    {'Y', "(?P<Y>\\d\\d\\d\\d)"},
    {'z', "(?P<z>[+-]\\d\\d:?[0-5]\\d(:?[0-5]\\d(\\.\\d{1,6})?)?|(?-i:Z))"},
    {'Z', "(?P<Z>utc|gmt)"},
    {'%', "%"},
};

// The regular expression of one directive; empty when there is no such directive.
std::string directive_pattern(char code) {
  switch (code) {
    case 'a':
      return alternatives('a', kWeekdayNames, 7, 3);
    case 'A':
      return alternatives('A', kWeekdayNames, 7, std::string::npos);
    case 'b':
      return alternatives('b', kMonthNames, 12, 3);
    case 'B':
      return alternatives('B', kMonthNames, 12, std::string::npos);
    default:
      break;
  }
  for (const Directive& directive : kDirectives)
    if (directive.code == code) return std::string(directive.pattern);
  return {};
}

// %c, %x and %X of the C locale, written out.
std::string expand_composites(std::string_view format) {
  std::string out;
  for (size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%' || i + 1 == format.size()) {
      out += format[i];
      continue;
    }
    const char code = format[++i];
    if (code == 'c')
      out += "%a %b %d %H:%M:%S %Y";
    else if (code == 'x')
      out += "%m/%d/%y";
    else if (code == 'X')
      out += "%H:%M:%S";
    else
      out.append({'%', code});
  }
  return out;
}

Result<std::string> format_pattern(std::string_view format, std::string_view shown) {
  std::string pattern;
  for (size_t i = 0; i < format.size(); ++i) {
    const char c = format[i];
    if (c == '%') {
      if (i + 1 == format.size())
        return runtime_failure(fmt::format("stray %% in format '{}'", shown));
      const std::string part = directive_pattern(format[++i]);
      if (part.empty())
        return runtime_failure(
            fmt::format("'{}' is a bad directive in format '{}'", format[i], shown));
      pattern += part;
    } else if (is_space(static_cast<unsigned char>(c))) {
      if (!pattern.ends_with("\\s+")) pattern += "\\s+";
    } else {
      if (std::string_view("\\.^$*+?(){}[]|").find(c) != std::string_view::npos) pattern += '\\';
      pattern += c;
    }
  }
  return pattern;
}

using Parts = std::map<char, std::string>;

std::optional<int64_t> number_part(const Parts& parts, char code) {
  const auto found = parts.find(code);
  if (found == parts.end()) return std::nullopt;
  const std::optional<Value> number = parse_int(found->second);
  if (!number || !number->is_int()) return std::nullopt;
  return number->as_int();
}

// Position of a name (or its first three letters) in a table, without regard to case.
int64_t name_index(const std::string& text, const char* const* names, size_t count, size_t cut) {
  for (size_t i = 0; i < count; ++i) {
    const std::string name = std::string(names[i]).substr(0, cut);
    const bool same = name.size() == text.size() &&
                      std::equal(name.begin(), name.end(), text.begin(),
                                 [](char a, char b) { return (a | 0x20) == (b | 0x20); });
    if (same) return static_cast<int64_t>(i);
  }
  return -1;
}

std::optional<int64_t> weekday_part(const Parts& parts) {
  if (const auto found = parts.find('A'); found != parts.end())
    return name_index(found->second, kWeekdayNames, 7, std::string::npos);
  if (const auto found = parts.find('a'); found != parts.end())
    return name_index(found->second, kWeekdayNames, 7, 3);
  if (const std::optional<int64_t> day = number_part(parts, 'w')) return (*day + 6) % 7;
  if (const std::optional<int64_t> day = number_part(parts, 'u')) return *day - 1;
  return std::nullopt;
}

std::optional<int64_t> year_part(const Parts& parts) {
  // POSIX: 69…99 belong to the twentieth century.
  if (const std::optional<int64_t> year = number_part(parts, 'y'))
    return *year + (*year <= 68 ? 2000 : 1900);
  return number_part(parts, 'Y');
}

int64_t month_part(const Parts& parts) {
  if (const auto found = parts.find('b'); found != parts.end())
    return name_index(found->second, kMonthNames, 12, 3) + 1;
  if (const auto found = parts.find('B'); found != parts.end())
    return name_index(found->second, kMonthNames, 12, std::string::npos) + 1;
  return number_part(parts, 'm').value_or(1);
}

Result<int64_t> iso_week_date(const Parts& parts, int64_t iso_year) {
  const std::optional<int64_t> week = number_part(parts, 'V');
  const std::optional<int64_t> weekday = weekday_part(parts);
  if (!week || !weekday)
    return runtime_failure(
        "ISO year directive '%G' must be used with the ISO week directive '%V' and a weekday "
        "directive ('%A', '%a', '%w', or '%u').");
  return iso_year_start(iso_year) + (*week - 1) * 7 + *weekday;
}

// The day of week `week` of a year, in which days before the first Sunday (or Monday) are week 0.
int64_t week_date(int64_t year, int64_t week, int64_t weekday, bool sunday_first) {
  const int64_t first_day = days_from_civil({year, 1, 1});
  const int64_t shift = sunday_first ? (weekday_of(first_day) + 1) % 7 : weekday_of(first_day);
  const int64_t day_of_week = sunday_first ? (weekday + 1) % 7 : weekday;
  return first_day - shift + (shift == 0 ? week - 1 : week) * 7 + day_of_week;
}

// Days since 1970-01-01 that the parts name.
Result<int64_t> date_part(const Parts& parts) {
  if (const std::optional<int64_t> iso_year = number_part(parts, 'G'))
    return iso_week_date(parts, *iso_year);
  const std::optional<int64_t> year = year_part(parts);
  const int64_t whole_year = year.value_or(1900);
  if (const std::optional<int64_t> julian = number_part(parts, 'j'))
    return days_from_civil({whole_year, 1, 1}) + *julian - 1;
  const bool sunday_first = parts.contains('U');
  const std::optional<int64_t> week = number_part(parts, sunday_first ? 'U' : 'W');
  const std::optional<int64_t> weekday = weekday_part(parts);
  if (week && weekday && year) return week_date(*year, *week, *weekday, sunday_first);
  return checked_days(whole_year, month_part(parts), number_part(parts, 'd').value_or(1));
}

Result<int64_t> time_part(const Parts& parts) {
  int64_t hour = number_part(parts, 'H').value_or(0);
  if (const std::optional<int64_t> twelve = number_part(parts, 'I')) {
    const auto half = parts.find('p');
    const bool afternoon = half != parts.end() && (half->second[0] | 0x20) == 'p';
    hour = *twelve % 12 + (afternoon ? 12 : 0);
  }
  int64_t micros = 0;
  if (const auto fraction = parts.find('f'); fraction != parts.end())
    micros = std::stoll(fraction->second + std::string(6 - fraction->second.size(), '0'));
  return checked_time(hour, number_part(parts, 'M').value_or(0),
                      number_part(parts, 'S').value_or(0), micros);
}

ZoneRef zone_part(const Parts& parts) {
  const auto found = parts.find('z');
  if (found == parts.end()) return {};
  if (found->second == "Z") return fixed_zone(0);
  std::string digits;
  for (const char c : found->second) {
    if (c == '.') break;
    if (c >= '0' && c <= '9') digits += c;
  }
  digits.resize(6, '0');
  const int64_t seconds = std::stoll(digits.substr(0, 2)) * 3600 +
                          std::stoll(digits.substr(2, 2)) * 60 + std::stoll(digits.substr(4, 2));
  return fixed_zone(found->second[0] == '-' ? -seconds : seconds);
}

}  // namespace

Result<Value> parse_time(std::string_view text, std::string_view format) {
  SLUICE_ASSIGN(const std::string pattern, format_pattern(expand_composites(format), format));
  SLUICE_ASSIGN(const Ref<Regex> regex, Regex::compile(pattern, kRegexIgnoreCase));
  SLUICE_ASSIGN(const std::optional<MatchSpans> match,
                regex->match(text, 0, Anchor::kStart, false));
  if (!match)
    return runtime_failure(fmt::format("time data {} does not match format {}", string_repr(text),
                                       string_repr(format)));
  const size_t end = (*match)[0].second;
  if (end != text.size())
    return runtime_failure(fmt::format("unconverted data remains: {}", text.substr(end)));
  Parts parts;
  for (const auto& [name, number] : regex->names()) {
    const auto& [first, last] = (*match)[number];
    if (first != std::string::npos) parts[name[0]] = std::string(text.substr(first, last - first));
  }
  SLUICE_ASSIGN(const int64_t days, date_part(parts));
  SLUICE_ASSIGN(const int64_t micros, time_part(parts));
  return make_datetime_of(days * kMicrosPerDay + micros, zone_part(parts));
}

}  // namespace sluice::jinja
