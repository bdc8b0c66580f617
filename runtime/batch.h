#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <vector>

#include "runtime/layout.h"
#include "runtime/session.h"

/// What a batch looks like while a plan runs on the host. Private to runtime/.
namespace zsq::runtime {

/// Where the values of a batch are. Owns none of them.
struct Batch {
  std::int64_t images = 0;
  std::span<const std::uint8_t> pixels;          // [n][h][w][c]
  std::vector<std::span<std::int32_t>> outputs;  // by output of the plan: [n][h][w][c]
  std::vector<std::byte*> slots;                 // by slot; of a slot that is not alive, anything
  std::span<const Layout> layouts;               // by slot
};

/// Some images of a batch.
struct Images {
  std::int64_t first = 0, count = 0;
};

/// Those images of what Session::run was given, which fits the plan. Slots have neither place nor layout yet.
Batch part_of(const Plan& plan, std::span<const std::uint8_t> pixels,
              std::span<const std::span<std::int32_t>> outputs, Images images);

/// Output rows of a step, counted through the batch: row r is row r % h of image r / h. No row depends on
/// another of the same step, so any partition of them gives the same result.
struct Rows {
  std::int64_t begin = 0, end = 0;
};

/// Values of one slot, or of the pixels, with their extents.
template <class T>
struct Grid {
  T* values;
  Shape shape;                  // of one image
  std::int64_t channel_stride;  // from a place to the next

  /// The channels of one place.
  T* at(std::int64_t n, std::int64_t y, std::int64_t x) const {
    return place((n * shape.h + y) * shape.w + x);
  }
  /// Those of a place counted through the batch.
  T* place(std::int64_t i) const { return values + i * channel_stride; }
  std::int64_t places() const { return shape.h * shape.w; }  // of one image
};

/// T is int8 for a narrow slot and int32 for a wide one.
template <class T = std::int8_t>
Grid<const T> read(const Plan& plan, const Batch& batch, SlotId id) {
  return {reinterpret_cast<const T*>(batch.slots[index(id)]), plan[id].shape,
          batch.layouts[index(id)].channel_stride};
}
template <class T = std::int8_t>
Grid<T> write(const Plan& plan, const Batch& batch, SlotId id) {
  return {reinterpret_cast<T*>(batch.slots[index(id)]), plan[id].shape,
          batch.layouts[index(id)].channel_stride};
}

/// Shows the observer all values of a slot, without padding.
void show(const Plan& plan, const Batch& batch, SlotId id, const Observer& observer);

/// Copies a slot to where the caller of a session wants it, if it is an output of the plan.
void hand_out(const Plan& plan, const Batch& batch, SlotId id);

/// Memory for activations, aligned for any vector.
class Arena {
 public:
  Arena() = default;

  /// images * per_image bytes, zero. Throws Error (Fault::device) if there is no memory for them.
  Arena(std::int64_t images, std::int64_t per_image);

  std::byte* data() const { return bytes_.get(); }
  std::int64_t size() const { return size_; }

 private:
  static constexpr std::align_val_t kAlignment{64};
  struct Free {
    void operator()(std::byte* bytes) const { ::operator delete[](bytes, kAlignment); }
  };
  std::unique_ptr<std::byte[], Free> bytes_;  // NOLINT(modernize-avoid-c-arrays)
  std::int64_t size_ = 0;
};

}  // namespace zsq::runtime
