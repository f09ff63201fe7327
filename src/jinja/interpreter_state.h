// What an Interpreter keeps; shared by the parts of the engine that run templates.
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "jinja/machine.h"
#include "jinja/template.h"

namespace sluice::jinja {

struct Interpreter::State {
  State(Interpreter& interpreter, const Environment& env, const Scope& first_scope)
      : environment(env), scope(&first_scope), machine(interpreter) {}
  Environment environment;
  const Scope* scope;
  Machine machine;
  std::vector<MacroFrame> macro_stack;
  // Programs whose macros keep their own names, compiled again for plain_jinja.
  std::unordered_map<const Program*, std::shared_ptr<const Program>> plain_programs;
};

}  // namespace sluice::jinja
