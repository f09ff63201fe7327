# Breaks the rules of exact incremental models on purpose, one at a time, to see whether locality_check and incremental_check
# notice.
# Copies FILES of SOURCE to OUT, where each bug below stands beside the text that it replaces and is switched on by its number:
# sluice::planted_bug. The sources themselves hold nothing of this. A text that is no longer there, or there twice, is an error:
# then the rule has changed, and its bug must follow. tests/incremental/planted runs them all.
foreach(file IN LISTS FILES)
  file(READ "${SOURCE}/${file}" content)
  string(PREPEND content "namespace sluice { extern int planted_bug; }\n")
  file(WRITE "${OUT}/${file}" "${content}")
endforeach()
file(WRITE "${OUT}/bugs.txt" "")
set_property(GLOBAL PROPERTY planted_count 0)

# `planted` replaces `text`; BUG in it is true while this bug is switched on. A sixth argument: only queries of shapes with this
# text are asked (focused_query.cc), where random ones would take long.
function(planted_bug rule file text planted)
  get_property(number GLOBAL PROPERTY planted_count)
  math(EXPR number "${number} + 1")
  set_property(GLOBAL PROPERTY planted_count ${number})
  file(READ "${OUT}/${file}" content)
  string(FIND "${content}" "${text}" first)
  string(FIND "${content}" "${text}" last REVERSE)
  if(first EQUAL -1 OR NOT first EQUAL last)
    message(FATAL_ERROR "planted bug ${number} (${rule}): its text stands not once in ${file}:\n${text}")
  endif()
  string(REPLACE "BUG" "(::sluice::planted_bug == ${number})" planted "${planted}")
  string(REPLACE "${text}" "${planted}" content "${content}")
  file(WRITE "${OUT}/${file}" "${content}")
  # Who looks for it: the claims by themselves where the bug is one of them.
  if(file MATCHES "^sql/")
    set(finder locality_check)
  else()
    set(finder incremental_check)
  endif()
  set(focus "-")
  if(ARGC GREATER 4)
    string(REPLACE " " "@" focus "${ARGV4}")
  endif()
  file(APPEND "${OUT}/bugs.txt" "${number} ${finder} ${focus} ${rule}\n")
endfunction()

# Projections and filters.

planted_bug("an expression over a banded column is taken for exact" sql/locality.cc
  [[found == columns.end() || !found->second.bands.empty()]]
  [[found == columns.end() || (!found->second.bands.empty() && !BUG)]])
planted_bug("the inverse of col + n adds n" sql/locality.cc
  [[expr.name == "+" ? "-" : "+"]]
  [[(expr.name == "+") != BUG ? "-" : "+"]])
planted_bug("a conjunct under OR counts" sql/locality.cc
  [[expr.name != "AND") return visit(expr);]]
  [[(expr.name != "AND" && !BUG)) return visit(expr);]])
planted_bug("an inequality in a filter ties its sides" sql/locality.cc
  [[(conjunct.name == "=" || conjunct.name == "IS NOT DISTINCT FROM")]]
  [[(conjunct.name == "=" || conjunct.name == "IS NOT DISTINCT FROM" || BUG)]])
planted_bug("coalesce of any two columns is local in the first" sql/locality.cc
  [[  if (const auto pair = coalesced_pair(expr))]]
  [[  if (BUG && expr.name == "COALESCE") return deps_of(shape, *expr.children[0]);
  if (const auto pair = coalesced_pair(expr))]])
planted_bug("CASE is local in its first value" sql/locality.cc
  [[  const std::optional<std::string> canonical = canonical_text(expr);
  if (!canonical) return out;
  const std::set<size_t> read]]
  [[  if (BUG && expr.kind == ExprKind::kCase) return deps_of(shape, *expr.children[1]);
  const std::optional<std::string> canonical = canonical_text(expr);
  if (!canonical) return out;
  const std::set<size_t> read]])

# Aggregates, DISTINCT, LIMIT, UNNEST, set operations.

planted_bug("a group key need not be in every grouping set" sql/locality.cc
  [[if (is_everywhere) add_deps]]
  [[if (is_everywhere || BUG) add_deps]])
planted_bug("max(key) is local in the key" sql/locality.cc
  [[  const bool has_sets = op.grouping_sets.size() > 1;]]
  [[  for (size_t i = 0; BUG && i < op.expressions.size(); ++i)
    if (!op.expressions[i]->children.empty())
      add_deps(out, op.groups.size() + i, deps_of(below, *op.expressions[i]->children[0]));
  const bool has_sets = op.grouping_sets.size() > 1;]])
planted_bug("DISTINCT ON keeps all columns" sql/locality.cc
  [[  if (op.is_distinct_on) found_.flags]]
  [[  if (BUG) out.deps = below.deps;
  if (op.is_distinct_on) found_.flags]])
planted_bug("LIMIT keeps all columns" sql/locality.cc
  [[  const bool is_sample = op.kind == OperatorKind::kSample;]]
  [[  if (BUG) out.deps = below.deps;
  const bool is_sample = op.kind == OperatorKind::kSample;]])
planted_bug("the first branch of a set operation speaks for all" sql/locality.cc
  [[    const Shape side = visit(*input);
    out.scans.insert]]
  [[    Shape side = visit(*input);
    if (BUG && input != op.inputs.front())
      for (const auto& [scan, columns] : out.deps)
        for (const size_t other : side.scans)
          for (const auto& [column, dep] : columns)
            if (found_.scans[scan].table == found_.scans[other].table)
              side.deps[other].insert_or_assign(column, dep);
    out.scans.insert]])
planted_bug("columns of set operations are one off" sql/locality.cc
  [[out.deps[scan].emplace(column, std::move(shared));]]
  [[out.deps[scan].emplace(BUG && input != op.inputs.front() ? (column + 1) % op.width : column,
                               std::move(shared));]])

# Joins.

planted_bug("LEFT JOIN keeps its right side" sql/locality_join.cc
  [[sides.keeps_right = kind == JoinKind::kInner || kind == JoinKind::kRight;]]
  [[sides.keeps_right = kind == JoinKind::kInner || kind == JoinKind::kRight ||
                      (kind == JoinKind::kLeft && BUG);]])
planted_bug("FULL JOIN keeps its left side" sql/locality_join.cc
  [[sides.keeps_left = kind != JoinKind::kRight && kind != JoinKind::kFull;]]
  [[sides.keeps_left = kind != JoinKind::kRight && (kind != JoinKind::kFull || BUG);]])
planted_bug("IN ties the first column" sql/locality_join.cc
  [[claims.deps.emplace_back(left.column, with_own]]
  [[claims.deps.emplace_back(BUG ? (left.column + 1) % sides.left.width : left.column, with_own]]
  "in~not in")
planted_bug("a join on <= ties its sides" sql/locality_join.cc
  [[return condition.comparison == "COMPARE_EQUAL" ||]]
  [[return BUG || condition.comparison == "COMPARE_EQUAL" ||]])
planted_bug("NOT IN and IN are null-safe" sql/locality_join.cc
  [[  return op.join != JoinKind::kMark ||]]
  [[  return BUG || op.join != JoinKind::kMark ||]])
planted_bug("NOT IN is IN" sql/locality.cc
  [[  if (conjunct.kind == ExprKind::kColumn) {]]
  [[  if (BUG && conjunct.name == "NOT") return apply_conjunct(shape, *conjunct.children[0]);
  if (conjunct.kind == ExprKind::kColumn) {]])
planted_bug("FULL JOIN ties its keys" sql/locality_join.cc
  [[  if (op.join == JoinKind::kFull) return;]]
  [[  if (op.join == JoinKind::kFull) {
    for (const JoinCondition& condition : op.conditions)
      if (BUG) tie(out, *condition.left, deps_of(sides.right, *condition.right), 0);
    return;
  }]])
planted_bug("the coalesced keys of a FULL JOIN know the left side only" sql/locality_join.cc
  [[      deps.emplace(scan, dep);
    const std::pair]]
  [[      deps.emplace(scan, BUG ? Dep{"NULL", {}, dep.type, {}, {}, false} : dep);
    const std::pair]])
planted_bug("the right side's columns of a join are not moved" sql/locality_join.cc
  [[if (sides.keeps_right) add_shifted(sides.right, sides.left.width, out);]]
  [[if (sides.keeps_right) add_shifted(sides.right, BUG ? 0 : sides.left.width, out);]])

# Windows.

planted_bug("the default frame ends at its own row only" sql/locality_window.cc
  [[    case FrameEnd::kUnboundedPreceding:
      return kInfinite;]]
  [[    case FrameEnd::kUnboundedPreceding:
      return BUG ? kZero : kInfinite;]])
planted_bug("UNBOUNDED FOLLOWING reaches nothing" sql/locality_window.cc
  [[    case FrameEnd::kUnboundedFollowing:
      return kInfinite;]]
  [[    case FrameEnd::kUnboundedFollowing:
      return BUG ? kZero : kInfinite;]])
planted_bug("RANGE n PRECEDING reaches nothing" sql/locality_window.cc
  [[return spec.start_is_range ? range_offset(spec.start_offset) : kInfinite;]]
  [[return spec.start_is_range ? (BUG ? kZero : range_offset(spec.start_offset)) : kInfinite;]])
planted_bug("RANGE n FOLLOWING looks back" sql/locality_window.cc
  [[      return negated(*offset);]]
  [[      return BUG ? *offset : negated(*offset);]])
planted_bug("ROWS n PRECEDING reaches nothing" sql/locality_window.cc
  [[range_offset(spec.start_offset)) : kInfinite;]]
  [[range_offset(spec.start_offset)) : (BUG ? kZero : kInfinite);]]
  "rows between {1 preceding")
planted_bug("ROWS n FOLLOWING reaches nothing" sql/locality_window.cc
  [[if (!spec.end_is_range) return kInfinite;]]
  [[if (!spec.end_is_range) return BUG ? kZero : kInfinite;]]
  "rows between {1 preceding")
planted_bug("lag looks forward" sql/locality_window.cc
  [[return window.name == "WINDOW_LAG" ? Band]]
  [[return (window.name == "WINDOW_LAG") != BUG ? Band]])
planted_bug("lag by a negative number looks back" sql/locality_window.cc
  [[    if (!looks_one_way(spec)) return std::nullopt;]]
  [[    if (!looks_one_way(spec) && !BUG) return std::nullopt;]]
  "lag(id, -1)")
planted_bug("ranks depend on their own key only" sql/locality_window.cc
  [[    return Band{kZero, kInfinite};
  if]]
  [[    return BUG ? Band{} : Band{kZero, kInfinite};
  if]])
planted_bug("ntile, percent_rank and cume_dist are ranks" sql/locality_window.cc
  [[  if (!is_framed) return std::nullopt;]]
  [[  if (!is_framed && BUG) return Band{kZero, kInfinite};
  if (!is_framed) return std::nullopt;]])
planted_bug("descending windows look as ascending ones" sql/locality_window.cc
  [[if (spec.order.front().is_descending) band]]
  [[if (spec.order.front().is_descending && !BUG) band]])
planted_bug("a window keeps columns that it does not partition by" sql/locality_window.cc
  [[const bool is_kept = partitions.contains(dep->first);]]
  [[const bool is_kept = partitions.contains(dep->first) || BUG;]])
planted_bug("the first window of a SELECT speaks for all" sql/locality_window.cc
  [[    narrow_by_window(*window, partitions, out);]]
  [[    if (!BUG || window == op.expressions.front()) narrow_by_window(*window, partitions, out);]])
planted_bug("bands of windows above each other do not add up" sql/locality_window.cc
  [[  for (const Band& known : bands)
    add_new]]
  [[  for (const Band& known : bands)
    if (!BUG) add_new]])
planted_bug("a frame open at both ends has a band" sql/locality_window.cc
  [[(above->is_infinite && below->is_infinite)) return std::nullopt;]]
  [[(above->is_infinite && below->is_infinite && !BUG)) return std::nullopt;
  if (above->is_infinite && below->is_infinite) return Band{};]])
planted_bug("an expression that one window partitions by stays" sql/locality_window.cc
  [[return !exprs.contains(entry.first); });]]
  [[return !exprs.contains(entry.first) && !BUG; });]]
  "partition by date_trunc")

# What is affected and what is read.

planted_bug("NULL is no partition" plan/maintenance.cc
  [["{}{} IS NOT DISTINCT FROM {}", i == 0 ? "" : " AND ",
                         quoted_identifier(column.name)]]
  [[fmt::runtime(BUG ? "{}{} = {}" : "{}{} IS NOT DISTINCT FROM {}"), i == 0 ? "" : " AND ",
                         quoted_identifier(column.name)]])
planted_bug("an open interval does not reach NULLs" plan/maintenance.cc
  [[const bool is_open = !set.low || !set.high;]]
  [[const bool is_open = (!set.low || !set.high) && !BUG;]]
  "order by dt {~nulls first~")
planted_bug("NULLs are not read for an interval" plan/maintenance.cc
  [[std::string any = fmt::format("bool_or({} is null)", value);]]
  [[std::string any = BUG ? std::string("false") : fmt::format("bool_or({} is null)", value);]]
  "order by dt {~nulls first~")
planted_bug("an interval's reads forget the bands" plan/maintenance.cc
  [[  for (const sql::Band& band : bands(scan)) {
    std::string both]]
  [[  for (const sql::Band& band : BUG ? std::vector<sql::Band>(1) : bands(scan)) {
    std::string both]]
  "order by dt {~nulls first~")
planted_bug("months are not padded" plan/maintenance.cc
  [[return has_months ?]]
  [[return has_months && !BUG ?]]
  "order by dt {~nulls first~")
planted_bug("one changed input is enough" plan/maintenance.cc
  [[    for (std::vector<PartitionValue>& row : rows) out.points[positions].insert(std::move(row));]]
  [[    for (std::vector<PartitionValue>& row : rows) out.points[positions].insert(std::move(row));
    if (BUG) break;]]
  "a join (select dt, CAST")
planted_bug("an input that the key does not follow is taken for unchanged" plan/maintenance.cc
  [[if (changed.contains(scan.input->name) && !is_local(scan)) return &scan;]]
  [[if (!BUG && changed.contains(scan.input->name) && !is_local(scan)) return &scan;]])
planted_bug("one reading of an input decides what is read of it" plan/maintenance.cc
  [[    wanted.insert(meeting.begin(), meeting.end());]]
  [[    if (!BUG || wanted.empty()) wanted.insert(meeting.begin(), meeting.end());]]
  "src_orders y on")
planted_bug("an input that the key does not follow is not read" plan/maintenance.cc
  [[      is_whole = true;
      break;]]
  [[      is_whole = !BUG;
      break;]]
  "src_orders) as c2")
planted_bug("inputs that tell different columns of a key affect only rows that both tell" plan/maintenance.cc
  [[(out.empty() ? "" : " OR ") + points_predicate(positions, points);]]
  [[(out.empty() ? "" : BUG ? " AND " : " OR ") + points_predicate(positions, points);]])
planted_bug("ordinary columns are taken for partition columns" plan/maintenance.cc
  [[return is_between || is_by_partition_columns(dep, *scan.input) ? &dep : nullptr;]]
  [[return is_between || is_by_partition_columns(dep, *scan.input) ||
                 (BUG && !scan.input->now.columns.empty())
             ? &dep
             : nullptr;]])

# Changes.

planted_bug("deleted partitions are no change" detect/manifest.cc
  [[  for (const auto& [key, entry] : known)
    changes.push_back]]
  [[  for (const auto& [key, entry] : known)
    if (!BUG) changes.push_back]])
planted_bug("new partitions are no change" detect/manifest.cc
  [[      changes.push_back({Change::Kind::kAdded, partition.values, {partition.ranges}});]]
  [[      if (!BUG)
        changes.push_back({Change::Kind::kAdded, partition.values, {partition.ranges}});]])
planted_bug("rewritten partitions are no change" detect/manifest.cc
  [[if (found->second->version != partition.version)]]
  [[if (found->second->version != partition.version && !BUG)]])
planted_bug("a file that is known is not looked at again" detect/files.cc
  [[    if (is_untouched) {]]
  [[    if (is_untouched || BUG) {]])
planted_bug("a partition is its file names" detect/files.cc
  [[path.size(), path, record->second.content);]]
  [[path.size(), path, BUG ? std::string() : record->second.content);]])
planted_bug("an edited query is no change" run/maintainer.cc
  [[  if (job.entry->code != job.code)
    return build]]
  [[  if (job.entry->code != job.code && !BUG)
    return build]])

# What is written and what the readers of a model are told.

planted_bug("partitions are equal when they have as many rows" run/maintenance_execution.cc
  [[      "where (old.row_count, old.hash_sum, old.hash_xor) is distinct from "
      "(fresh.row_count, fresh.hash_sum, fresh.hash_xor)",]]
  [[      "where (old.row_count{tail}) is distinct from (fresh.row_count{fresh_tail})",
      fmt::arg("tail", BUG ? "" : ", old.hash_sum, old.hash_xor"),
      fmt::arg("fresh_tail", BUG ? "" : ", fresh.hash_sum, fresh.hash_xor"),]])
planted_bug("rows without a key are not replaced" run/maintenance_execution.cc
  [[    among += fmt::format(" and different.{0} IS NOT DISTINCT FROM candidate.{0}",]]
  [[    among += fmt::format(fmt::runtime(BUG ? " and different.{0} = candidate.{0}"
                             : " and different.{0} IS NOT DISTINCT FROM candidate.{0}"),]])
planted_bug("old rows stay beside the new ones" run/maintenance_execution.cc
  [[  SLUICE_TRY(execute(fmt::format("delete from {} candidate where {}{}", job_.relation, exists,]]
  [[  SLUICE_TRY(execute(fmt::format("delete from {} candidate where {}{}", job_.relation,
                                 BUG ? std::string("false") : exists,]])
planted_bug("changed partitions are not told to readers" run/maintenance_execution.cc
  [[partition.version = generation;]]
  [[partition.version = BUG ? 1 : generation;]])
planted_bug("vanished partitions are not told to readers" run/maintenance_execution.cc
  [[return ledger.save_partitions(job_.relation, changed_, removed_);]]
  [[if (BUG) removed_.clear();
  return ledger.save_partitions(job_.relation, changed_, removed_);]])
planted_bug("what is computed is not restricted to what is affected" run/maintenance_execution.cc
  [[job_.plan.affected.empty() ? "" : " where " + job_.plan.affected)));
  SLUICE_TRY(write_differences());]]
  [[job_.plan.affected.empty() || BUG ? "" : " where " + job_.plan.affected)));
  SLUICE_TRY(write_differences());]])

# Parts of queries that are kept.

planted_bug("minima are merged as maxima" sql/stage_cut.cc
  [[std::optional(Partial{{call}, {call->name}, {}, nullptr})]]
  [[std::optional(
               Partial{{call}, {BUG ? std::string("max") : call->name}, {}, nullptr})]])
planted_bug("counts are merged by counting them" sql/stage_cut.cc
  [[if (is_count) return Partial{{call}, {"sum"}, {}, nullptr};]]
  [[if (is_count) return Partial{{call}, {BUG ? "count" : "sum"}, {}, nullptr};]])
planted_bug("distinct values are counted once for each partition" sql/stage_cut.cc
  [[      merge->call->filter = nullptr;]]
  [[      merge->call->filter = nullptr;
      if (BUG) merge->call->is_distinct = false;]])
planted_bug("DISTINCT keeps one row for each partition" sql/stage_cut.cc
  [["(select distinct {} from {})"]]
  [[fmt::runtime(BUG ? "(select {} from {})" : "(select distinct {} from {})")]])
planted_bug("the FILTER of a count of distinct values is forgotten" sql/stage_cut.cc
  [[  if (call.call->filter == nullptr) return argument;]]
  [[  if (call.call->filter == nullptr || BUG) return argument;]]
  "count(distinct customer){~")
planted_bug("a count of nothing is NULL" sql/stage_cut.cc
  [[  if (call.name == "count" || call.name == "count_star")
    return cast_expr(]]
  [[  if (!BUG && (call.name == "count" || call.name == "count_star"))
    return cast_expr(]])
planted_bug("what is merged has the first grouping set only" sql/stage_cut.cc
  [[  merged.grouping_sets = op.grouping_sets;]]
  [[  merged.grouping_sets = op.grouping_sets;
  if (BUG) merged.grouping_sets.resize(1);]])
planted_bug("averages are divided by the number of all rows" sql/stage_cut.cc
  [[renamed(call, "count", "BIGINT")}]]
  [[renamed(call, BUG ? "count_star" : "count", "BIGINT")}]])
planted_bug("averages forget the digits behind the point" sql/exact_average.cc
  [[                     average.kind.scale);
}]]
  [[                     BUG ? 0 : average.kind.scale);
}]])
planted_bug("a subquery that is not tied to the outer row has rows for NULL" sql/decorrelation.cc
  [[      conjunct = is_not_null(other);]]
  [[      conjunct = BUG ? is_not_null(is_not_null(other)) : is_not_null(other);]])
planted_bug("NOT IN over what is kept is NOT EXISTS" sql/plan_text.cc
  [[    if (condition.comparison == "COMPARE_NOT_DISTINCT_FROM") {
      safe.conditions]]
  [[    if (condition.comparison == "COMPARE_NOT_DISTINCT_FROM" || BUG) {
      safe.conditions]])
planted_bug("partitions are carried through UNION ALL from its first side" sql/plan_text.cc
  [[print(*op.inputs[i], carries && is_union);]]
  [[print(*op.inputs[BUG && i > 0 && carries ? 0 : i], carries && is_union);]])

# Keys and rows that changed.

planted_bug("keys that a changed file held before are forgotten" run/key_index.cc
  [[!before.empty())
    queries.push_back]]
  [[!before.empty() && !BUG)
    queries.push_back]]
  "median")
planted_bug("NULL is no key" run/maintainer_keys.cc
  [[  return counts.has_null ? ]]
  [[  return counts.has_null && !BUG ? ]]
  "median")
planted_bug("only changed files are read for a key" run/key_index.cc
  [[    if (numbers.contains(number)) among.insert(key);]]
  [[    if (numbers.contains(number) && !BUG) among.insert(key);]]
  "median")
planted_bug("a key that windows carry on is exact" plan/affected_keys.cc
  [[if (!dep.bands.empty() || dep.columns.empty()]]
  [[if ((!dep.bands.empty() && !BUG) || dep.columns.empty()]]
  "order by due")
planted_bug("an input that has no such key is not asked" plan/affected_keys.cc
  [[    const bool has_all = std::all_of(required.begin(), required.end(), [&key](const auto& name) {
      return key.find(name) != nullptr;
    });]]
  [[    const bool has_all =
        BUG || std::all_of(required.begin(), required.end(),
                           [&key](const auto& name) { return key.find(name) != nullptr; });]])
planted_bug("rows that are gone from a small input are no change" run/input_snapshot.cc
  [[fmt::arg("before", out.before)]]
  [[fmt::arg("before", BUG ? "(select * from " + out.before + " where false)" : out.before)]]
  "src_customers")
planted_bug("the keys of the first changed input speak for all" run/maintainer_keys.cc
  [[    queries.insert(queries.end(), keys->begin(), keys->end());]]
  [[    queries.insert(queries.end(), keys->begin(), keys->end());
    if (BUG) break;]]
  "median(o.id)")
