#include "runtime/cpu/program.h"

#include <algorithm>

#include "runtime/step.h"

namespace zsq::runtime::cpu {
namespace {

MemoryDemand demand_of(const Plan& plan, std::span<const Choice> choices) {
  MemoryDemand demand{.stages = {}, .channel_multiple = std::vector<std::int64_t>(plan.slots.size(), 0)};
  for (const auto& [stage, implementation] : choices) {
    demand.stages.push_back(stage);
    const auto ask = [&, stage = stage, by = implementation](SlotId slot) {
      std::int64_t& multiple = demand.channel_multiple[index(slot)];
      multiple = std::max(multiple, by->channel_multiple(plan, stage, slot));
    };
    for (std::size_t i = stage.first; i < stage.end(); ++i) {
      for (const SlotId in : inputs(plan.steps[i])) ask(in);
      ask(output(plan.steps[i]));
    }
  }
  return demand;
}

}  // namespace

std::vector<Choice> choose(const Plan& plan, std::span<const Implementation* const> implementations,
                           std::size_t most_steps) {
  std::vector<Choice> choices;
  std::int64_t left = packing_limit(plan);
  for (std::size_t first = 0; first < plan.steps.size(); first = choices.back().stage.end()) {
    const std::size_t most = std::min(most_steps, plan.steps.size() - first);
    for (const Implementation* one : implementations) {
      const Stage stage{first, one->takes(plan, first, most)};
      if (stage.count == 0) continue;
      const std::int64_t packed = one->packed_bytes(plan, stage);
      if (packed > left) continue;
      left -= packed;
      choices.push_back({stage, one});
      break;
    }
  }
  return choices;
}

Program::Program(const Plan& plan, std::span<const Choice> choices)
    : memory_(plan_memory(plan, demand_of(plan, choices))) {
  for (const auto& [stage, implementation] : choices) {
    Part part{implementation->make(plan, stage, memory_.layout), {}};
    for (std::size_t i = stage.first; i < stage.end(); ++i) part.written.push_back(output(plan.steps[i]));
    parts_.push_back(std::move(part));
  }
}

bool Program::shows_every_slot() const {
  return std::ranges::all_of(parts_, [](const Part& part) { return part.written.size() == 1; });
}

}  // namespace zsq::runtime::cpu
