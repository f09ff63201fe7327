// Value: a Python value as templates see it. 16 bytes; scalars inline, the rest by an intrusive,
// thread-safe reference count.
//
// Ownership: a Value owns a share of its heap node. Lists, dicts and sets are mutable and shared by
// reference, as in Python (`do x.append(1)` is seen by every holder). Nodes may be read from
// several threads; mutating one needs that no other thread holds it (an evaluation is
// single-threaded; what several threads share is never mutated). Integers that do not fit 64 bits
// become kBigInt by themselves; code outside the engine can treat them through ops.h.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/shared_text.h"

namespace sluice::jinja {

class Interpreter;
class Value;
class Object;
class Dict;
class Set;
class BigInt;  // value_bigint.h

enum class Kind : uint8_t {
  kUndefined,
  kNone,
  kBool,
  kInt,
  kBigInt,
  kFloat,
  kString,
  kMarkup,  // result of `escape`/`safe`: prints like a string
  kList,
  kTuple,
  kDict,
  kSet,
  kObject,  // everything with behaviour: functions, macros, relations, datetimes, modules…
};

// Base of heap nodes. Count starts at 0; Ref takes the first share.
class RefCounted {
 public:
  RefCounted() = default;
  RefCounted(const RefCounted&) = delete;
  RefCounted& operator=(const RefCounted&) = delete;
  virtual ~RefCounted() = default;
  void retain() const noexcept { count_.fetch_add(1, std::memory_order_relaxed); }
  void release() const noexcept {
    if (count_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

 private:
  mutable std::atomic<uint32_t> count_{0};
};

// Owning pointer to a RefCounted node; may be null.
template <typename T>
class Ref {
 public:
  Ref() = default;
  explicit Ref(T* node) : node_(node) {
    if (node_) node_->retain();
  }
  Ref(const Ref& other) : Ref(other.node_) {}
  Ref(Ref&& other) noexcept : node_(std::exchange(other.node_, nullptr)) {}
  template <typename U>
    requires std::is_convertible_v<U*, T*>
  Ref(const Ref<U>& other) : Ref(other.get()) {}  // NOLINT: implicit up-cast, as for pointers
  Ref& operator=(Ref other) noexcept {
    std::swap(node_, other.node_);
    return *this;
  }
  ~Ref() {
    if (node_) node_->release();
  }
  T* get() const { return node_; }
  T* operator->() const { return node_; }
  T& operator*() const { return *node_; }
  explicit operator bool() const { return node_ != nullptr; }

 private:
  T* node_ = nullptr;
};

template <typename T, typename... Args>
Ref<T> make_ref(Args&&... args) {
  return Ref<T>(new T(std::forward<Args>(args)...));  // NOLINT: the one place where nodes are born
}

struct StringNode final : RefCounted {
  explicit StringNode(std::string t) : text(std::move(t)) {}
  const std::string text;  // UTF-8
};

// Default: prints '', anything else is an error. Capture: attribute, item and call give a
// capture-undefined again.
enum class UndefinedFlavor : uint8_t { kDefault, kCapture };

struct UndefinedNode final : RefCounted {
  std::string name;    // the variable or attribute that was looked up
  std::string detail;  // complete message when it is not "'name' is undefined", e.g. "'dict object'
                       // has no attribute 'x'"
  UndefinedFlavor flavor = UndefinedFlavor::kDefault;
  bool unsafe = false;  // stands for an attribute that the sandbox forbids: use is kJinjaSecurity
};

struct ListNode final : RefCounted {
  ListNode();  // defined below Value, as the destructor: clang wants it complete there
  ~ListNode() override;
  std::vector<Value> items;
};

class Value {
 public:
  Value() : Value(Kind::kNone) {}  // None
  Value(const Value& other) noexcept : kind_(other.kind_), payload_(other.payload_) {
    if (is_heap()) payload_.node->retain();
  }
  Value(Value&& other) noexcept : kind_(other.kind_), payload_(other.payload_) {
    other.kind_ = Kind::kNone;
    other.payload_.node = nullptr;
  }
  Value& operator=(const Value& other) noexcept {
    Value copy(other);
    swap(copy);
    return *this;
  }
  Value& operator=(Value&& other) noexcept {
    swap(other);
    return *this;
  }
  ~Value() {
    if (is_heap()) payload_.node->release();
  }
  void swap(Value& other) noexcept {
    std::swap(kind_, other.kind_);
    std::swap(payload_, other.payload_);
  }

  static Value none() { return Value(); }
  static Value undefined(std::string name, UndefinedFlavor flavor = UndefinedFlavor::kDefault);
  static Value undefined_with_detail(std::string name, std::string detail,
                                     UndefinedFlavor flavor = UndefinedFlavor::kDefault);
  static Value boolean(bool value);
  static Value integer(int64_t value);
  static Value floating(double value);
  static Value string(std::string text);
  static Value string(std::string_view text) { return string(std::string(text)); }
  static Value string(const char* text) { return string(std::string(text)); }
  static Value string(SharedText text) { return string(text.text()); }
  static Value markup(std::string text);
  static Value list(std::vector<Value> items = {});
  static Value tuple(std::vector<Value> items = {});
  static Value dict();  // fill through as_dict()
  static Value set();
  static Value object(Ref<Object> object);
  static Value from_node(Kind kind, RefCounted* node);  // takes a share

  Kind kind() const { return kind_; }
  bool is_undefined() const { return kind_ == Kind::kUndefined; }
  bool is_none() const { return kind_ == Kind::kNone; }
  bool is_bool() const { return kind_ == Kind::kBool; }
  bool is_int() const { return kind_ == Kind::kInt; }
  bool is_float() const { return kind_ == Kind::kFloat; }
  bool is_string() const { return kind_ == Kind::kString || kind_ == Kind::kMarkup; }
  bool is_list() const { return kind_ == Kind::kList; }
  bool is_tuple() const { return kind_ == Kind::kTuple; }
  bool is_sequence() const { return is_list() || is_tuple(); }
  bool is_dict() const { return kind_ == Kind::kDict; }
  bool is_set() const { return kind_ == Kind::kSet; }
  bool is_object() const { return kind_ == Kind::kObject; }

  // Unchecked accessors: the caller has looked at kind().
  bool as_bool() const { return payload_.boolean; }
  int64_t as_int() const { return payload_.integer; }
  double as_float() const { return payload_.floating; }
  const std::string& as_string() const { return static_cast<StringNode*>(payload_.node)->text; }
  // Lists and tuples.
  std::vector<Value>& as_items() const { return static_cast<ListNode*>(payload_.node)->items; }
  Dict& as_dict() const;
  Set& as_set() const;
  BigInt& as_bigint() const;
  Object& as_object() const;
  const UndefinedNode& as_undefined() const { return *static_cast<UndefinedNode*>(payload_.node); }
  // The object as T, or null when it is another kind of object or no object at all.
  template <typename T>
  T* object_as() const;
  // Address of the heap node, for identity tests (`is sameas`); null for scalars.
  const RefCounted* identity() const { return is_heap() ? payload_.node : nullptr; }

 private:
  explicit Value(Kind kind) : kind_(kind) { payload_.node = nullptr; }
  bool is_heap() const {
    return (kind_ >= Kind::kString || kind_ == Kind::kUndefined || kind_ == Kind::kBigInt) &&
           payload_.node != nullptr;
  }
  Kind kind_;
  union Payload {
    bool boolean;
    int64_t integer;
    double floating;
    RefCounted* node;
  } payload_;
};

inline ListNode::ListNode() = default;
inline ListNode::~ListNode() = default;

// Insertion-ordered hash map with Python's key equality (1 == 1.0 == True). Keys must be hashable
// (see ops.h hash()). Iterate with entries(): erased slots are already compacted away.
class Dict final : public RefCounted {
 public:
  struct Entry {
    Value key;
    Value value;
    uint64_t hash;
  };
  // Null when absent. The pointer lives until the next change of the dict.
  Value* find(std::string_view key) const;
  Value* find(const Value& key) const;  // an unhashable key is never found
  void set(std::string_view key, Value value);
  // The key must be hashable; check with ops.h first when it comes from a template.
  void set(const Value& key, Value value);
  bool erase(const Value& key);
  void clear();
  size_t size() const { return entries_.size(); }
  bool empty() const { return entries_.empty(); }
  const std::vector<Entry>& entries() const { return entries_; }
  std::vector<Entry>& entries() { return entries_; }

 private:
  template <typename Matches>
  size_t locate(uint64_t hash, const Matches& matches) const;
  void append_entry(Value key, Value value, uint64_t hash);
  void place(uint64_t hash, uint32_t position);
  void rebuild_index();
  std::vector<Entry> entries_;
  std::vector<uint32_t> index_;  // open addressing; empty while the dict is small (linear search)
  size_t num_used_slots_ = 0;    // of index_, tombstones included
};

// Insertion-ordered set of hashable values.
class Set final : public RefCounted {
 public:
  bool contains(const Value& item) const { return items_.find(item) != nullptr; }
  void add(const Value& item) { items_.set(item, Value::none()); }
  bool erase(const Value& item) { return items_.erase(item); }
  void clear() { items_.clear(); }
  size_t size() const { return items_.size(); }
  const std::vector<Dict::Entry>& entries() const { return items_.entries(); }

 private:
  Dict items_;
};

struct KeywordArg {
  std::string_view name;
  Value value;
};

// Arguments of one call; views are valid during the call only.
struct CallArgs {
  std::span<const Value> positional;
  std::span<const KeywordArg> keyword;
  const Value* find(std::string_view name) const {
    for (const KeywordArg& arg : keyword)
      if (arg.name == name) return &arg.value;
    return nullptr;
  }
};

// Anything with behaviour of its own. Defaults are Python's for a plain object: truthy, not
// iterable, identity equality.
class Object : public RefCounted {
 public:
  // Python's type name as error messages print it, e.g. "Relation".
  virtual std::string_view type_name() const = 0;
  // nullopt: no such attribute (the caller makes the undefined).
  virtual Result<std::optional<Value>> attribute(std::string_view name) const;
  // Assignment of an attribute; only namespace() allows it.
  virtual Status set_attribute(std::string_view name, Value value);
  // obj[key]; nullopt: no such item.
  virtual Result<std::optional<Value>> item(const Value& key) const;
  virtual bool callable() const { return false; }
  virtual Result<Value> call(Interpreter& interpreter, const CallArgs& args);
  // obj.name(args) without building a bound method first. Default: attribute(name), then call.
  // nullopt: no such method.
  virtual Result<std::optional<Value>> call_method(Interpreter& interpreter, std::string_view name,
                                                   const CallArgs& args);
  // nullopt: not iterable. Items are made at once (iterables here are finite and small).
  virtual Result<std::optional<std::vector<Value>>> iterate() const { return std::nullopt; }
  virtual std::optional<size_t> length() const { return std::nullopt; }
  virtual Result<std::string> str() const;   // str(x); default: repr
  virtual Result<std::string> repr() const;  // default "<type_name object>"
  virtual bool truth() const { return length().value_or(1) != 0; }
  virtual bool equals(const Value& other) const;
  virtual std::optional<uint64_t> hash() const;  // nullopt: unhashable; default: identity
  // Three-way comparison for `<`; nullopt: not ordered with that value.
  virtual std::optional<int> compare(const Value& /*other*/) const { return std::nullopt; }
  // x + y, x - y, x * y … with this object on either side; nullopt: unsupported operand.
  enum class BinaryOp : uint8_t { kAdd, kSub, kMul, kDiv, kFloorDiv, kMod, kPow };
  virtual Result<std::optional<Value>> binary(BinaryOp /*op*/, const Value& /*other*/,
                                              bool /*reflected*/) const {
    return std::nullopt;
  }
  virtual bool is_mapping() const { return false; }
  virtual bool is_sequence() const { return false; }
  // Turns the object into plain data for tojson and native rendering; nullopt: not serialisable.
  virtual std::optional<Value> to_plain() const { return std::nullopt; }
};

// A host function exposed to templates: Value(function(...)). `name` is what error messages and
// repr show.
using NativeFunction = Result<Value> (*)(Interpreter&, const CallArgs&);
Value make_function(std::string name, NativeFunction function);
// The same with captured state, kept alive by the Value.
Value make_closure(std::string name,
                   std::function<Result<Value>(Interpreter&, const CallArgs&)> function);

template <typename T>
T* Value::object_as() const {
  return is_object() ? dynamic_cast<T*>(&as_object()) : nullptr;
}
inline Dict& Value::as_dict() const { return *static_cast<Dict*>(payload_.node); }
inline Set& Value::as_set() const { return *static_cast<Set*>(payload_.node); }
inline Object& Value::as_object() const { return *static_cast<Object*>(payload_.node); }

}  // namespace sluice::jinja
