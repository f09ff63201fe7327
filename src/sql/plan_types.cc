#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sql/expression_text.h"
#include "sql/plan_reader.h"

namespace sluice::sql {
namespace {

std::string_view text_of(const Json* value) {
  return value != nullptr && value->kind == Json::Kind::kString ? std::string_view(value->text)
                                                                : std::string_view();
}

// Types whose name in SQL is their id.
bool is_plain(std::string_view id) {
  static constexpr std::array kPlain = {"BOOLEAN",
                                        "TINYINT",
                                        "SMALLINT",
                                        "INTEGER",
                                        "BIGINT",
                                        "HUGEINT",
                                        "UTINYINT",
                                        "USMALLINT",
                                        "UINTEGER",
                                        "UBIGINT",
                                        "UHUGEINT",
                                        "FLOAT",
                                        "DOUBLE",
                                        "DATE",
                                        "TIME",
                                        "TIME_NS",
                                        "TIMESTAMP",
                                        "TIMESTAMP_S",
                                        "TIMESTAMP_MS",
                                        "TIMESTAMP_NS",
                                        "TIMESTAMP WITH TIME ZONE",
                                        "TIME WITH TIME ZONE",
                                        "INTERVAL",
                                        "BLOB",
                                        "BIT",
                                        "UUID",
                                        "BIGNUM"};
  return std::find(kPlain.begin(), kPlain.end(), id) != kPlain.end();
}

std::string decimal_text(const Json& info) {
  const Json* width = info.find("width");
  const Json* scale = info.find("scale");
  if (width == nullptr || scale == nullptr) return {};
  return fmt::format("DECIMAL({},{})", width->integer, scale->integer);
}

std::string struct_text(const Json& info) {
  const Json* members = info.find("child_types");
  if (members == nullptr || members->items.empty()) return {};
  std::string out = "STRUCT(";
  for (const Json& member : members->items) {
    const Json* type = member.find("second");
    const std::string_view name = text_of(member.find("first"));
    const std::string text = type == nullptr ? std::string() : PlanReader::type_text(*type);
    if (text.empty() || name.empty()) return {};
    if (out.back() != '(') out += ", ";
    out += quoted_identifier(name) + " " + text;
  }
  return out + ")";
}

// A map is a list of {key, value}.
std::string map_text(const Json& info) {
  const Json* child = info.find("child_type");
  const Json* child_info = child == nullptr ? nullptr : child->find("type_info");
  const Json* members = child_info == nullptr ? nullptr : child_info->find("child_types");
  if (members == nullptr || members->items.size() != 2) return {};
  std::array<std::string, 2> texts;
  for (size_t i = 0; i < 2; ++i) {
    const Json* type = members->items[i].find("second");
    if (type != nullptr) texts[i] = PlanReader::type_text(*type);
    if (texts[i].empty()) return {};
  }
  return fmt::format("MAP({}, {})", texts[0], texts[1]);
}

}  // namespace

std::string PlanReader::type_text(const Json& type) {
  const std::string_view id = text_of(type.find("id"));
  const Json* info = type.find("type_info");
  const bool has_info = info != nullptr && info->kind == Json::Kind::kObject;
  if (has_info) {
    const std::string_view alias = text_of(info->find("alias"));
    if (!alias.empty()) return alias == "JSON" ? "JSON" : std::string();
    if (id == "DECIMAL") return decimal_text(*info);
    if (id == "STRUCT") return struct_text(*info);
    if (id == "MAP") return map_text(*info);
    const Json* child = info->find("child_type");
    const std::string element = child == nullptr ? std::string() : type_text(*child);
    if (element.empty()) return {};
    if (id == "LIST") return element + "[]";
    const Json* size = info->find("size");
    if (id == "ARRAY" && size != nullptr) return fmt::format("{}[{}]", element, size->integer);
    return {};
  }
  if (id == "VARCHAR" || is_plain(id)) return std::string(id);
  return {};
}

}  // namespace sluice::sql
