// Compiles and renders arbitrary templates: no input may crash, hang or leak.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "jinja/globals.h"
#include "jinja/template.h"

namespace {

class GlobalScope final : public sluice::jinja::Scope {
 public:
  GlobalScope() { sluice::jinja::add_jinja_globals(names_.as_dict()); }
  bool lookup(std::string_view name, sluice::jinja::Value& out) const override {
    const sluice::jinja::Value* found = names_.as_dict().find(name);
    if (found == nullptr) return false;
    out = *found;
    return true;
  }
  std::vector<std::string> names() const override { return {}; }

 private:
  sluice::jinja::Value names_ = sluice::jinja::Value::dict();
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  auto blocks =
      sluice::jinja::split_blocks(text, "fuzz", {"macro", "test", "docs", "materialization"});
  if (blocks) {
    for (const auto& block : *blocks) {
      auto macro = sluice::jinja::compile_macro(block, "fuzz");
      if (macro) sluice::jinja::static_macro_calls(**macro);
    }
  }
  auto tmpl = sluice::jinja::compile_template(text, "fuzz");
  if (!tmpl) return 0;
  GlobalScope scope;
  for (bool native : {false, true}) {
    sluice::jinja::Environment environment;
    environment.native = native;
    environment.plain_jinja = !native;
    environment.max_steps = 20000;
    environment.max_depth = 50;
    sluice::jinja::Interpreter interpreter(environment, scope);
    if (native) {
      static_cast<void>(interpreter.render_native(*tmpl));
    } else {
      static_cast<void>(interpreter.render(*tmpl));
    }
  }
  return 0;
}
