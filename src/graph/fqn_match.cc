// Rules (observed, see tests/unit/graph/data/selectors.txt):
//  1. The pattern is the name; without dots it may have wildcards. For a versioned model the name
//  is the part before
//     the version, and `name.v1` and `name_v1` name one version, whatever stands before.
//  2. Else the pattern, split at dots, is a prefix of the place, whose parts are split at dots too;
//  with or without
//     the package. The first part with a wildcard matches all that remains of the place at once.
#include "graph/fqn_match.h"

namespace sluice::graph {

namespace {

template <typename Append>
void split_dots(std::string_view text, const Append& append) {
  for (;;) {
    const size_t dot = text.find('.');
    append(text.substr(0, dot));
    if (dot == std::string_view::npos) return;
    text.remove_prefix(dot + 1);
  }
}

}  // namespace

FqnPattern::FqnPattern(std::string_view pattern) : text_(pattern), name_(pattern), rest_("") {
  split_dots(text_, [this](std::string_view part) { parts_.push_back(part); });
  is_single_ = parts_.size() == 1;
  if (is_single_)
    versioned_ = text_;
  else
    versioned_ = std::string(parts_[parts_.size() - 2]) + "_" + std::string(parts_.back());
  size_t offset = 0;
  while (num_plain_ < parts_.size() && !has_wildcard(parts_[num_plain_]))
    offset += parts_[num_plain_++].size() + 1;
  if (num_plain_ < parts_.size()) rest_ = Wildcard(std::string_view(text_).substr(offset));
}

bool FqnPattern::matches_name(const std::vector<std::string>& fqn, bool is_versioned) const {
  if (is_versioned && fqn.size() >= 2) {
    const std::string& name = fqn[fqn.size() - 2];
    if (is_single_ ? name_.matches(name) : name == text_) return true;
    const std::string& version = fqn.back();
    return versioned_.size() == name.size() + 1 + version.size() && versioned_.starts_with(name) &&
           versioned_[name.size()] == '_' && versioned_.ends_with(version);
  }
  return is_single_ ? name_.matches(fqn.back()) : fqn.back() == text_;
}

bool FqnPattern::matches_place(const std::vector<std::string_view>& flat, size_t begin) const {
  if (flat.size() - begin < parts_.size()) return false;
  for (size_t i = 0; i < num_plain_; ++i)
    if (flat[begin + i] != parts_[i]) return false;
  if (num_plain_ == parts_.size()) return true;
  std::string remaining;
  for (size_t i = begin + num_plain_; i < flat.size(); ++i) {
    if (!remaining.empty()) remaining += '.';
    remaining += flat[i];
  }
  return rest_.matches(remaining);
}

bool FqnPattern::matches(const std::vector<std::string>& fqn, bool is_versioned) const {
  if (fqn.empty()) return false;
  if (matches_name(fqn, is_versioned)) return true;
  std::vector<std::string_view> flat;
  flat.reserve(fqn.size() + 2);
  size_t num_package_parts = 0;
  for (const std::string& segment : fqn) {
    split_dots(segment, [&flat](std::string_view part) { flat.push_back(part); });
    if (num_package_parts == 0) num_package_parts = flat.size();
  }
  return matches_place(flat, 0) || matches_place(flat, num_package_parts);
}

}  // namespace sluice::graph
