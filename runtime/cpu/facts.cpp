#include <algorithm>
#include <chrono>

#include "runtime/cpu/instruction_sets.h"
#include "runtime/cpu/program.h"
#include "runtime/timing.h"

namespace zsq::runtime {

std::vector<std::string> computed_by(const Plan& plan, const SessionOptions& options) {
  std::vector<std::string> by(plan.steps.size());
  for (const cpu::Choice& choice : cpu::choose(plan, cpu::implementations_from(options.path), 1)) {
    const std::string way = choice.implementation->way(plan, choice.stage);
    by[choice.stage.first].append(choice.implementation->name()).append(way.empty() ? "" : ": ").append(way);
  }
  return by;
}

double product_peak(const std::string& path) {
  constexpr int kTries = 10;
  constexpr std::int64_t kRounds = 20'000;  // a fraction of a millisecond
  const auto sets = cpu::instruction_sets();
  const auto set = std::ranges::find(sets, path, &cpu::InstructionSet::name);
  if (set == sets.end() || set->tiles == nullptr || !set->is_here()) return 0;
  const std::vector<std::int8_t> bytes(1024, 1);
  using Clock = std::chrono::steady_clock;
  double most = 0;
  for (int i = 0; i < kTries; ++i) {
    const auto begin = Clock::now();
    const std::int64_t products = set->tiles->peak(bytes.data(), kRounds);
    most = std::max(
        most, static_cast<double>(products) / std::chrono::duration<double>(Clock::now() - begin).count());
  }
  return most;
}

}  // namespace zsq::runtime
