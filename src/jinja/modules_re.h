// re.Pattern and re.Match as values.
#pragma once

#include <memory>
#include <string>

#include "jinja/modules_object.h"
#include "jinja/modules_regex.h"
#include "jinja/ops.h"

namespace sluice::jinja {

class PatternObject final : public ModuleObject {
 public:
  explicit PatternObject(Ref<Regex> regex) : regex_(std::move(regex)) {}
  std::string_view type_name() const override { return "re.Pattern"; }
  Result<std::string> repr() const override;
  bool equals(const Value& other) const override;
  std::optional<uint64_t> hash() const override {
    return jinja::hash(Value::string(regex_->pattern()));
  }
  const Ref<Regex>& regex() const { return regex_; }

 protected:
  const Method* method(std::string_view name) const override;
  std::optional<Value> field(std::string_view name) const override;

 private:
  Ref<Regex> regex_;
};

class MatchObject final : public ModuleObject {
 public:
  MatchObject(Ref<Regex> regex, Value subject, MatchSpans spans)
      : regex_(std::move(regex)), subject_(std::move(subject)), spans_(std::move(spans)) {}
  std::string_view type_name() const override { return "re.Match"; }
  Result<std::string> repr() const override;
  Result<std::optional<Value>> item(const Value& key) const override;

  // Number of the group that a template names by number or name; error "no such group".
  Result<size_t> group_number(const Value& key) const;
  // Text of a group, or the fallback when it took no part.
  Value group(size_t number, const Value& fallback) const;
  // Code-point bounds; -1 when it took no part.
  std::pair<int64_t, int64_t> bounds(size_t number) const;
  const Ref<Regex>& regex() const { return regex_; }
  const MatchSpans& spans() const { return spans_; }

 protected:
  const Method* method(std::string_view name) const override;
  std::optional<Value> field(std::string_view name) const override;

 private:
  Ref<Regex> regex_;
  Value subject_;
  MatchSpans spans_;
};

// All matches by Python's scanner: after an empty match the next one at the same place must not be
// empty.
Result<std::vector<MatchSpans>> find_all(const Regex& regex, std::string_view subject, size_t start,
                                         int64_t limit);

// A replacement template such as "\\2-\\g<name>", parsed once.
class ReplacementTemplate {
 public:
  struct Piece {
    std::string literal;
    size_t group;  // npos: the literal
  };

  static Result<ReplacementTemplate> parse(std::string_view text, const Regex& regex);
  void expand(std::string_view subject, const MatchSpans& spans, std::string& out) const;

 private:
  std::vector<Piece> pieces_;
};

}  // namespace sluice::jinja
