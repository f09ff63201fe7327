#include "compile/relation_cache.h"

#include <algorithm>
#include <cctype>

namespace sluice::compile {

namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

}  // namespace

Status RelationCache::load(warehouse::Connection& connection, const std::string& database,
                           const std::string& schema) {
  if (is_loaded(database, schema)) return {};
  SLUICE_ASSIGN(std::vector<warehouse::RelationInfo> found,
                connection.list_relations(database, schema));
  std::lock_guard lock(schemas_mutex_);
  auto& relations = schemas_[{lower(database), lower(schema)}];
  for (warehouse::RelationInfo& relation : found)
    relations.emplace(lower(relation.identifier), std::move(relation));
  return {};
}

bool RelationCache::is_loaded(const std::string& database, const std::string& schema) const {
  std::lock_guard lock(schemas_mutex_);
  return schemas_.contains({lower(database), lower(schema)});
}

std::optional<warehouse::RelationInfo> RelationCache::find(const std::string& database,
                                                           const std::string& schema,
                                                           const std::string& identifier) const {
  std::lock_guard lock(schemas_mutex_);
  auto relations = schemas_.find({lower(database), lower(schema)});
  if (relations == schemas_.end()) return std::nullopt;
  auto relation = relations->second.find(lower(identifier));
  if (relation == relations->second.end()) return std::nullopt;
  return relation->second;
}

std::vector<warehouse::RelationInfo> RelationCache::list(const std::string& database,
                                                         const std::string& schema) const {
  std::lock_guard lock(schemas_mutex_);
  std::vector<warehouse::RelationInfo> out;
  auto relations = schemas_.find({lower(database), lower(schema)});
  if (relations == schemas_.end()) return out;
  for (const auto& [name, relation] : relations->second) out.push_back(relation);
  return out;
}

void RelationCache::put(const warehouse::RelationInfo& key,
                        const std::optional<warehouse::RelationInfo>& value, Journal* journal) {
  std::lock_guard lock(schemas_mutex_);
  // A schema that nobody loaded stays unknown: half a listing would look complete.
  auto relations = schemas_.find({lower(key.database), lower(key.schema)});
  if (relations == schemas_.end()) return;
  const std::string name = lower(key.identifier);
  auto known = relations->second.find(name);
  if (journal)
    journal->push_back({key, known == relations->second.end()
                                 ? std::nullopt
                                 : std::optional<warehouse::RelationInfo>(known->second)});
  if (value)
    relations->second.insert_or_assign(name, *value);
  else if (known != relations->second.end())
    relations->second.erase(known);
}

void RelationCache::add(const warehouse::RelationInfo& relation, Journal& journal) {
  put(relation, relation, &journal);
}

void RelationCache::remove(const warehouse::RelationInfo& relation, Journal& journal) {
  put(relation, std::nullopt, &journal);
}

void RelationCache::rename(const warehouse::RelationInfo& from, const warehouse::RelationInfo& to,
                           Journal& journal) {
  std::optional<warehouse::RelationInfo> known = find(from.database, from.schema, from.identifier);
  remove(from, journal);
  warehouse::RelationInfo renamed = to;
  if (known) renamed.type = known->type;
  add(renamed, journal);
}

void RelationCache::undo(Journal& journal) {
  for (auto change = journal.rbegin(); change != journal.rend(); ++change)
    put(change->relation, change->before, nullptr);
  journal.clear();
}

void RelationCache::forget_schema(const std::string& database, const std::string& schema) {
  std::lock_guard lock(schemas_mutex_);
  schemas_.erase({lower(database), lower(schema)});
}

void RelationCache::forget_all() {
  std::lock_guard lock(schemas_mutex_);
  schemas_.clear();
}

}  // namespace sluice::compile
