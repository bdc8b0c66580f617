#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <span>

#include "runtime/plan.h"
#include "runtime/plan_file.h"

/// Valid plans out of a seed, for tests and for fuzzing. Their numbers are meant to hurt: extreme weights,
/// biases at the edge of the proof, corners of every shift and multiplier, narrow clamps and widths.
namespace zsq::runtime {

/// The same numbers on every machine, which the standard's distributions do not promise.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}

  std::int64_t between(std::int64_t low, std::int64_t high) {  // both included
    return low + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(high - low + 1));
  }
  bool one_in(std::int64_t n) { return between(1, n) == 1; }
  template <class T>
  T pick(std::initializer_list<T> choices) {
    return std::data(choices)[between(0, std::ssize(choices) - 1)];
  }

 private:
  std::mt19937_64 random_;
};

/// Of stride 1, without padding.
inline Window window_of(int h, int w) { return {{h, w}, {}, {}, {}}; }

struct ConvSpec {
  std::int64_t outputs = 1;
  int groups = 1;
  Window window = {};
  int bits = 8;
  std::optional<SlotId> residual = {};
};

/// Builds a plan step by step; whatever a step does not say is drawn. Every function returns the slot it
/// makes.
class PlanBuilder {
 public:
  PlanBuilder(std::uint64_t seed, Shape image);

  Dice& dice() { return dice_; }
  const Plan& plan() const { return plan_; }
  SlotId image() const { return SlotId{0}; }

  SlotId conv(SlotId in, const ConvSpec& spec);
  SlotId add(SlotId a, SlotId b);
  SlotId mul(SlotId a, SlotId b);
  SlotId max_pool(SlotId in, const Window& window);
  SlotId avg_pool(SlotId in, const Window& window, bool constant_divisor);
  SlotId global_pool(SlotId in);
  SlotId table(SlotId in);
  SlotId table_like(SlotId in, SlotId like);  // of the bits and zero point of `like`
  SlotId concat(std::vector<SlotId> in);
  SlotId slice(SlotId in, const zsq::Slice& ranges);
  SlotId pad(SlotId in, const zsq::Pad& amounts);
  SlotId shuffle(SlotId in, int groups);

  /// End the plan; it is valid then.
  Plan logits(SlotId in, std::int64_t classes, int bits = 8);
  Plan widen(SlotId in);

 private:
  SlotId slot(const Shape& shape);
  SlotId slot_like(const Shape& shape, SlotId like);
  SlotId table_into(SlotId in, SlotId out);
  Clamp clamp(SlotId out);
  Kernel kernel(SlotId in, const ConvSpec& spec);
  void put_bias_at_the_edge(Kernel& kernel, std::size_t o, std::int64_t bound, int shift);
  Rescale rescale(std::int64_t bound);
  Residual residual(SlotId in, std::vector<Rescale>& beside);

  Dice dice_;
  Plan plan_;
};

/// A whole plan of a few steps of every kind, of small tensors.
Plan random_plan(std::uint64_t seed);

/// Metadata that fits the plan.
PlanFile random_plan_file(std::uint64_t seed);

/// Pixels that are noise, or extreme everywhere.
std::vector<std::uint8_t> random_pixels(const Plan& plan, std::int64_t images, std::uint64_t seed);

}  // namespace zsq::runtime
