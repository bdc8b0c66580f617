#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/plan.h"

/// What a batch looks like while a plan runs on the host. Private to runtime/.
namespace zsq::runtime {

/// Where the values of a batch are. Owns nothing.
struct Batch {
  std::int64_t images = 0;
  std::span<const std::uint8_t> pixels;  // [n][h][w][c]
  std::span<std::int32_t> logits;        // [n][classes]
  std::vector<std::int8_t*> slots;       // by slot: [n][h][w][c]; of a slot that is not alive, anything
};

/// Output rows of a step, counted through the batch: row r is row r % h of image r / h. No row depends on
/// another of the same step, so any partition of them gives the same result.
struct Rows {
  std::int64_t begin = 0, end = 0;
};

/// Values of one slot, or of the pixels, with their extents.
template <class T>
struct Grid {
  T* values;
  Shape shape;  // of one image

  /// The channels of one place.
  T* at(std::int64_t n, std::int64_t y, std::int64_t x) const {
    return values + ((n * shape.h + y) * shape.w + x) * shape.c;
  }
};

inline Grid<const std::int8_t> read(const Plan& plan, const Batch& batch, SlotId id) {
  return {batch.slots[index(id)], plan[id].shape};
}
inline Grid<std::int8_t> write(const Plan& plan, const Batch& batch, SlotId id) {
  return {batch.slots[index(id)], plan[id].shape};
}

/// The places of a step's output, of one image; logits are {1, classes, 1, 1}.
Shape output_extents(const Plan& plan, const Step& step);

}  // namespace zsq::runtime
