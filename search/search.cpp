#include "search/search.h"

#include <algorithm>

#include "graph/check.h"

namespace zsq::search {
namespace {

Choice choice_of(const Group& group, const std::vector<double>& losses, std::size_t goals) {
  Choice choice{group.heads.empty() ? "" : group.heads.front(), {}, {}};
  for (const double loss : losses) choice.options.push_back({loss, std::vector<double>(goals, 0.0), 0});
  return choice;
}

Choice choice_of(const Measured& m, std::size_t l, const std::vector<Goal>& goals) {
  const Layer& layer = m.space.layers[l];
  const std::vector<int>& read = m.space.groups[layer.reads].widths;
  Choice choice{layer.name, {}, layer.reads};
  for (std::size_t w = 0; w < layer.widths.size(); ++w)
    for (std::size_t a = 0; a < read.size(); ++a) {
      Option option{m.sensitivity.weights[l][w], {}, a};
      for (const Goal& goal : goals)
        option.cost.push_back(cost_of(goal.cost, m.space, m.costs, l, layer.widths[w], read[a]));
      choice.options.push_back(std::move(option));
    }
  return choice;
}

double fixed_part(const Measured& m, Cost cost) { return fixed_cost(cost, m.space, m.costs); }

}  // namespace

double cost_at(const Measured& m, Cost cost, const Widths& widths) {
  double sum = fixed_part(m, cost);
  for (std::size_t l = 0; l < m.space.layers.size(); ++l) {
    const Layer& layer = m.space.layers[l];
    sum += cost_of(cost, m.space, m.costs, l, widths.weights[l], widths.activations[layer.reads]);
  }
  return sum;
}

IntegerProgram program_of(const Measured& m, const std::vector<Goal>& goals) {
  IntegerProgram program;
  for (std::size_t g = 0; g < m.space.groups.size(); ++g)
    program.choices.push_back(choice_of(m.space.groups[g], m.sensitivity.activations[g], goals.size()));
  for (std::size_t l = 0; l < m.space.layers.size(); ++l) program.choices.push_back(choice_of(m, l, goals));
  for (const Goal& goal : goals)
    program.limits.push_back({std::string(name(goal.cost)), goal.most - fixed_part(m, goal.cost)});
  return program;
}

Widths best_widths(const Measured& m, const std::vector<Goal>& goals) {
  const IntegerProgram program = program_of(m, goals);
  const auto found = solve(program);
  if (!found) {
    const Tightest t = tightest(program);
    const auto at = std::ranges::find(program.limits, t.name, &Limit::name) - program.limits.begin();
    const Goal& goal = goals[static_cast<std::size_t>(at)];
    fail(Fault::target, "no choice of widths has ", t.name, " of at most ", cost_text(goal.cost, goal.most),
         t.is_alone || goals.size() == 1 ? "" : " beside the other limits",
         "; the least that can be reached is ", cost_text(goal.cost, t.reachable + fixed_part(m, goal.cost)),
         ", so ask for that, or allow fewer bits");
  }
  Widths widths;
  const std::size_t groups = m.space.groups.size();
  for (std::size_t g = 0; g < groups; ++g)
    widths.activations.push_back(m.space.groups[g].widths[(*found)[g]]);
  for (std::size_t l = 0; l < m.space.layers.size(); ++l) {
    const std::size_t read = m.space.groups[m.space.layers[l].reads].widths.size();
    widths.weights.push_back(m.space.layers[l].widths[(*found)[groups + l] / read]);
  }
  return widths;
}

}  // namespace zsq::search
