#include "tests/fuzz/run_plan.h"

#include <algorithm>
#include <vector>

#include "runtime/session.h"

namespace zsq::fuzz {
namespace {

using namespace zsq::runtime;

/// Values of all slots, or more than are worth running.
std::int64_t values_in(const Plan& plan) {
  constexpr std::int64_t kMany = 1 << 20;
  std::int64_t sum = 0;
  for (const Slot& slot : plan.slots) sum = std::min(kMany, sum + std::min(kMany, slot.shape.size()));
  return sum;
}

void run(const Plan& plan) {
  const std::unique_ptr<Session> session = make_session(plan, Device::reference);
  const auto count = [](const Shape& shape) { return static_cast<std::size_t>(shape.size()); };
  for (const int pixel : {0, 255, 119}) {
    std::vector<std::uint8_t> pixels(count(plan.image));
    for (std::size_t i = 0; i < pixels.size(); ++i)
      pixels[i] = static_cast<std::uint8_t>(pixel == 119 ? 119 * i : static_cast<std::size_t>(pixel));
    std::vector<std::vector<std::int32_t>> values;
    for (const SlotId id : plan.outputs) values.emplace_back(count(plan[id].shape));
    std::vector<std::span<std::int32_t>> outputs(values.begin(), values.end());
    session->run(pixels, outputs);
  }
}

}  // namespace

void run_small(const Plan& plan) {
  constexpr std::int64_t kSmall = 1 << 13;
  if (values_in(plan) <= kSmall) run(plan);
}

}  // namespace zsq::fuzz
