#include "jinja/base_context.h"

#include <algorithm>
#include <memory>

#include "base/hash.h"
#include "jinja/filter_arguments.h"
#include "jinja/generator_object.h"
#include "jinja/globals.h"
#include "jinja/template.h"

namespace sluice::jinja {

namespace {

using Options = std::shared_ptr<const BaseContextOptions>;

// var('x', default) and var.has_var('x').
class VarObject final : public Object {
 public:
  explicit VarObject(Options options) : options_(std::move(options)) {}
  std::string_view type_name() const override { return "Var"; }
  bool callable() const override { return true; }

  Result<Value> call(Interpreter& interpreter, const CallArgs& args) override {
    SLUICE_ASSIGN(auto bound, BoundArguments::bind("var", args, {"var_name", "default"}, 1));
    if (const Value* found = options_->vars.as_dict().find(bound.value(0)))
      return rendered(interpreter, *found);
    if (bound.has(1)) return bound.value(1);
    return missing(bound.value(0));
  }

  Result<std::optional<Value>> call_method(Interpreter& interpreter, std::string_view name,
                                           const CallArgs& args) override {
    if (name != "has_var") return Object::call_method(interpreter, name, args);
    SLUICE_ASSIGN(auto bound, BoundArguments::bind("has_var", args, {"var_name"}, 1));
    return std::optional<Value>(
        Value::boolean(options_->vars.as_dict().find(bound.value(0)) != nullptr));
  }

 private:
  // A text is rendered at each use, as it may hold Jinja of its own.
  static Result<Value> rendered(Interpreter& interpreter, const Value& value) {
    if (!value.is_string() || is_plain_text(value.as_string())) return value;
    SLUICE_ASSIGN(Template tmpl, compile_template(value.as_string(), "a var"));
    SLUICE_ASSIGN(std::string text, interpreter.render(tmpl));
    return Value::string(std::move(text));
  }

  Result<Value> missing(const Value& name) const {
    SLUICE_ASSIGN(std::string shown, to_str(name));
    std::string message = "required var '" + shown + "' not found in config";
    if (!options_->vars_owner.empty()) message += " of " + options_->vars_owner;
    std::string known;
    for (const Dict::Entry& entry : options_->vars.as_dict().entries()) {
      if (entry.key.is_string()) known += (known.empty() ? "" : ", ") + entry.key.as_string();
    }
    return fail(
        ErrorCode::kJinjaMissingVar, std::move(message),
        "set it under vars in dbt_project.yml, pass --vars, or give var() a default; known vars: " +
            (known.empty() ? "none" : known));
  }

  Options options_;
};

Result<Value> env_var(const BaseContextOptions& options, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, BoundArguments::bind("env_var", args, {"var", "default"}, 1));
  SLUICE_ASSIGN(std::string name, bound.text(0, ""));
  if (!options.allow_secrets && name.starts_with("DBT_ENV_SECRET")) {
    return fail(ErrorCode::kSecretInWrongPlace,
                "secret env vars are allowed only in profiles.yml or packages.yml, found '" + name +
                    "' referenced elsewhere",
                "read another variable here");
  }
  auto found = options.environment ? options.environment(name) : std::nullopt;
  if (found) return Value::string(std::move(*found));
  if (!bound.value(1).is_none()) return bound.value(1);
  return fail(ErrorCode::kJinjaMissingVar, "env var required but not provided: '" + name + "'",
              "set it in the environment, or give env_var() a default");
}

Result<Value> return_value(Interpreter& interpreter, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, BoundArguments::bind("return", args, {"data"}));
  return fail(interpreter.unwind_return(bound.value(0)));
}

Result<Value> from_json_text(Interpreter& /*interpreter*/, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, BoundArguments::bind("fromjson", args, {"string", "default"}, 1));
  const Value& text = bound.value(0);
  if (!text.is_string()) {
    return runtime_error("the JSON object must be str, bytes or bytearray, not " +
                         std::string(type_name(text)));
  }
  auto value = from_json(text.as_string());
  return value ? std::move(*value) : bound.value(1);
}

Result<Value> to_json_text(Interpreter& /*interpreter*/, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound,
                BoundArguments::bind("tojson", args, {"value", "default", "sort_keys"}, 1));
  JsonStyle style;
  SLUICE_ASSIGN(style.sort_keys, bound.flag(2, false));
  SLUICE_ASSIGN(std::string text, to_json(bound.value(0), style));
  return Value::string(std::move(text));
}

Result<Value> from_yaml_text(Interpreter& /*interpreter*/, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, BoundArguments::bind("fromyaml", args, {"value", "default"}, 1));
  if (!bound.value(0).is_string()) return bound.value(1);
  auto value = from_yaml(bound.value(0).as_string());
  return value ? std::move(*value) : bound.value(1);
}

Result<Value> to_yaml_text(Interpreter& /*interpreter*/, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound,
                BoundArguments::bind("toyaml", args, {"value", "default", "sort_keys"}, 1));
  SLUICE_ASSIGN(bool sort_keys, bound.flag(2, false));
  auto text = to_yaml(bound.value(0), sort_keys);
  return text ? Value::string(std::move(*text)) : bound.value(1);
}

Result<Value> set_of(const Value& source) {
  SLUICE_ASSIGN(std::vector<Value> items, iterate(source));
  Value set = Value::set();
  for (const Value& item : items) {
    SLUICE_TRY(hash_or_error(item));
    set.as_set().add(item);
  }
  return set;
}

Result<Value> make_set(Interpreter& /*interpreter*/, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, BoundArguments::bind("set", args, {"value", "default"}, 1));
  auto set = set_of(bound.value(0));
  return set ? std::move(*set) : bound.value(1);
}

Result<Value> make_set_strict(Interpreter& /*interpreter*/, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, BoundArguments::bind("set_strict", args, {"value"}, 1));
  return set_of(bound.value(0));
}

Result<Value> zip_of(std::span<const Value> sources) {
  std::vector<std::vector<Value>> columns;
  size_t rows = sources.empty() ? 0 : SIZE_MAX;
  for (size_t i = 0; i < sources.size(); ++i) {
    auto items = iterate(sources[i]);
    if (!items) {
      return runtime_error("'" + std::string(type_name(sources[i])) + "' object is not iterable");
    }
    rows = std::min(rows, items->size());
    columns.push_back(std::move(*items));
  }
  std::vector<Value> tuples;
  for (size_t row = 0; row < rows; ++row) {
    std::vector<Value> cells;
    for (auto& column : columns) cells.push_back(std::move(column[row]));
    tuples.push_back(Value::tuple(std::move(cells)));
  }
  return make_generator(std::move(tuples), "zip");
}

Result<Value> make_zip(Interpreter& /*interpreter*/, const CallArgs& args) {
  const Value* otherwise = args.find("default");
  if (args.keyword.size() > (otherwise != nullptr ? 1U : 0U)) {
    return runtime_error("zip() got an unexpected keyword argument");
  }
  auto zipped = zip_of(args.positional);
  if (zipped) return zipped;
  return otherwise != nullptr ? *otherwise : Value::none();
}

Result<Value> make_zip_strict(Interpreter& /*interpreter*/, const CallArgs& args) {
  if (!args.keyword.empty())
    return runtime_error("zip_strict() got an unexpected keyword argument");
  return zip_of(args.positional);
}

Result<Value> local_md5(Interpreter& /*interpreter*/, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, BoundArguments::bind("local_md5", args, {"value"}, 1));
  if (!bound.value(0).is_string()) {
    return runtime_error("'" + std::string(type_name(bound.value(0))) +
                         "' object has no attribute 'encode'");
  }
  return Value::string(md5_hex(bound.value(0).as_string()));
}

Result<Value> fold(Interpreter& interpreter, const Value& text) {
  if (!text.is_string()) {
    return runtime_error("'" + std::string(type_name(text)) +
                         "' object has no attribute 'casefold'");
  }
  SLUICE_ASSIGN(std::optional<Value> folded, call_method(interpreter, text, "casefold", {}));
  SLUICE_CHECK(folded.has_value());
  return std::move(*folded);
}

// What the lists in the first dict have beyond those in the second, names compared without case.
Result<Value> diff_of_two_dicts(Interpreter& interpreter, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound,
                BoundArguments::bind("diff_of_two_dicts", args, {"dict_a", "dict_b"}, 2));
  if (!bound.value(0).is_dict() || !bound.value(1).is_dict()) {
    return runtime_error("diff_of_two_dicts() needs two dicts of lists");
  }
  Dict known;
  for (const Dict::Entry& entry : bound.value(1).as_dict().entries()) {
    SLUICE_ASSIGN(Value key, fold(interpreter, entry.key));
    SLUICE_ASSIGN(std::vector<Value> items, iterate(entry.value));
    for (Value& item : items) {
      SLUICE_ASSIGN(item, fold(interpreter, item));
    }
    known.set(key, Value::list(std::move(items)));
  }
  Value out = Value::dict();
  for (const Dict::Entry& entry : bound.value(0).as_dict().entries()) {
    SLUICE_ASSIGN(Value key, fold(interpreter, entry.key));
    const Value* others = known.find(key);
    if (others == nullptr) {
      out.as_dict().set(entry.key, entry.value);
      continue;
    }
    SLUICE_ASSIGN(std::vector<Value> items, iterate(entry.value));
    std::vector<Value> left;
    for (const Value& item : items) {
      SLUICE_ASSIGN(Value folded, fold(interpreter, item));
      SLUICE_ASSIGN(bool found, contains(*others, folded));
      if (!found) left.push_back(item);
    }
    if (!left.empty()) out.as_dict().set(entry.key, Value::list(std::move(left)));
  }
  return out;
}

void add_configured(Dict& names, const Options& options) {
  names.set("var", Value::object(make_ref<VarObject>(options)));
  names.set("env_var", make_closure("env_var", [options](Interpreter&, const CallArgs& args) {
              return env_var(*options, args);
            }));
  names.set("log",
            make_closure("log", [options](Interpreter&, const CallArgs& args) -> Result<Value> {
              SLUICE_ASSIGN(auto bound, BoundArguments::bind("log", args, {"msg", "info"}, 1));
              SLUICE_ASSIGN(std::string message, bound.text(0, ""));
              SLUICE_ASSIGN(bool info, bound.flag(1, false));
              if (options->log) options->log(message, info);
              return Value::string("");
            }));
  names.set("print",
            make_closure("print", [options](Interpreter&, const CallArgs& args) -> Result<Value> {
              SLUICE_ASSIGN(auto bound, BoundArguments::bind("print", args, {"msg"}, 1));
              SLUICE_ASSIGN(std::string message, bound.text(0, ""));
              if (options->print) options->print(message);
              return Value::string("");
            }));
  names.set("modules", make_modules(options->now_unix_micros));
  names.set("run_started_at", make_utc_datetime(options->run_started_at_unix_micros));
  names.set("invocation_id", Value::string(options->invocation_id));
  names.set("thread_id", Value::string(options->thread_id));
  names.set("dbt_version", Value::string(options->dbt_version));
  names.set("flags", options->flags);
}

}  // namespace

void add_base_context(Dict& names, const BaseContextOptions& options) {
  add_jinja_globals(names);
  names.set("return", make_function("return", return_value));
  names.set("fromjson", make_function("fromjson", from_json_text));
  names.set("tojson", make_function("tojson", to_json_text));
  names.set("fromyaml", make_function("fromyaml", from_yaml_text));
  names.set("toyaml", make_function("toyaml", to_yaml_text));
  names.set("set", make_function("set", make_set));
  names.set("set_strict", make_function("set_strict", make_set_strict));
  names.set("zip", make_function("zip", make_zip));
  names.set("zip_strict", make_function("zip_strict", make_zip_strict));
  names.set("local_md5", make_function("local_md5", local_md5));
  names.set("diff_of_two_dicts", make_function("diff_of_two_dicts", diff_of_two_dicts));
  add_configured(names, std::make_shared<const BaseContextOptions>(options));
}

}  // namespace sluice::jinja
