// Filters that make or undo markup, and JSON inside markup.
#include "jinja/filter_arguments.h"
#include "jinja/filters_groups.h"
#include "jinja/lexer.h"
#include "jinja/template.h"

namespace sluice::jinja::filters {

Result<Value> escape(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_TRY(BoundArguments::bind("escape", args, {}));
  if (self.kind() == Kind::kMarkup) return self;
  SLUICE_ASSIGN(std::string text, to_str(self));
  return Value::markup(escape_html(text));
}

Result<Value> forceescape(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_TRY(BoundArguments::bind("forceescape", args, {}));
  SLUICE_ASSIGN(std::string text, to_str(self));
  return Value::markup(escape_html(text));
}

Result<Value> safe(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_TRY(BoundArguments::bind("safe", args, {}));
  if (self.kind() == Kind::kMarkup) return self;
  SLUICE_ASSIGN(std::string text, to_str(self));
  return Value::markup(std::move(text));
}

namespace {

// Without what stands between `open` and `close`.
std::string without(std::string_view text, std::string_view open, std::string_view close) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    size_t begin = text.find(open, at);
    size_t end = begin == std::string_view::npos ? begin : text.find(close, begin + open.size());
    if (end == std::string_view::npos) {
      out += text.substr(at);
      break;
    }
    out += text.substr(at, begin - at);
    at = end + close.size();
  }
  return out;
}

std::string unescape_html(std::string_view text) {
  static constexpr std::pair<std::string_view, char> kEntities[] = {
      {"&amp;", '&'}, {"&lt;", '<'},   {"&gt;", '>'},   {"&#39;", '\''},
      {"&#34;", '"'}, {"&quot;", '"'}, {"&apos;", '\''}};
  std::string out;
  for (size_t at = 0; at < text.size();) {
    bool found = false;
    for (const auto& [entity, character] : kEntities) {
      if (text.substr(at, entity.size()) != entity) continue;
      out += character;
      at += entity.size();
      found = true;
      break;
    }
    if (!found) out += text[at++];
  }
  return out;
}

std::string collapse_space(std::string_view text) {
  std::string out;
  size_t width = 0;
  for (size_t at = 0; at < text.size();) {
    if (!is_space_at(text, at, width)) {
      out += text[at++];
      continue;
    }
    while (at < text.size() && is_space_at(text, at, width)) at += width;
    if (!out.empty() && at < text.size()) out += ' ';
  }
  return out;
}

bool is_unreserved(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '-' ||
         c == '~';
}

std::string url_quote(std::string_view text, bool for_query) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (char c : text) {
    if (is_unreserved(c) || (c == '/' && !for_query)) {
      out += c;
    } else if (c == ' ' && for_query) {
      out += '+';
    } else {
      auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kDigits[byte >> 4U];
      out += kDigits[byte & 15U];
    }
  }
  return out;
}

Status append_query(const Value& key, const Value& value, std::string& out) {
  SLUICE_ASSIGN(std::string name, to_str(key));
  SLUICE_ASSIGN(std::string text, to_str(value));
  if (!out.empty()) out += '&';
  out += url_quote(name, true) + "=" + url_quote(text, true);
  return {};
}

}  // namespace

Result<Value> striptags(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_TRY(BoundArguments::bind("striptags", args, {}));
  SLUICE_ASSIGN(std::string text, to_str(self));
  return Value::string(
      unescape_html(collapse_space(without(without(text, "<!--", "-->"), "<", ">"))));
}

Result<Value> urlencode(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_TRY(BoundArguments::bind("urlencode", args, {}));
  std::string out;
  if (self.is_dict()) {
    for (const Dict::Entry& entry : self.as_dict().entries())
      SLUICE_TRY(append_query(entry.key, entry.value, out));
    return Value::string(std::move(out));
  }
  if (self.is_sequence()) {
    for (const Value& item : self.as_items()) {
      SLUICE_ASSIGN(std::vector<Value> pair, iterate(item));
      if (pair.size() != 2) return runtime_error("urlencode needs pairs of a name and a value");
      SLUICE_TRY(append_query(pair[0], pair[1], out));
    }
    return Value::string(std::move(out));
  }
  SLUICE_ASSIGN(std::string text, to_str(self));
  return Value::string(url_quote(text, false));
}

namespace {

struct UrlStyle {
  int64_t limit = -1;
  std::string attributes;  // ' rel="noopener"' and target
};

std::string shortened(std::string_view url, int64_t limit) {
  if (limit < 0 || static_cast<int64_t>(utf8_length(url)) <= limit) return std::string(url);
  return std::string(url.substr(0, static_cast<size_t>(limit))) + "...";
}

bool looks_like_mail(std::string_view word) {
  size_t at = word.find('@');
  if (at == std::string_view::npos || at == 0 || word.starts_with("www.") ||
      word.find(':') != std::string_view::npos) {
    return false;
  }
  size_t dot = word.find('.', at + 2);
  return dot != std::string_view::npos && dot + 1 < word.size();
}

bool looks_like_host(std::string_view word) {
  if (word.starts_with("http://") || word.starts_with("https://"))
    return word.size() > word.find("//") + 2;
  if (word.starts_with("www.")) return word.find('.', 5) != std::string_view::npos;
  for (std::string_view suffix : {".com", ".net", ".org"}) {
    size_t at = word.find(suffix);
    bool ends =
        at != std::string_view::npos && at > 0 && (at + 4 == word.size() || word[at + 4] == '/');
    if (ends && word.find('@') == std::string_view::npos) return true;
  }
  return false;
}

std::string link_word(std::string_view word, const UrlStyle& style) {
  size_t begin = 0;
  for (std::string_view open : {"(", "&lt;", "<"}) {
    if (word.substr(begin).starts_with(open)) begin += open.size();
  }
  size_t end = word.size();
  while (end > begin && std::string_view(".,:;!?)").find(word[end - 1]) != std::string_view::npos)
    --end;
  if (word.substr(begin, end - begin).ends_with("&gt;")) end -= 4;
  std::string_view middle = word.substr(begin, end - begin);
  std::string linked(middle);
  if (looks_like_host(middle)) {
    std::string target =
        middle.starts_with("http") ? std::string(middle) : "https://" + std::string(middle);
    linked = "<a href=\"" + target + "\"" + style.attributes + ">" +
             shortened(middle, style.limit) + "</a>";
  } else if (middle.starts_with("mailto:") && looks_like_mail(middle.substr(7))) {
    linked = "<a href=\"" + std::string(middle) + "\">" + std::string(middle.substr(7)) + "</a>";
  } else if (looks_like_mail(middle)) {
    linked = "<a href=\"mailto:" + std::string(middle) + "\">" + std::string(middle) + "</a>";
  }
  return std::string(word.substr(0, begin)) + linked + std::string(word.substr(end));
}

}  // namespace

Result<Value> urlize(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, BoundArguments::bind(
                                "urlize", args,
                                {"trim_url_limit", "nofollow", "target", "rel", "extra_schemes"}));
  SLUICE_ASSIGN(bool nofollow, bound.flag(1, false));
  UrlStyle style;
  if (!bound.value(0).is_none()) {
    SLUICE_ASSIGN(style.limit, bound.integer(0, -1));
  }
  std::string rel = nofollow ? "nofollow noopener" : "noopener";
  if (!bound.value(3).is_none()) {
    SLUICE_ASSIGN(std::string extra, bound.text(3, ""));
    rel = extra + " " + rel;
  }
  style.attributes = " rel=\"" + escape_html(rel) + "\"";
  if (!bound.value(2).is_none()) {
    SLUICE_ASSIGN(std::string target, bound.text(2, ""));
    style.attributes += " target=\"" + escape_html(target) + "\"";
  }
  SLUICE_ASSIGN(std::string raw, to_str(self));
  std::string text = self.kind() == Kind::kMarkup ? raw : escape_html(raw);
  std::string out;
  size_t width = 0;
  for (size_t at = 0; at < text.size();) {
    size_t begin = at;
    if (is_space_at(text, at, width)) {
      out.append(text, at, width);
      at += width;
      continue;
    }
    while (at < text.size() && !is_space_at(text, at, width)) ++at;
    out += link_word(std::string_view(text).substr(begin, at - begin), style);
  }
  return Value::string(std::move(out));
}

Result<Value> xmlattr(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, BoundArguments::bind("xmlattr", args, {"autospace"}));
  SLUICE_ASSIGN(bool autospace, bound.flag(0, true));
  if (!self.is_dict()) {
    return runtime_error("'" + std::string(type_name(self)) + "' object has no attribute 'items'");
  }
  std::string out;
  for (const Dict::Entry& entry : self.as_dict().entries()) {
    if (entry.value.is_none() || entry.value.is_undefined()) continue;
    SLUICE_ASSIGN(std::string name, to_str(entry.key));
    if (name.find_first_of(" \t\n\r\f/>=") != std::string::npos) {
      return runtime_error("Invalid character in attribute name: " + string_repr(name));
    }
    SLUICE_ASSIGN(std::string text, to_str(entry.value));
    bool markup = entry.value.kind() == Kind::kMarkup;
    if (!out.empty()) out += ' ';
    out += escape_html(name) + "=\"" + (markup ? text : escape_html(text)) + "\"";
  }
  if (autospace && !out.empty()) out.insert(0, " ");
  return Value::string(std::move(out));
}

Result<Value> tojson(Interpreter& /*interpreter*/, const Value& self, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, BoundArguments::bind("tojson", args, {"indent"}));
  JsonStyle style;
  style.sort_keys = true;
  if (!bound.value(0).is_none()) {
    SLUICE_ASSIGN(int64_t indent, bound.integer(0, -1));
    style.indent = static_cast<int>(indent);
  }
  SLUICE_ASSIGN(std::string json, to_json(self, style));
  std::string out;
  for (char c : json) {
    switch (c) {
      case '<':
        out += "\\u003c";
        break;
      case '>':
        out += "\\u003e";
        break;
      case '&':
        out += "\\u0026";
        break;
      case '\'':
        out += "\\u0027";
        break;
      default:
        out += c;
    }
  }
  return Value::markup(std::move(out));
}

}  // namespace sluice::jinja::filters
