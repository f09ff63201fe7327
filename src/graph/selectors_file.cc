// Forms of a definition, as dbt reads them:
//  - a text is one criterion ("+tag:x"); blanks and commas in it are part of its value.
//  - {method: value} with one key: the value is taken as it is, without `+`.
//  - {method, value, parents, children, …, exclude}: the whole form; {method: selector, value: x}
//  stands for the definition of an earlier selector, and whatever is beside it is ignored.
//  - {union: […]} and {intersection: […]}, one item of which may be {exclude: […]}.
#include "graph/selectors_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/suggest.h"
#include "jinja/ops.h"

namespace sluice::graph {

namespace {

using jinja::Dict;
using jinja::Value;

constexpr const char* kFile = "selectors.yml";
constexpr const char* kForms =
    "a definition is a text, a mapping with \"method\" and \"value\", or \"union\" or "
    "\"intersection\" with a list";

const Value* member(const Value& dict, std::string_view key) {
  return dict.is_dict() ? dict.as_dict().find(key) : nullptr;
}

bool is_true(const Value* value) {
  return value != nullptr && jinja::truth(*value).value_or(false);
}

std::string shown(const Value& value) { return jinja::to_repr(value).value_or(std::string()); }

std::string key_list(const Value& dict) {
  std::vector<std::string> keys;
  for (const Dict::Entry& entry : dict.as_dict().entries()) keys.push_back(shown(entry.key));
  return fmt::format("{}", fmt::join(keys, ", "));
}

tl::unexpected<Error> wrong(std::string message, std::string hint = kForms) {
  return fail(ErrorCode::kSelectorSyntax, std::move(message), std::move(hint));
}

bool is_set(const Value& definition) {
  return member(definition, "union") != nullptr || member(definition, "intersection") != nullptr;
}

bool is_exclude_item(const Value& item) {
  return item.is_dict() && item.as_dict().size() == 1 && member(item, "exclude") != nullptr;
}

bool is_reference(const Value& definition) {
  const Value* method = member(definition, "method");
  return method != nullptr && method->is_string() && method->as_string() == "selector" &&
         member(definition, "value") != nullptr;
}

// A criterion of a text as manifest.json spells it out.
Value spell_out(const Criterion& criterion) {
  Value out = Value::dict();
  Dict& dict = out.as_dict();
  const auto depth = [](int steps) { return Value::string(std::to_string(steps)); };
  if (criterion.childrens_parents) dict.set("childrens_parents", Value::boolean(true));
  if (criterion.parents) dict.set("parents", Value::boolean(true));
  if (criterion.parents_depth >= 0) dict.set("parents_depth", depth(criterion.parents_depth));
  std::string method(method_name(criterion.method));
  for (const std::string& argument : criterion.arguments) method += "." + argument;
  dict.set("method", Value::string(std::move(method)));
  dict.set("value", Value::string(criterion.value));
  if (criterion.children) dict.set("children", Value::boolean(true));
  if (criterion.children_depth >= 0) dict.set("children_depth", depth(criterion.children_depth));
  return out;
}

class DefinitionReader {
 public:
  struct Definition {
    SelectionTree tree;
    Value spelled_out;
  };

  Status add(const std::string& name, const Value& definition) {
    SLUICE_ASSIGN(known_[name], read_root(definition));
    return {};
  }
  const Definition& get(const std::string& name) const { return known_.at(name); }

 private:
  Result<Definition> read_root(const Value& definition) {
    if (definition.is_dict() && is_set(definition) && definition.as_dict().size() > 1)
      return wrong(fmt::format("only a single \"union\" or \"intersection\" key is allowed in the "
                               "definition of a selector; found {}",
                               key_list(definition)),
                   "put one of them into a list below the other");
    if (!definition.is_dict() && !definition.is_string())
      return wrong(fmt::format("the definition of a selector cannot be {}", shown(definition)));
    return read(definition);
  }

  Result<Definition> read(const Value& definition) {
    if (definition.is_string()) {
      SLUICE_ASSIGN(Criterion criterion, parse_criterion(definition.as_string()));
      Value spelled = spell_out(criterion);
      return Definition{SelectionTree::of(std::move(criterion)), std::move(spelled)};
    }
    if (!definition.is_dict())
      return wrong(fmt::format("expected a text or a mapping, not {}", shown(definition)));
    if (const Value* items = member(definition, "union"))
      return read_set("union", SelectionTree::Kind::kUnion, *items);
    if (const Value* items = member(definition, "intersection"))
      return read_set("intersection", SelectionTree::Kind::kIntersection, *items);
    if (is_reference(definition)) return read_reference(*member(definition, "value"));
    if (member(definition, "method") != nullptr && member(definition, "value") != nullptr)
      return read_whole(definition);
    if (definition.as_dict().size() == 1) return read_key_value(definition);
    return wrong(fmt::format("expected either one key or \"method\" and \"value\", but got {}",
                             key_list(definition)));
  }

  // The definitions of an earlier selector.
  Result<Definition> read_reference(const Value& name) const {
    const auto found = name.is_string() ? known_.find(name.as_string()) : known_.end();
    if (found != known_.end()) return found->second;
    return wrong(
        fmt::format("the selector {} that this one names is not defined above it", shown(name)),
        "define it before it is used");
  }

  Result<Definition> read_key_value(const Value& definition) const {
    const Dict::Entry& only = definition.as_dict().entries().front();
    if (!only.key.is_string())
      return wrong(fmt::format("a method has a name, not {}", shown(only.key)));
    Value whole = Value::dict();
    whole.as_dict().set("method", only.key);
    whole.as_dict().set("value", only.value);
    SLUICE_ASSIGN(Criterion criterion, read_method(whole));
    return Definition{SelectionTree::of(std::move(criterion)), std::move(whole)};
  }

  static Result<Criterion> read_method(const Value& definition) {
    Criterion criterion;
    const Value& method = *member(definition, "method");
    const Value& value = *member(definition, "value");
    criterion.raw = shown(definition);
    if (!method.is_string())
      return wrong(fmt::format("a method has a name, not {}", shown(method)));
    SLUICE_TRY(parse_method_name(criterion.raw, method.as_string(), criterion));
    if (value.is_string()) {
      criterion.value = value.as_string();
    } else if (criterion.method == Method::kConfig && !value.is_dict()) {
      criterion.typed_value = value;
    } else {
      return wrong(fmt::format("the value of method \"{}\" must be a text, not {}",
                               method.as_string(), shown(value)),
                   "write several values as several items of a union");
    }
    return criterion;
  }

  static Result<int> read_depth(const Value& definition, std::string_view key) {
    const Value* depth = member(definition, key);
    if (depth == nullptr || depth->is_none()) return -1;
    if (depth->is_int() && depth->as_int() >= 0 && depth->as_int() < INT32_MAX)
      return static_cast<int>(depth->as_int());
    if (depth->is_string())
      if (const std::optional<Value> number = jinja::parse_int(depth->as_string());
          number && number->is_int() && number->as_int() >= 0 && number->as_int() < INT32_MAX)
        return static_cast<int>(number->as_int());
    return wrong(fmt::format("\"{}\" must be a number of steps, not {}", key, shown(*depth)),
                 "leave it out to take all steps");
  }

  Result<Definition> read_whole(const Value& definition) {
    SLUICE_ASSIGN(Criterion criterion, read_method(definition));
    criterion.childrens_parents = is_true(member(definition, "childrens_parents"));
    criterion.parents = is_true(member(definition, "parents"));
    criterion.children = is_true(member(definition, "children"));
    SLUICE_ASSIGN(criterion.parents_depth, read_depth(definition, "parents_depth"));
    SLUICE_ASSIGN(criterion.children_depth, read_depth(definition, "children_depth"));
    if (criterion.childrens_parents && criterion.children)
      return wrong(fmt::format("\"childrens_parents\" and \"children\" cannot be combined in {}",
                               criterion.raw),
                   "\"childrens_parents\" takes the descendants already");
    if (const Value* mode = member(definition, "indirect_selection");
        mode != nullptr && !mode->is_none()) {
      criterion.indirect =
          mode->is_string() ? indirect_selection_named(mode->as_string()) : std::nullopt;
      if (!criterion.indirect)
        return wrong(fmt::format("{} is not a mode of indirect selection", shown(*mode)),
                     "expected eager, cautious, buildable or empty");
    }
    SelectionTree tree = SelectionTree::of(std::move(criterion));
    if (const Value* exclude = member(definition, "exclude")) {
      Value ignored;
      SLUICE_ASSIGN(SelectionTree excluded, read_list("exclude", *exclude, ignored));
      tree = difference(std::move(tree), std::move(excluded));
    }
    return Definition{std::move(tree), definition};
  }

  static SelectionTree difference(SelectionTree from, SelectionTree excluded) {
    std::vector<SelectionTree> parts;
    parts.push_back(std::move(from));
    parts.push_back(std::move(excluded));
    return SelectionTree::of(SelectionTree::Kind::kDifference, std::move(parts));
  }

  // The union of the definitions in a list; how manifest.json shows it goes to `spelled`.
  Result<SelectionTree> read_list(std::string_view key, const Value& list, Value& spelled) {
    if (!list.is_list())
      return wrong(
          fmt::format("invalid value for key \"{}\": expected a list, not {}", key, shown(list)),
          "write one item a line, each after \"- \"");
    std::vector<SelectionTree> parts;
    spelled = Value::list();
    for (const Value& item : list.as_items()) {
      SLUICE_ASSIGN(Definition part, read(item));
      parts.push_back(std::move(part.tree));
      spelled.as_items().push_back(std::move(part.spelled_out));
    }
    return SelectionTree::of(SelectionTree::Kind::kUnion, std::move(parts));
  }

  Result<Definition> read_set(std::string_view key, SelectionTree::Kind kind, const Value& list) {
    Value included = Value::list();
    Value items = Value::list();
    std::optional<SelectionTree> excluded;
    if (!list.is_list()) return fail(read_list(key, list, items).error());
    std::vector<SelectionTree> parts;
    for (const Value& item : list.as_items()) {
      if (!is_exclude_item(item)) {
        SLUICE_ASSIGN(Definition part, read(item));
        parts.push_back(std::move(part.tree));
        items.as_items().push_back(std::move(part.spelled_out));
        continue;
      }
      if (excluded)
        return wrong(fmt::format("\"{}\" has more than one \"exclude\": {}", key, shown(item)),
                     "put all that is excluded into one list");
      Value spelled;
      SLUICE_ASSIGN(excluded, read_list("exclude", *member(item, "exclude"), spelled));
      Value wrapped = Value::dict();
      wrapped.as_dict().set("exclude", std::move(spelled));
      items.as_items().push_back(std::move(wrapped));
    }
    SelectionTree tree = SelectionTree::of(kind, std::move(parts));
    if (excluded) tree = difference(std::move(tree), std::move(*excluded));
    Value spelled = Value::dict();
    spelled.as_dict().set(key, std::move(items));
    return Definition{std::move(tree), std::move(spelled)};
  }

  std::map<std::string, Definition, std::less<>> known_;
};

constexpr std::array<std::string_view, 4> kEntryKeys = {"name", "description", "definition",
                                                        "default"};

// The name of an entry whose shape is right.
Result<std::string> check_entry(const Value& entry) {
  if (!entry.is_dict()) return wrong(fmt::format("a selector is a mapping, not {}", shown(entry)));
  for (const Dict::Entry& pair : entry.as_dict().entries()) {
    const std::string key = pair.key.is_string() ? pair.key.as_string() : shown(pair.key);
    if (std::find(kEntryKeys.begin(), kEntryKeys.end(), key) == kEntryKeys.end())
      return wrong(fmt::format("a selector has no key \"{}\"", key),
                   fmt::format("known keys: {}", fmt::join(kEntryKeys, ", ")));
  }
  const Value* name = member(entry, "name");
  if (name == nullptr || !name->is_string())
    return wrong("a selector needs a \"name\"", "add a line \"name: nightly\"");
  if (member(entry, "definition") == nullptr)
    return wrong(fmt::format("the selector \"{}\" needs a \"definition\"", name->as_string()));
  return name->as_string();
}

class FileReader {
 public:
  explicit FileReader(const project::Project& project) : project_(project) {
    file_.manifest_value = Value::dict();
  }

  Result<SelectorsFile> read() {
    const Value& content = project_.selectors;
    if (content.is_none()) return std::move(file_);
    const Value* list = member(content, "selectors");
    if (list == nullptr || !list->is_list()) {
      Error error(ErrorCode::kSelectorSyntax, "selectors.yml must have a list \"selectors\"",
                  "write \"selectors:\" and below it \"- name: …\" and \"definition: …\"");
      return fail(error.add_span({kFile, 0, 0, 0, 0}));
    }
    for (size_t i = 0; i < list->as_items().size(); ++i) {
      Status added = add(list->as_items()[i]);
      if (added) continue;
      Error error = std::move(added.error());
      return fail(error.locate(i < project_.selector_spans.size() ? project_.selector_spans[i]
                                                                  : Span{kFile, 0, 0, 0, 0}));
    }
    return std::move(file_);
  }

 private:
  Status add(const Value& entry) {
    SLUICE_ASSIGN(const std::string name, check_entry(entry));
    SLUICE_TRY(definitions_.add(name, *member(entry, "definition")));
    const DefinitionReader::Definition& definition = definitions_.get(name);
    std::erase_if(file_.selectors,
                  [&name](const NamedSelector& known) { return known.name == name; });
    file_.selectors.push_back({name, definition.tree});
    Value spelled = Value::dict();
    for (const Dict::Entry& pair : entry.as_dict().entries())
      spelled.as_dict().set(
          pair.key, pair.key.as_string() == "definition" ? definition.spelled_out : pair.value);
    file_.manifest_value.as_dict().set(name, std::move(spelled));
    const Value* is_default = member(entry, "default");
    if (!is_true(is_default)) return {};
    if (!file_.default_name.empty() && file_.default_name != name)
      return wrong(fmt::format("two selectors have \"default: true\": \"{}\" and \"{}\"",
                               file_.default_name, name),
                   "leave it to one of them");
    file_.default_name = name;
    return {};
  }

  const project::Project& project_;
  DefinitionReader definitions_;
  SelectorsFile file_;
};

}  // namespace

Result<const NamedSelector*> SelectorsFile::find(std::string_view name) const {
  std::vector<std::string_view> names;
  for (const NamedSelector& selector : selectors) {
    if (selector.name == name) return &selector;
    names.push_back(selector.name);
  }
  const std::string nearest = nearest_name(name, names);
  return fail(ErrorCode::kBadArgument, fmt::format("could not find a selector named \"{}\"", name),
              names.empty()      ? "there is no selectors.yml beside dbt_project.yml"
              : !nearest.empty() ? fmt::format("did you mean \"{}\"?", nearest)
                                 : fmt::format("known selectors: {}", fmt::join(names, ", ")));
}

Result<SelectorsFile> read_selectors(const project::Project& project) {
  return FileReader(project).read();
}

}  // namespace sluice::graph
