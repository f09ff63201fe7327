#include "jinja/machine.h"

#include <algorithm>

#include "jinja/ast.h"
#include "jinja/filter_arguments.h"
#include "jinja/filters.h"
#include "jinja/interpreter_state.h"
#include "jinja/namespace_object.h"
#include "jinja/ops.h"

namespace sluice::jinja {

Value* ValueStack::take(size_t count) {
  constexpr size_t kChunkSize = 512;
  while (current_ < chunks_.size()) {
    Chunk& chunk = chunks_[current_];
    if (chunk.used + count <= chunk.size) {
      Value* values = chunk.values.get() + chunk.used;
      chunk.used += count;
      return values;
    }
    if (chunk.used == 0) break;  // too small for this one function
    ++current_;
  }
  size_t size = std::max(count, kChunkSize);
  Chunk chunk{std::make_unique<Value[]>(size), size, count};
  if (current_ < chunks_.size()) {
    chunks_[current_] = std::move(chunk);
  } else {
    chunks_.push_back(std::move(chunk));
  }
  return chunks_[current_].values.get();
}

void ValueStack::give_back(Value* values, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    Value empty;
    values[i].swap(empty);
  }
  Chunk& chunk = chunks_[current_];
  chunk.used -= count;
  if (chunk.used == 0 && current_ > 0) --current_;
}

uint32_t Activation::offset() const {
  const auto& positions = function->positions;
  auto after =
      std::upper_bound(positions.begin(), positions.end(), pc,
                       [](uint32_t at, const CodePosition& position) { return at < position.pc; });
  return after == positions.begin() ? 0 : std::prev(after)->offset;
}

uint32_t Activation::line() const { return program->span_at(offset()).line; }

void locate_error(Error& error, const Activation& activation) {
  if (error.code() == ErrorCode::kJinjaReturn || !error.spans().empty()) return;
  uint32_t offset = activation.offset();
  error.locate(activation.program->span_at(offset));
  if (error.excerpt().empty()) error.set_excerpt(activation.program->excerpt_at(offset));
}

namespace {

Value take_top(Value*& sp) {
  --sp;
  return std::move(*sp);
}

void drop(Value*& sp, size_t count) {
  for (; count != 0; --count) {
    --sp;
    Value empty;
    sp->swap(empty);
  }
}

std::vector<Value> take_many(Value*& sp, size_t count) {
  std::vector<Value> items(std::make_move_iterator(sp - count), std::make_move_iterator(sp));
  sp -= count;
  return items;
}

Result<Value> binary(BinaryOperator op, const Value& a, const Value& b) {
  switch (op) {
    case BinaryOperator::kAdd:
      return add(a, b);
    case BinaryOperator::kSub:
      return subtract(a, b);
    case BinaryOperator::kMul:
      return multiply(a, b);
    case BinaryOperator::kDiv:
      return divide(a, b);
    case BinaryOperator::kFloorDiv:
      return floor_divide(a, b);
    case BinaryOperator::kMod:
      return modulo(a, b);
    default:
      return power(a, b);
  }
}

Result<bool> order_values(CompareOperator op, const Value& a, const Value& b) {
  if (a.is_float() || b.is_float()) {
    // NaN is not ordered: `compare` has no answer for it.
    double x = a.is_float() ? a.as_float() : 0;
    double y = b.is_float() ? b.as_float() : 0;
    if (x != x || y != y) return false;
  }
  SLUICE_ASSIGN(const int order, compare(a, b, kCompareText[static_cast<size_t>(op)]));
  return is_ordered(op, order);
}

Result<bool> compare_values(CompareOperator op, const Value& a, const Value& b) {
  switch (op) {
    case CompareOperator::kEq:
      return equals(a, b);
    case CompareOperator::kNe:
      return !equals(a, b);
    case CompareOperator::kIn:
      return contains(b, a);
    case CompareOperator::kNotIn: {
      SLUICE_ASSIGN(bool found, contains(b, a));
      return !found;
    }
    default:
      break;
  }
  return order_values(op, a, b);
}

}  // namespace

// The loop over instructions of one activation. Kept apart from Machine so that its state is in
// registers.
class Execution {
 public:
  Execution(Machine& machine, Activation& activation)
      : machine_(machine),
        act_(activation),
        program_(*activation.program),
        sp_(activation.stack),
        slots_(activation.slots) {}

  Status run() {
    const uint32_t* code = act_.function->code.data();
    uint32_t pc = 0;
    for (;;) {
      uint32_t instruction = code[pc];
      act_.pc = pc;
      ++pc;
      if (--machine_.steps_left < 0) [[unlikely]] {
        SLUICE_TRY(machine_.refill_steps());
      }
      uint32_t a = operand_of(instruction);
      switch (op_of(instruction)) {
        case Op::kConst:
          *sp_++ = program_.constants[a];
          break;
        case Op::kLoad:
          *sp_++ = is_missing(slots_[a]) ? undefined_slot(a) : slots_[a];
          break;
        case Op::kLoadGlobal:
          *sp_++ = global(a);
          break;
        case Op::kLoadOuter:
          *sp_++ = outer(a, code[pc++]);
          break;
        case Op::kStore:
          slots_[a] = take_top(sp_);
          break;
        case Op::kClear:
          slots_[a] = missing_value();
          break;
        case Op::kAlias:
          slots_[a] = copy_of(code[pc], code[pc + 1]);
          pc += 2;
          break;
        case Op::kPop:
          drop(sp_, 1);
          break;
        case Op::kDuplicate:
          *sp_ = sp_[-1];
          ++sp_;
          break;
        case Op::kData:
          print_data(a, code[pc++]);
          break;
        case Op::kOutput:
          if (Status status = print(a != 0); !status) return status;
          break;
        case Op::kJump:
          pc = a;
          break;
        case Op::kJumpIfFalse: {
          SLUICE_ASSIGN(bool yes, truth(sp_[-1]));
          drop(sp_, 1);
          if (!yes) pc = a;
          break;
        }
        case Op::kJumpIfFalseKeep:
        case Op::kJumpIfTrueKeep: {
          SLUICE_ASSIGN(bool yes, truth(sp_[-1]));
          if (yes == (op_of(instruction) == Op::kJumpIfTrueKeep)) {
            pc = a;
          } else {
            drop(sp_, 1);
          }
          break;
        }
        case Op::kCompareChain: {
          SLUICE_ASSIGN(bool yes,
                        compare_values(static_cast<CompareOperator>(a), sp_[-2], sp_[-1]));
          Value right = take_top(sp_);
          sp_[-1] = yes ? std::move(right) : Value::boolean(false);
          pc = yes ? pc + 1 : code[pc];
          break;
        }
        case Op::kForNext:
          if (!next_item()) pc = a;
          break;
        case Op::kForBegin:
          if (Status status = begin_loop(a, code[pc]); !status) return status;
          ++pc;
          break;
        case Op::kParameter:
          pc = is_missing(slots_[a]) ? pc + 1 : code[pc];
          break;
        case Op::kReturn:
          return {};
        default:
          if (Status status = step(op_of(instruction), a); !status) return status;
      }
    }
  }

 private:
  UndefinedFlavor flavor() const { return machine_.interpreter().environment().undefined; }

  Value undefined_slot(uint32_t slot) const {
    return Value::undefined(program_.name_of(act_.function->slot_names[slot]), flavor());
  }

  // The value of a free name, remembered in its slot.
  bool resolve(Value& slot, const Program& program, uint32_t name) const {
    if (!is_missing(slot)) return true;
    Value found;
    if (!machine_.interpreter().scope().lookup(program.name_of(name), found)) return false;
    slot = std::move(found);
    return true;
  }

  Value global(uint32_t slot) const {
    if (resolve(slots_[slot], program_, act_.function->slot_names[slot])) return slots_[slot];
    return undefined_slot(slot);
  }

  Frame& frame_above(uint32_t levels) const {
    Frame* frame = act_.outer.get();
    for (; levels > 1; --levels) frame = frame->outer.get();
    return *frame;
  }

  Value outer(uint32_t slot, uint32_t where) const {
    uint32_t levels = where & ~kGlobalFlag;
    Frame& frame = frame_above(levels);
    Value& value = frame.slots[slot];
    if (!is_missing(value)) return value;
    uint32_t name = frame.function->slot_names[slot];
    if ((where & kGlobalFlag) != 0 && resolve(value, *frame.program, name)) return value;
    return Value::undefined(frame.program->name_of(name), flavor());
  }

  // What a variable of an inner scope starts with; may be missing.
  Value copy_of(uint32_t slot, uint32_t where) const {
    uint32_t levels = where & ~kGlobalFlag;
    bool is_global = (where & kGlobalFlag) != 0;
    if (levels == 0) {
      if (is_global) resolve(slots_[slot], program_, act_.function->slot_names[slot]);
      return slots_[slot];
    }
    Frame& frame = frame_above(levels);
    if (is_global) resolve(frame.slots[slot], *frame.program, frame.function->slot_names[slot]);
    return frame.slots[slot];
  }

  bool at_top_level() const { return machine_.captures_.size() == act_.captures_base; }

  void note_place(uint32_t offset) {
    Span span = program_.span_at(offset);
    act_.map->push_back({machine_.output_.size(), span.line, span.column});
  }

  void print_data(uint32_t offset, uint32_t length) {
    std::string_view text = std::string_view(program_.text).substr(offset, length);
    if (act_.natives != nullptr && at_top_level()) {
      act_.natives->push_back(Value::string(text));
      return;
    }
    if (act_.map != nullptr && at_top_level()) note_place(offset);
    machine_.output_.append(text);
  }

  Status print(bool folded) {
    Value value = take_top(sp_);
    if (act_.natives != nullptr && at_top_level()) {
      if (!folded || value.is_undefined()) {
        act_.natives->push_back(std::move(value));
        return {};
      }
      SLUICE_ASSIGN(std::string text, to_str(value));
      act_.natives->push_back(Value::string(std::move(text)));
      return {};
    }
    if (act_.map != nullptr && at_top_level()) note_place(act_.offset());
    return append_str(value, machine_.output_);
  }

  Status print_text() {
    Value value = take_top(sp_);
    if (!value.is_string()) {
      return fail(ErrorCode::kJinjaRuntime,
                  "sequence item 0: expected str instance, " +
                      std::string(value.is_undefined() ? "Undefined" : type_name(value)) + " found",
                  "a macro used with {% call %} must give text");
    }
    if (act_.natives != nullptr && at_top_level()) {
      act_.natives->push_back(std::move(value));
      return {};
    }
    if (act_.map != nullptr && at_top_level()) note_place(act_.offset());
    machine_.output_.append(value.as_string());
    return {};
  }

  Status print_escaped(uint32_t slot) {
    SLUICE_ASSIGN(bool escapes, truth(slots_[slot]));
    if (!escapes || sp_[-1].kind() == Kind::kMarkup) return print(false);
    SLUICE_ASSIGN(std::string text, to_str(sp_[-1]));
    sp_[-1] = Value::markup(escape_html(text));
    return print(false);
  }

  bool next_item() {
    RunningLoop& loop = machine_.loops_.back();
    if (loop.object) {
      const Value* item = loop.object->advance();
      if (item == nullptr) return false;
      *sp_++ = *item;
      return true;
    }
    if (loop.next >= loop.items.size()) return false;
    *sp_++ = std::move(loop.items[loop.next++]);
    return true;
  }

  Status begin_loop(uint32_t loop_slot, uint32_t recursive_function) {
    SLUICE_ASSIGN(std::vector<Value> items, iterate(sp_[-1]));
    drop(sp_, 1);
    RunningLoop loop;
    if (loop_slot == 0) {
      loop.items = std::move(items);
    } else {
      loop.object = make_ref<LoopObject>(std::move(items),
                                         recursive_function != 0 ? act_.outer : Ref<Frame>(),
                                         recursive_function, act_.loop_depth);
      slots_[loop_slot - 1] = Value::object(loop.object);
    }
    machine_.loops_.push_back(std::move(loop));
    return {};
  }

  Status build(Op op, uint32_t count) {
    if (op != Op::kBuildDict) {
      std::vector<Value> items = take_many(sp_, count);
      *sp_++ =
          op == Op::kBuildList ? Value::list(std::move(items)) : Value::tuple(std::move(items));
      return {};
    }
    Value dict = Value::dict();
    Value* pairs = sp_ - 2 * static_cast<size_t>(count);
    for (uint32_t i = 0; i < count; ++i) {
      if (!pairs[2 * i].is_string()) SLUICE_TRY(hash_or_error(pairs[2 * i]));
      dict.as_dict().set(pairs[2 * i], std::move(pairs[2 * i + 1]));
    }
    drop(sp_, 2 * static_cast<size_t>(count));
    *sp_++ = std::move(dict);
    return {};
  }

  Status concat(uint32_t count) {
    std::string text;
    for (Value* part = sp_ - count; part != sp_; ++part) SLUICE_TRY(append_str(*part, text));
    drop(sp_, count);
    *sp_++ = Value::string(std::move(text));
    return {};
  }

  // Replaces the top `count` values by the result.
  Status finish(Result<Value> result, size_t count) {
    if (!result) return tl::unexpected<Error>(std::move(result.error()));
    machine_.charge(*result);
    drop(sp_, count);
    *sp_++ = std::move(*result);
    return {};
  }

  Status unpack(uint32_t count) {
    auto items = iterate(sp_[-1]);
    if (!items) {
      if (sp_[-1].is_undefined()) return tl::unexpected<Error>(std::move(items.error()));
      return fail(ErrorCode::kJinjaRuntime,
                  "cannot unpack non-iterable " + std::string(type_name(sp_[-1])) + " object");
    }
    if (items->size() > count) {
      return fail(ErrorCode::kJinjaRuntime,
                  "too many values to unpack (expected " + std::to_string(count) + ")");
    }
    if (items->size() < count) {
      return fail(ErrorCode::kJinjaRuntime, "not enough values to unpack (expected " +
                                                std::to_string(count) + ", got " +
                                                std::to_string(items->size()) + ")");
    }
    drop(sp_, 1);
    for (size_t i = items->size(); i-- > 0;) *sp_++ = std::move((*items)[i]);
    return {};
  }

  Status set_member(uint32_t name) {
    auto* target = sp_[-1].object_as<NamespaceObject>();
    if (target == nullptr) {
      return fail(ErrorCode::kJinjaRuntime, "cannot assign attribute on non-namespace object",
                  "make the variable with namespace(…) to assign its attributes");
    }
    SLUICE_TRY(target->set_attribute(program_.name_of(name), std::move(sp_[-2])));
    drop(sp_, 2);
    return {};
  }

  struct Arguments {
    std::vector<Value> positional;
    std::vector<KeywordArg> keyword;
    CallArgs view;
  };

  static size_t pushed(const CallShape& shape) {
    return shape.positional + shape.keywords + (shape.star ? 1U : 0U) +
           (shape.double_star ? 1U : 0U);
  }

  // Arguments on the stack as a view; `out` owns what cannot be viewed in place.
  Status gather(const CallShape& shape, Arguments& out) {
    Value* first = sp_ - pushed(shape);
    out.view.positional = {first, shape.positional};
    Value* next = first + shape.positional;
    if (shape.keywords != 0) {
      out.keyword.reserve(shape.keywords);
      for (uint32_t i = 0; i < shape.keywords; ++i, ++next) {
        out.keyword.push_back(
            {program_.name_of(program_.keyword_names[shape.keyword_start + i]), *next});
      }
    }
    if (shape.star) SLUICE_TRY(spread(*next++, shape, first, out));
    if (shape.double_star) SLUICE_TRY(spread_keywords(*next, out));
    out.view.keyword = out.keyword;
    return {};
  }

  static Status spread(const Value& items, const CallShape& shape, const Value* first,
                       Arguments& out) {
    SLUICE_ASSIGN(std::vector<Value> more, iterate(items));
    out.positional.assign(first, first + shape.positional);
    out.positional.insert(out.positional.end(), std::make_move_iterator(more.begin()),
                          std::make_move_iterator(more.end()));
    out.view.positional = out.positional;
    return {};
  }

  static Status spread_keywords(const Value& mapping, Arguments& out) {
    if (!mapping.is_dict()) {
      return fail(ErrorCode::kJinjaRuntime,
                  "argument after ** must be a mapping, not " + std::string(type_name(mapping)));
    }
    for (const Dict::Entry& entry : mapping.as_dict().entries()) {
      if (!entry.key.is_string()) return fail(ErrorCode::kJinjaRuntime, "keywords must be strings");
      std::string_view name = entry.key.as_string();
      for (const KeywordArg& known : out.keyword) {
        if (known.name == name) {
          return fail(ErrorCode::kJinjaRuntime,
                      "got multiple values for keyword argument '" + std::string(name) + "'");
        }
      }
      out.keyword.push_back({name, entry.value});
    }
    return {};
  }

  Status call_value(const CallShape& shape) {
    Arguments args;
    SLUICE_TRY(gather(shape, args));
    size_t count = pushed(shape);
    return finish(
        call(machine_.interpreter(), sp_[-1 - static_cast<std::ptrdiff_t>(count)], args.view),
        count + 1);
  }

  Status call_named(const CallShape& shape) {
    Arguments args;
    SLUICE_TRY(gather(shape, args));
    size_t count = pushed(shape);
    const Value& self = sp_[-1 - static_cast<std::ptrdiff_t>(count)];
    const std::string& name = program_.name_of(shape.name);
    machine_.charge(self);
    SLUICE_ASSIGN(std::optional<Value> result,
                  call_method(machine_.interpreter(), self, name, args.view));
    if (result) return finish(std::move(*result), count + 1);
    SLUICE_ASSIGN(Value callee, get_attribute(self, name, flavor()));
    return finish(call(machine_.interpreter(), callee, args.view), count + 1);
  }

  Status apply_filter(const CallShape& shape) {
    Arguments args;
    SLUICE_TRY(gather(shape, args));
    size_t count = pushed(shape);
    const Value& self = sp_[-1 - static_cast<std::ptrdiff_t>(count)];
    machine_.charge(self);
    return finish(filter_at(shape.function).function(machine_.interpreter(), self, args.view),
                  count + 1);
  }

  Status apply_test(const CallShape& shape) {
    Arguments args;
    SLUICE_TRY(gather(shape, args));
    size_t count = pushed(shape);
    const Value& self = sp_[-1 - static_cast<std::ptrdiff_t>(count)];
    machine_.charge(self);
    SLUICE_ASSIGN(bool yes,
                  test_at(shape.function).function(machine_.interpreter(), self, args.view));
    return finish(Value::boolean(yes), count + 1);
  }

  Status unary(Op op) {
    if (op == Op::kNegate) return finish(negate(sp_[-1]), 1);
    if (op == Op::kPositive) return finish(positive(sp_[-1]), 1);
    SLUICE_ASSIGN(bool yes, truth(sp_[-1]));
    return finish(Value::boolean(!yes), 1);
  }

  Status mark_safe(uint32_t slot) {
    SLUICE_ASSIGN(bool escapes, truth(slots_[slot]));
    if (escapes) sp_[-1] = Value::markup(sp_[-1].as_string());
    return {};
  }

  Ref<Frame> root_frame() const {
    Ref<Frame> frame = act_.frame ? act_.frame : act_.outer;
    while (frame->outer) frame = frame->outer;
    return frame;
  }

  Status run_block(uint32_t function) {
    // A scoped block belongs to the function at hand, any other to the top level.
    bool own = program_.functions[function].depth == act_.function->depth + 1;
    SLUICE_ASSIGN(Value text, machine_.call_block(own ? act_.frame : root_frame(), function));
    *sp_++ = std::move(text);
    return print_text();
  }

  Status run_recursive(uint32_t function) {
    SLUICE_ASSIGN(Value text, machine_.call_loop(act_.frame, function, sp_[-1], 0));
    drop(sp_, 1);
    *sp_++ = std::move(text);
    return print_text();
  }

  Value not_provided(uint32_t slot) const {
    const std::string& name = program_.name_of(act_.function->slot_names[slot]);
    return Value::undefined_with_detail(name, "parameter '" + name + "' was not provided",
                                        flavor());
  }

  tl::unexpected<Error> failure(uint32_t message) const {
    return fail(ErrorCode::kJinjaRuntime, program_.name_of(message));
  }

  // Operations that are rarer or heavier than a jump in the main switch is worth.
  Status step(Op op, uint32_t a) {
    switch (op) {
      case Op::kAttribute:
        return finish(get_attribute(sp_[-1], program_.name_of(a), flavor()), 1);
      case Op::kItem:
        return finish(get_item(sp_[-2], sp_[-1], flavor()), 2);
      case Op::kSlice:
        if (sp_[-4].is_dict()) return fail(ErrorCode::kJinjaRuntime, "unhashable type: 'slice'");
        return finish(slice(sp_[-4], sp_[-3], sp_[-2], sp_[-1]), 4);
      case Op::kCall:
        return call_value(program_.shapes[a]);
      case Op::kCallMethod:
        return call_named(program_.shapes[a]);
      case Op::kFilter:
        return apply_filter(program_.shapes[a]);
      case Op::kTest:
        return apply_test(program_.shapes[a]);
      case Op::kBinary:
        return finish(binary(static_cast<BinaryOperator>(a), sp_[-2], sp_[-1]), 2);
      case Op::kCompare: {
        machine_.charge(sp_[-1]);
        SLUICE_ASSIGN(bool yes, compare_values(static_cast<CompareOperator>(a), sp_[-2], sp_[-1]));
        return finish(Value::boolean(yes), 2);
      }
      case Op::kNegate:
      case Op::kPositive:
      case Op::kNot:
        return unary(op);
      default:
        return make_step(op, a);
    }
  }

  // Operations that make or take apart collections.
  Status make_step(Op op, uint32_t a) {
    switch (op) {
      case Op::kBuildList:
      case Op::kBuildTuple:
      case Op::kBuildDict:
        return build(op, a);
      case Op::kConcat:
        return concat(a);
      case Op::kUnpack:
        return unpack(a);
      case Op::kSetMember:
        return set_member(a);
      default:
        return rare_step(op, a);
    }
  }

  Status rare_step(Op op, uint32_t a) {
    switch (op) {
      case Op::kAppend:
        slots_[a].as_items().push_back(take_top(sp_));
        return {};
      case Op::kMacro:
        *sp_++ = Value::object(make_ref<LocalMacro>(act_.frame, a));
        return {};
      case Op::kNotProvided:
        slots_[a] = not_provided(a);
        return {};
      case Op::kForEnd:
        machine_.loops_.pop_back();
        return {};
      case Op::kForRecursive:
        return run_recursive(a);
      case Op::kBlock:
        return run_block(a);
      case Op::kSelf:
        *sp_++ = Value::object(make_ref<SelfObject>(act_.frame));
        return {};
      case Op::kNoElse:
        *sp_++ = Value::undefined_with_detail("", program_.name_of(a), flavor());
        return {};
      case Op::kMissingFilter:
      case Op::kFail:
        return failure(a);
      default:
        return capture_step(op, a);
    }
  }

  Status capture_step(Op op, uint32_t a) {
    std::string& output = machine_.output_;
    switch (op) {
      case Op::kOutputText:
        return print_text();
      case Op::kOutputEscaped:
        return print_escaped(a);
      case Op::kMarkSafe:
        return mark_safe(a);
      case Op::kBeginCapture:
        machine_.captures_.push_back(output.size());
        return {};
      case Op::kEndCapture:
        *sp_++ = Value::string(output.substr(machine_.captures_.back()));
        [[fallthrough]];
      case Op::kDropCapture:
        output.resize(machine_.captures_.back());
        machine_.captures_.pop_back();
        return {};
      default:
        SLUICE_CHECK(false);
    }
    return {};
  }

  Machine& machine_;
  Activation& act_;
  const Program& program_;
  Value* sp_;
  Value* slots_;
};

namespace {

// Tells where the activation was: the place itself when it is the innermost, a frame of the trace
// besides.
void add_place(Error& error, const Activation& activation) {
  if (error.code() == ErrorCode::kJinjaReturn) return;
  locate_error(error, activation);
  std::string place = activation.program->file + ":" + std::to_string(activation.line());
  constexpr size_t kMaxFrames = 12;
  if (activation.macro != nullptr) {
    if (error.trace().size() < kMaxFrames) {
      error.add_trace("macro '" + activation.macro->name + "' (" + place + ")");
    } else if (error.trace().size() == kMaxFrames) {
      error.add_trace("…");
    }
  } else if (activation.function == activation.program->functions.data() &&
             !error.trace().empty()) {
    error.add_trace("template (" + place + ")");
  }
}

}  // namespace

Status Machine::execute(Activation& activation) {
  Status status = Execution(*this, activation).run();
  if (!status) {
    add_place(status.error(), activation);
    loops_.resize(activation.loops_base);
    captures_.resize(activation.captures_base);
  }
  return status;
}

}  // namespace sluice::jinja
