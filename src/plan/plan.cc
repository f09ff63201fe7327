// From a selection to steps: who waits for whom, in which order, and why each step does what it
// does.
//
// Waiting. A step waits for the selected resources that it reads; what is not selected is looked
// through, so that a chain a → b → c with b left out still runs a before c. In `build`, a test also
// stands between what it tests and what reads that: a node waits for each selected test whose
// parents all lie above the node. An edge is only made where no node in between implies it.
//
// Order. Among the steps that may start, the one with the longest chain of work behind it goes
// first, so that with several threads the critical path is never the last to begin; ties keep the
// graph's order.
#include "plan/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <queue>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/json.h"
#include "plan/reasons.h"

namespace sluice::plan {

namespace {

using graph::Index;
using project::ResourceType;

constexpr size_t kNoStep = std::numeric_limits<size_t>::max();

class Planner {
 public:
  Planner(const compile::Manifest& manifest, const graph::Graph& graph,
          const graph::Selection& selection, const PlanRequest& request)
      : graph_(graph), request_(request), step_of_(graph.size(), kNoStep), above_(graph.size()) {
    for (const Index index : selection.nodes) {
      const compile::Node* node = manifest.find_node(graph.ids()[index]);
      if (node == nullptr) continue;  // sources and exposures: nothing to do
      // A build runs the unit tests of what it builds.
      if (request.command == "build" && node->type == ResourceType::kUnitTest &&
          !selects(selection, graph.parents(index)))
        continue;
      step_of_[index] = nodes_.size();
      nodes_.push_back(node);
      indexes_.push_back(index);
    }
  }

  Plan make() {
    find_steps_above();
    waits_.resize(nodes_.size());
    for (size_t step = 0; step < nodes_.size(); ++step) waits_[step] = above_[indexes_[step]];
    if (request_.command == "build") {
      guard_with_tests();
      put_unit_tests_first();
    }
    for (std::vector<size_t>& waits : waits_) sort_unique(waits);
    return in_order();
  }

 private:
  static bool selects(const graph::Selection& selection, const std::vector<Index>& all) {
    return std::all_of(all.begin(), all.end(), [&selection](Index index) {
      return std::find(selection.nodes.begin(), selection.nodes.end(), index) !=
             selection.nodes.end();
    });
  }

  bool is_test(size_t step) const {
    return nodes_[step]->type == ResourceType::kTest ||
           nodes_[step]->type == ResourceType::kUnitTest;
  }

  static void sort_unique(std::vector<size_t>& steps) {
    std::sort(steps.begin(), steps.end());
    steps.erase(std::unique(steps.begin(), steps.end()), steps.end());
  }

  // For each resource the nearest steps above it.
  void find_steps_above() {
    for (const Index index : graph_.topological_order()) {
      std::vector<size_t>& above = above_[index];
      for (const Index parent : graph_.parents(index)) {
        if (step_of_[parent] != kNoStep)
          above.push_back(step_of_[parent]);
        else
          above.insert(above.end(), above_[parent].begin(), above_[parent].end());
      }
      sort_unique(above);
    }
  }

  bool is_unit_test(size_t step) const { return nodes_[step]->type == ResourceType::kUnitTest; }

  // A unit test needs what its model needs, not the model, which is built when the test passed.
  void put_unit_tests_first() {
    for (size_t step = 0; step < nodes_.size(); ++step) {
      if (!is_unit_test(step)) continue;
      for (const Index parent : graph_.parents(indexes_[step])) {
        const size_t model = step_of_[parent];
        if (model == kNoStep) continue;
        std::vector<size_t>& waits = waits_[step];
        std::erase(waits, model);
        for (const size_t waited : waits_[model])
          if (!is_unit_test(waited)) waits.push_back(waited);
        waits_[model].push_back(step);
      }
    }
  }

  // Lets what lies below all parents of a test wait for it.
  void guard_with_tests() {
    std::unordered_map<Index, std::vector<size_t>> readers;  // of what tests of one parent test
    std::vector<size_t> joined;                              // tests of several parents
    for (size_t step = 0; step < nodes_.size(); ++step) {
      if (!is_test(step) || is_unit_test(step)) continue;
      const std::vector<Index>& parents = graph_.parents(indexes_[step]);
      if (parents.size() > 1) joined.push_back(step);
      if (parents.size() != 1) continue;
      const auto [found, inserted] = readers.try_emplace(parents.front());
      if (inserted) found->second = nearest_readers(parents.front());
      for (const size_t reader : found->second) waits_[reader].push_back(step);
    }
    constexpr size_t kBatch = 64;
    for (size_t begin = 0; begin < joined.size(); begin += kBatch)
      guard_with_batch({joined.data() + begin, std::min(kBatch, joined.size() - begin)});
  }

  // Up to 64 tests at once, a bit for each. Going down the graph, one word per resource and parent
  // slot says below which tests' parents the resource lies; it is guarded by those whose every
  // parent is above it.
  void guard_with_batch(std::span<const size_t> tests) {
    std::vector<uint64_t> below_all(graph_.size(), ~uint64_t{0});
    size_t num_slots = 0;
    for (const size_t test : tests)
      num_slots = std::max(num_slots, graph_.parents(indexes_[test]).size());
    for (size_t slot = 0; slot < num_slots; ++slot) and_below_slot(tests, slot, below_all);
    for (size_t step = 0; step < nodes_.size(); ++step) {
      if (is_test(step)) continue;
      const Index index = indexes_[step];
      uint64_t guards = below_all[index];
      for (const size_t above : above_[index]) guards &= ~below_all[indexes_[above]];
      for (; guards != 0; guards &= guards - 1)
        waits_[step].push_back(tests[static_cast<size_t>(std::countr_zero(guards))]);
    }
  }

  // Takes out of `below_all` the tests whose parent number `slot` is not above. A test with fewer
  // parents has its last one again.
  void and_below_slot(std::span<const size_t> tests, size_t slot,
                      std::vector<uint64_t>& below_all) const {
    std::vector<uint64_t> own(graph_.size(), 0);
    std::vector<uint64_t> below(graph_.size(), 0);
    for (size_t bit = 0; bit < tests.size(); ++bit) {
      const std::vector<Index>& parents = graph_.parents(indexes_[tests[bit]]);
      own[parents[std::min(slot, parents.size() - 1)]] |= uint64_t{1} << bit;
    }
    for (const Index index : graph_.topological_order()) {
      for (const Index parent : graph_.parents(index)) below[index] |= below[parent] | own[parent];
      below_all[index] &= below[index];
    }
  }

  // Steps that are not tests, below `start` with no step in between.
  std::vector<size_t> nearest_readers(Index start) const {
    std::vector<size_t> readers;
    std::unordered_set<Index> seen;
    std::vector<Index> open{start};
    while (!open.empty()) {
      const Index current = open.back();
      open.pop_back();
      for (const Index child : graph_.children(current)) {
        const size_t step = step_of_[child];
        if (step != kNoStep && is_test(step)) continue;
        if (!seen.insert(child).second) continue;
        if (step == kNoStep)
          open.push_back(child);
        else
          readers.push_back(step);
      }
    }
    return readers;
  }

  std::vector<std::vector<size_t>> readers_of() const {
    std::vector<std::vector<size_t>> readers(nodes_.size());
    for (size_t step = 0; step < nodes_.size(); ++step)
      for (const size_t waited : waits_[step]) readers[waited].push_back(step);
    return readers;
  }

  // Steps parents first, in any order.
  std::vector<size_t> any_order(const std::vector<std::vector<size_t>>& readers) const {
    std::vector<size_t> num_open(nodes_.size());
    std::vector<size_t> order;
    for (size_t step = 0; step < nodes_.size(); ++step) {
      num_open[step] = waits_[step].size();
      if (num_open[step] == 0) order.push_back(step);
    }
    for (size_t i = 0; i < order.size(); ++i)
      for (const size_t reader : readers[order[i]])
        if (--num_open[reader] == 0) order.push_back(reader);
    SLUICE_CHECK(order.size() == nodes_.size());
    return order;
  }

  Plan in_order() const {
    const std::vector<std::vector<size_t>> readers = readers_of();
    const std::vector<size_t> any = any_order(readers);
    std::vector<size_t> height(nodes_.size(), 0);
    for (size_t i = any.size(); i-- > 0;)
      for (const size_t reader : readers[any[i]])
        height[any[i]] = std::max(height[any[i]], height[reader] + 1);

    const auto later = [&height](size_t a, size_t b) {
      return height[a] != height[b] ? height[a] < height[b] : a > b;
    };
    std::priority_queue<size_t, std::vector<size_t>, decltype(later)> ready(later);
    std::vector<size_t> num_open(nodes_.size());
    for (size_t step = 0; step < nodes_.size(); ++step) {
      num_open[step] = waits_[step].size();
      if (num_open[step] == 0) ready.push(step);
    }
    std::vector<size_t> place(nodes_.size());
    Plan plan;
    plan.steps.reserve(nodes_.size());
    while (!ready.empty()) {
      const size_t step = ready.top();
      ready.pop();
      place[step] = plan.steps.size();
      plan.steps.push_back(make_step(step, place));
      for (const size_t reader : readers[step])
        if (--num_open[reader] == 0) ready.push(reader);
    }
    return plan;
  }

  Step make_step(size_t number, const std::vector<size_t>& place) const {
    Step step;
    step.unique_id = nodes_[number]->unique_id;
    Decision decision = decide(*nodes_[number], request_);
    step.action = decision.action;
    step.reason = std::move(decision.reason);
    step.waits_for.reserve(waits_[number].size());
    for (const size_t waited : waits_[number]) step.waits_for.push_back(place[waited]);
    std::sort(step.waits_for.begin(), step.waits_for.end());
    if (step.action != Action::kSkip) step.relation = nodes_[number]->relation_name;
    return step;
  }

  const graph::Graph& graph_;
  const PlanRequest& request_;
  std::vector<const compile::Node*> nodes_;  // by step, in selection order
  std::vector<Index> indexes_;               // by step
  std::vector<size_t> step_of_;              // by Index
  std::vector<std::vector<size_t>> above_;   // by Index
  std::vector<std::vector<size_t>> waits_;   // by step
};

}  // namespace

std::string_view action_name(Action action) {
  switch (action) {
    case Action::kSkip:
      return "skip";
    case Action::kFull:
      return "full";
    case Action::kView:
      return "view";
    case Action::kTest:
      return "test";
    case Action::kOperation:
      return "operation";
    case Action::kClone:
      return "clone";
    case Action::kFreshness:
      return "freshness";
  }
  return "full";
}

Plan make_plan(const compile::Manifest& manifest, const graph::Graph& graph,
               const graph::Selection& selection, const PlanRequest& request) {
  return Planner(manifest, graph, selection, request).make();
}

namespace {

// "1, 4" or "1, 4, 5 and 9 more"; steps count from 1 as they are printed.
std::string waits_text(const std::vector<size_t>& waits) {
  constexpr size_t kShown = 3;
  std::string text;
  for (size_t i = 0; i < waits.size() && i < kShown; ++i)
    text += fmt::format("{}{}", i == 0 ? "" : ", ", waits[i] + 1);
  if (waits.size() > kShown) text += fmt::format(" and {} more", waits.size() - kShown);
  return text.empty() ? "-" : text;
}

}  // namespace

std::string to_text(const Plan& plan) {
  std::vector<std::array<std::string, 5>> rows{{"step", "action", "node", "waits for", "why"}};
  for (size_t i = 0; i < plan.steps.size(); ++i) {
    const Step& step = plan.steps[i];
    rows.push_back({std::to_string(i + 1), std::string(action_name(step.action)), step.unique_id,
                    waits_text(step.waits_for), step.reason});
  }
  std::array<size_t, 5> widths{};
  for (const auto& row : rows)
    for (size_t column = 0; column < row.size(); ++column)
      widths[column] = std::max(widths[column], row[column].size());
  std::string out;
  for (const auto& row : rows)
    out += fmt::format("{:>{}}  {:<{}}  {:<{}}  {:<{}}  {}\n", row[0], widths[0], row[1], widths[1],
                       row[2], widths[2], row[3], widths[3], row[4]);
  return out;
}

std::string to_json(const Plan& plan) {
  JsonWriter writer;
  writer.begin_object().key("steps").begin_array();
  for (const Step& step : plan.steps) {
    writer.begin_object();
    writer.field("unique_id", std::string_view(step.unique_id));
    writer.field("action", action_name(step.action));
    writer.field("reason", std::string_view(step.reason));
    writer.key("waits_for").begin_array();
    for (const size_t waited : step.waits_for) writer.string(plan.steps[waited].unique_id);
    writer.end_array();
    writer.key("relation");
    if (step.relation.empty())
      writer.null();
    else
      writer.string(step.relation);
    writer.end_object();
  }
  writer.end_array().end_object();
  return writer.take();
}

}  // namespace sluice::plan
