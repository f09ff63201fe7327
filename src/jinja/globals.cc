#include "jinja/globals.h"

#include <algorithm>
#include <random>

#include "base/clock.h"
#include "jinja/filter_arguments.h"
#include "jinja/namespace_object.h"
#include "jinja/template.h"

namespace sluice::jinja {

Result<std::optional<Value>> NamespaceObject::attribute(std::string_view name) const {
  const Value* found = members_.find(name);
  return found != nullptr ? std::optional<Value>(*found) : std::nullopt;
}

Status NamespaceObject::set_attribute(std::string_view name, Value value) {
  members_.set(name, std::move(value));
  return {};
}

Result<std::optional<Value>> NamespaceObject::item(const Value& key) const {
  const Value* found = members_.find(key);
  return found != nullptr ? std::optional<Value>(*found) : std::nullopt;
}

Result<std::string> NamespaceObject::repr() const {
  Value shown = Value::dict();
  for (const Dict::Entry& entry : members_.entries()) shown.as_dict().set(entry.key, entry.value);
  SLUICE_ASSIGN(std::string text, to_repr(shown));
  return "<Namespace " + text + ">";
}

namespace {

constexpr int64_t kMaxRange = 100000;

class RangeObject final : public Object {
 public:
  RangeObject(int64_t start, int64_t stop, int64_t step, int64_t count)
      : start_(start), stop_(stop), step_(step), count_(count) {}
  std::string_view type_name() const override { return "range"; }
  Result<std::optional<Value>> attribute(std::string_view name) const override {
    if (name == "start") return std::optional<Value>(Value::integer(start_));
    if (name == "stop") return std::optional<Value>(Value::integer(stop_));
    if (name == "step") return std::optional<Value>(Value::integer(step_));
    return std::nullopt;
  }
  Result<std::optional<Value>> item(const Value& key) const override {
    if (!key.is_int() && !key.is_bool()) return std::nullopt;
    int64_t index = key.is_bool() ? (key.as_bool() ? 1 : 0) : key.as_int();
    if (index < 0) index += count_;
    if (index < 0 || index >= count_) return std::nullopt;
    return std::optional<Value>(Value::integer(start_ + index * step_));
  }
  Result<std::optional<std::vector<Value>>> iterate() const override {
    std::vector<Value> items;
    items.reserve(static_cast<size_t>(count_));
    for (int64_t i = 0; i < count_; ++i) items.push_back(Value::integer(start_ + i * step_));
    return std::optional<std::vector<Value>>(std::move(items));
  }
  std::optional<size_t> length() const override { return static_cast<size_t>(count_); }
  Result<std::string> repr() const override {
    std::string text = "range(" + std::to_string(start_) + ", " + std::to_string(stop_);
    if (step_ != 1) text += ", " + std::to_string(step_);
    return text + ")";
  }
  bool equals(const Value& other) const override {
    auto* range = other.object_as<RangeObject>();
    if (range == nullptr || range->count_ != count_) return false;
    return count_ == 0 || (range->start_ == start_ && (count_ == 1 || range->step_ == step_));
  }
  bool is_sequence() const override { return true; }

 private:
  int64_t start_;
  int64_t stop_;
  int64_t step_;
  int64_t count_;
};

Result<int64_t> range_bound(const Value& value) {
  if (value.is_int()) return value.as_int();
  if (value.is_bool()) return value.as_bool() ? 1 : 0;
  if (value.is_undefined()) {
    auto used = add(value, Value::integer(0));
    if (!used) return fail(std::move(used.error()));
  }
  return runtime_error("'" + std::string(type_name(value)) +
                       "' object cannot be interpreted as an integer");
}

// How many numbers the range has; larger than any limit when it does not fit.
int64_t range_count(int64_t start, int64_t stop, int64_t step) {
  if (step > 0 ? start >= stop : start <= stop) return 0;
  uint64_t distance = step > 0 ? static_cast<uint64_t>(stop) - static_cast<uint64_t>(start)
                               : static_cast<uint64_t>(start) - static_cast<uint64_t>(stop);
  uint64_t stride = step > 0 ? static_cast<uint64_t>(step) : 0 - static_cast<uint64_t>(step);
  return static_cast<int64_t>(std::min<uint64_t>((distance - 1) / stride + 1, INT64_MAX));
}

Result<Value> make_range(Interpreter& /*interpreter*/, const CallArgs& args) {
  if (!args.keyword.empty()) return runtime_error("range() takes no keyword arguments");
  if (args.positional.empty()) return runtime_error("range expected at least 1 argument, got 0");
  if (args.positional.size() > 3) {
    return runtime_error("range expected at most 3 arguments, got " +
                         std::to_string(args.positional.size()));
  }
  SLUICE_ASSIGN(int64_t first, range_bound(args.positional[0]));
  int64_t start = 0;
  int64_t stop = first;
  int64_t step = 1;
  if (args.positional.size() > 1) {
    start = first;
    SLUICE_ASSIGN(stop, range_bound(args.positional[1]));
  }
  if (args.positional.size() > 2) {
    SLUICE_ASSIGN(step, range_bound(args.positional[2]));
  }
  if (step == 0) return runtime_error("range() arg 3 must not be zero");
  int64_t count = range_count(start, stop, step);
  if (count > kMaxRange) {
    return runtime_error(
        "Range too big. The sandbox blocks ranges larger than MAX_RANGE (100000).");
  }
  return Value::object(make_ref<RangeObject>(start, stop, step, count));
}

// dict(mapping or pairs, **members)
Status fill_dict(const CallArgs& args, std::string_view function, Dict& out) {
  if (args.positional.size() > 1) {
    return runtime_error(std::string(function) + " expected at most 1 argument, got " +
                         std::to_string(args.positional.size()));
  }
  if (!args.positional.empty()) {
    const Value& source = args.positional[0];
    if (source.is_dict()) {
      for (const Dict::Entry& entry : source.as_dict().entries()) out.set(entry.key, entry.value);
    } else {
      SLUICE_ASSIGN(std::vector<Value> pairs, iterate(source));
      for (size_t i = 0; i < pairs.size(); ++i) {
        SLUICE_ASSIGN(std::vector<Value> pair, iterate(pairs[i]));
        if (pair.size() != 2) {
          return runtime_error("dictionary update sequence element #" + std::to_string(i) +
                               " has length " + std::to_string(pair.size()) + "; 2 is required");
        }
        SLUICE_TRY(hash_or_error(pair[0]));
        out.set(pair[0], pair[1]);
      }
    }
  }
  for (const KeywordArg& keyword : args.keyword) out.set(keyword.name, keyword.value);
  return {};
}

Result<Value> make_dict(Interpreter& /*interpreter*/, const CallArgs& args) {
  Value dict = Value::dict();
  SLUICE_TRY(fill_dict(args, "dict", dict.as_dict()));
  return dict;
}

Result<Value> make_namespace(Interpreter& /*interpreter*/, const CallArgs& args) {
  auto object = make_ref<NamespaceObject>();
  SLUICE_TRY(fill_dict(args, "namespace", object->members()));
  return Value::object(object);
}

class CyclerObject final : public Object {
 public:
  explicit CyclerObject(std::vector<Value> items) : items_(std::move(items)) {}
  std::string_view type_name() const override { return "Cycler"; }
  Result<std::optional<Value>> attribute(std::string_view name) const override {
    if (name == "current") return std::optional<Value>(items_[position_]);
    return std::nullopt;
  }
  Result<std::optional<Value>> call_method(Interpreter& interpreter, std::string_view name,
                                           const CallArgs& args) override {
    if (name == "next" && args.positional.empty()) {
      Value value = items_[position_];
      position_ = (position_ + 1) % items_.size();
      return std::optional<Value>(std::move(value));
    }
    if (name == "reset" && args.positional.empty()) {
      position_ = 0;
      return std::optional<Value>(Value::none());
    }
    return Object::call_method(interpreter, name, args);
  }

 private:
  std::vector<Value> items_;
  size_t position_ = 0;
};

Result<Value> make_cycler(Interpreter& /*interpreter*/, const CallArgs& args) {
  if (args.positional.empty()) return runtime_error("at least one item has to be provided");
  return Value::object(
      make_ref<CyclerObject>(std::vector<Value>(args.positional.begin(), args.positional.end())));
}

class JoinerObject final : public Object {
 public:
  explicit JoinerObject(Value separator) : separator_(std::move(separator)) {}
  std::string_view type_name() const override { return "Joiner"; }
  bool callable() const override { return true; }
  Result<Value> call(Interpreter& /*interpreter*/, const CallArgs& /*args*/) override {
    if (used_) return separator_;
    used_ = true;
    return Value::string("");
  }

 private:
  Value separator_;
  bool used_ = false;
};

Result<Value> make_joiner(Interpreter& /*interpreter*/, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, BoundArguments::bind("joiner", args, {"sep"}));
  return Value::object(make_ref<JoinerObject>(bound.has(0) ? bound.value(0) : Value::string(", ")));
}

constexpr std::string_view kLoremWords[] = {
    "a",       "ac",       "accumsan",  "ad",           "adipiscing", "aenean",   "aliquam",
    "amet",    "ante",     "arcu",      "at",           "auctor",     "augue",    "bibendum",
    "blandit", "commodo",  "congue",    "consectetuer", "cras",       "cum",      "curae",
    "cursus",  "dapibus",  "diam",      "dictum",       "dolor",      "donec",    "duis",
    "egestas", "eget",     "elementum", "elit",         "enim",       "erat",     "eros",
    "est",     "et",       "etiam",     "eu",           "euismod",    "facilisi", "fames",
    "felis",   "fermentum"};

std::string lorem_paragraph(std::mt19937_64& random, int64_t words) {
  std::string out;
  bool capital = true;
  std::uniform_int_distribution<size_t> pick(0, std::size(kLoremWords) - 1);
  for (int64_t i = 0; i < words; ++i) {
    std::string word(kLoremWords[pick(random)]);
    if (capital) word[0] = static_cast<char>(word[0] - 'a' + 'A');
    capital = false;
    if (!out.empty()) out += ' ';
    out += word;
    if (i % 13 == 12 && i + 1 < words) {
      out += '.';
      capital = true;
    } else if (i % 5 == 4 && i + 1 < words) {
      out += ',';
    }
  }
  return out + ".";
}

Result<Value> make_lipsum(Interpreter& /*interpreter*/, const CallArgs& args) {
  SLUICE_ASSIGN(auto bound, BoundArguments::bind("lipsum", args, {"n", "html", "min", "max"}));
  SLUICE_ASSIGN(int64_t count, bound.integer(0, 5));
  SLUICE_ASSIGN(bool html, bound.flag(1, true));
  SLUICE_ASSIGN(int64_t least, bound.integer(2, 20));
  SLUICE_ASSIGN(int64_t most, bound.integer(3, 100));
  if (most <= least)
    return runtime_error("empty range for randrange() (" + std::to_string(least) + ", " +
                         std::to_string(most) + ")");
  if (count > 1000 || most > kMaxRange) return runtime_error("lipsum() is asked for too much text");
  std::mt19937_64 random(random_seed());
  std::uniform_int_distribution<int64_t> length(least, most - 1);
  std::string out;
  for (int64_t i = 0; i < count; ++i) {
    std::string text = lorem_paragraph(random, length(random));
    if (i != 0) out += html ? "\n" : "\n\n";
    out += html ? "<p>" + text + "</p>" : text;
  }
  return html ? Value::markup(std::move(out)) : Value::string(std::move(out));
}

}  // namespace

void add_jinja_globals(Dict& names) {
  names.set("range", make_function("range", make_range));
  names.set("dict", make_function("dict", make_dict));
  names.set("namespace", make_function("namespace", make_namespace));
  names.set("cycler", make_function("cycler", make_cycler));
  names.set("joiner", make_function("joiner", make_joiner));
  names.set("lipsum", make_function("lipsum", make_lipsum));
}

}  // namespace sluice::jinja
