// A dict that is made on first use. `model` and `graph` are in every context and rarely read.
#include <mutex>

#include "compile/node_context.h"
#include "jinja/ops.h"

namespace sluice::compile {

using jinja::CallArgs;
using jinja::Value;

namespace {

class LazyDict : public jinja::Object {
 public:
  explicit LazyDict(std::function<Value()> make) : make_(std::move(make)) {}

  std::string_view type_name() const override { return "dict"; }
  bool is_mapping() const override { return true; }
  std::optional<size_t> length() const override { return dict().as_dict().size(); }
  Result<std::optional<Value>> attribute(std::string_view name) const override {
    Value* found = dict().as_dict().find(name);
    return found ? std::optional<Value>(*found) : std::nullopt;
  }
  Result<std::optional<Value>> item(const Value& key) const override {
    Value* found = dict().as_dict().find(key);
    return found ? std::optional<Value>(*found) : std::nullopt;
  }
  Result<std::optional<Value>> call_method(jinja::Interpreter& interpreter, std::string_view name,
                                           const CallArgs& args) override {
    return jinja::call_method(interpreter, dict(), name, args);
  }
  Result<std::optional<std::vector<Value>>> iterate() const override {
    SLUICE_ASSIGN(std::vector<Value> keys, jinja::iterate(dict()));
    return keys;
  }
  Result<std::string> str() const override { return jinja::to_str(dict()); }
  Result<std::string> repr() const override { return jinja::to_repr(dict()); }
  bool equals(const Value& other) const override { return jinja::equals(dict(), other); }
  std::optional<Value> to_plain() const override { return dict(); }

 private:
  const Value& dict() const {
    std::call_once(once_, [this] { dict_ = make_(); });
    return dict_;
  }
  std::function<Value()> make_;
  mutable std::once_flag once_;
  mutable Value dict_;
};

// A node as a dict. The members that the naming macros read for every node are answered without
// making it.
class NodeDict final : public LazyDict {
 public:
  NodeDict(const Manifest& manifest, const Node& node)
      : LazyDict([&manifest, &node] { return node_to_value(manifest, node); }), node_(node) {}
  Result<std::optional<Value>> attribute(std::string_view name) const override {
    if (name == "name") return Value::string(node_.name);
    if (name == "unique_id") return Value::string(node_.unique_id);
    if (name == "package_name") return Value::string(node_.package_name);
    if (name == "resource_type") return Value::string(project::resource_type_name(node_.type));
    if (name == "config") return node_.config;
    if (name == "version" && node_.version.is_none()) return Value::none();
    return LazyDict::attribute(name);
  }
  Result<std::optional<Value>> item(const Value& key) const override {
    return key.is_string() ? attribute(key.as_string()) : LazyDict::item(key);
  }

 private:
  const Node& node_;
};

}  // namespace

Value make_node_dict(const Manifest& manifest, const Node& node) {
  return Value::object(jinja::make_ref<NodeDict>(manifest, node));
}

Value make_lazy_dict(std::function<Value()> make) {
  return Value::object(jinja::make_ref<LazyDict>(std::move(make)));
}

}  // namespace sluice::compile
