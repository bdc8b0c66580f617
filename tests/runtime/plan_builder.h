#pragma once

#include <optional>

#include "runtime/plan.h"
#include "tests/runtime/dice.h"

/// Valid plans step by step, for tests and for fuzzing. Their numbers are meant to hurt: extreme weights,
/// biases at the edge of the proof, corners of every shift and multiplier, narrow clamps and widths.
namespace zsq::runtime {

/// Of stride 1, without padding.
inline Window window_of(int h, int w) { return {{h, w}, {}, {}, {}}; }

struct ConvSpec {
  std::int64_t outputs = 1;
  int groups = 1;
  Window window = {};
  int bits = 8;
  std::optional<SlotId> residual = {};
};

/// common: 8 bits, no clamp below them, and factors as lower() makes them.
enum class Manner { hurting, common };

/// Whatever a step does not say is drawn. Every function returns the slot it makes.
class PlanBuilder {
 public:
  PlanBuilder(std::uint64_t seed, Shape image, Manner manner = Manner::hurting);

  Dice& dice() { return dice_; }
  const Plan& plan() const { return plan_; }
  SlotId image() const { return SlotId{0}; }

  SlotId conv(SlotId in, const ConvSpec& spec);
  SlotId add(SlotId a, SlotId b);
  SlotId mul(SlotId a, SlotId b);
  SlotId avg_pool(SlotId in, const Window& window, bool constant_divisor);
  SlotId global_pool(SlotId in);
  SlotId upsample(SlotId in, Size2 factor);
  SlotId table(SlotId in);
  SlotId table_like(SlotId in, SlotId like);  // of the bits and zero point of `like`

  // Of narrow and of wide slots:
  SlotId max_pool(SlotId in, const Window& window);
  SlotId concat(std::vector<SlotId> in);
  SlotId slice(SlotId in, const zsq::Slice& ranges);
  SlotId pad(SlotId in, const zsq::Pad& amounts);
  SlotId shuffle(SlotId in, int groups);
  SlotId pixel_shuffle(SlotId in, Size2 factor);
  SlotId pixel_unshuffle(SlotId in, Size2 factor);
  SlotId upsample_nearest(SlotId in, Size2 factor);

  // Of wide slots; where a bound would not fit, the input is clamped first.
  SlotId wide_conv(SlotId in, const ConvSpec& spec);
  SlotId wide_table(SlotId in);
  SlotId wide_add(SlotId a, SlotId b);
  SlotId wide_avg_pool(SlotId in, const Window& window, bool constant_divisor);
  SlotId wide_global_pool(SlotId in);
  SlotId wide_activation(SlotId in);
  SlotId wide_upsample(SlotId in, Size2 factor);

  /// End the plan; it is valid then.
  Plan finish(std::vector<SlotId> outputs);
  Plan logits(SlotId in, std::int64_t classes, int bits = 8);

 private:
  // plan_builder.cpp
  SlotId slot(const Shape& shape);
  SlotId slot_like(const Shape& shape, SlotId like);
  SlotId table_into(SlotId in, SlotId out);
  Clamp clamp(SlotId out);
  Kernel kernel(SlotId in, const ConvSpec& spec);
  void put_bias_at_the_edge(Kernel& kernel, std::size_t o, std::int64_t bound, int shift);
  Rescale rescale(std::int64_t bound);
  void add_residual(SlotId in, Conv2d& step);
  bool is_sound(const Rescale& r, std::int64_t bound, const Residual& residual, std::size_t o,
                const Conv2d& step) const;

  // plan_builder_wide.cpp
  std::int64_t reach(SlotId id) const;  // of |x - z| over the slot's values
  SlotId wide_slot(const Shape& shape, std::int64_t reach);
  SlotId clamped(SlotId in, std::int64_t most);
  std::int64_t up_to(std::int64_t most);

  Dice dice_;
  Manner manner_;
  Plan plan_;
  std::vector<std::int64_t> reach_;  // by slot: the bound of a wide one
};

}  // namespace zsq::runtime
