#include "search/integer_program.h"

#include <algorithm>

namespace zsq::search {
namespace {

/// The same choices, where the least of one cost is sought beside what is left of the limits.
IntegerProgram for_least(const IntegerProgram& program, std::size_t limit, bool with_others) {
  IntegerProgram one{program.choices, {}};
  std::vector<std::size_t> kept;
  for (std::size_t k = 0; with_others && k < program.limits.size(); ++k)
    if (k != limit) kept.push_back(k);
  for (const std::size_t k : kept) one.limits.push_back(program.limits[k]);
  for (Choice& choice : one.choices)
    for (Option& option : choice.options) {
      std::vector<double> cost;
      for (const std::size_t k : kept) cost.push_back(option.cost[k]);
      option.loss = option.cost[limit];
      option.cost = std::move(cost);
    }
  return one;
}

std::optional<double> least(const IntegerProgram& program, std::size_t limit, bool with_others) {
  const auto found = solve(for_least(program, limit, with_others));
  if (!found) return std::nullopt;
  return cost_of(program, *found, limit);
}

/// The one of them that has to give way least, in proportion.
const Tightest& least_to_give(const std::vector<Tightest>& candidates) {
  return *std::ranges::min_element(candidates, {}, [](const Tightest& t) { return t.reachable / t.asked; });
}

}  // namespace

double loss_of(const IntegerProgram& program, const Assignment& assignment) {
  double sum = 0;
  for (std::size_t i = 0; i < assignment.size(); ++i) sum += program.choices[i].options[assignment[i]].loss;
  return sum;
}

double cost_of(const IntegerProgram& program, const Assignment& assignment, std::size_t limit) {
  double sum = 0;
  for (std::size_t i = 0; i < assignment.size(); ++i)
    sum += program.choices[i].options[assignment[i]].cost[limit];
  return sum;
}

bool is_within(const IntegerProgram& program, const Assignment& assignment) {
  for (std::size_t i = 0; i < assignment.size(); ++i) {
    const Choice& choice = program.choices[i];
    if (choice.follows && choice.options[assignment[i]].of_leader != assignment[*choice.follows])
      return false;
  }
  for (std::size_t k = 0; k < program.limits.size(); ++k)
    if (cost_of(program, assignment, k) > program.limits[k].most) return false;
  return true;
}

Tightest tightest(const IntegerProgram& program) {
  std::vector<Tightest> alone, beside;
  for (std::size_t k = 0; k < program.limits.size(); ++k) {
    const Limit& limit = program.limits[k];
    const double reachable = *least(program, k, /*with_others=*/false);
    if (reachable > limit.most) alone.push_back({limit.name, limit.most, reachable, true});
  }
  // Of several that are out of reach by themselves, the one furthest away: the others may be for its sake.
  if (!alone.empty())
    return *std::ranges::max_element(alone, {}, [](const Tightest& t) { return t.reachable / t.asked; });
  for (std::size_t k = 0; k < program.limits.size(); ++k)
    if (const auto reachable = least(program, k, /*with_others=*/true))
      beside.push_back({program.limits[k].name, program.limits[k].most, *reachable, false});
  if (!beside.empty()) return least_to_give(beside);
  return {program.limits[0].name, program.limits[0].most, *least(program, 0, false), false};
}

}  // namespace zsq::search
