#include "runtime/batch.h"

#include <algorithm>

#include "graph/check.h"

namespace zsq::runtime {

Batch part_of(const Plan& plan, std::span<const std::uint8_t> pixels,
              std::span<const std::span<std::int32_t>> outputs, Images images) {
  const auto part = [&](auto all, const Shape& shape) {
    return all.subspan(static_cast<std::size_t>(images.first * shape.size()),
                       static_cast<std::size_t>(images.count * shape.size()));
  };
  Batch batch{images.count, part(pixels, plan.image), {}, {}, {}};
  for (std::size_t i = 0; i < outputs.size(); ++i)
    batch.outputs.push_back(part(outputs[i], plan[plan.outputs[i]].shape));
  batch.slots.resize(plan.slots.size());
  return batch;
}

void show(const Plan& plan, const Batch& batch, SlotId id, const Observer& observer) {
  by_type(plan[id], [&]<class T>(T) {
    const auto grid = read<T>(plan, batch, id);
    const std::int64_t channels = grid.shape.c, places = batch.images * grid.places();
    if (grid.channel_stride == channels) {
      observer(id, std::span(grid.values, static_cast<std::size_t>(places * channels)));
      return;
    }
    std::vector<T> dense;
    dense.reserve(static_cast<std::size_t>(places * channels));
    for (std::int64_t i = 0; i < places; ++i)
      dense.insert(dense.end(), grid.place(i), grid.place(i) + channels);
    observer(id, std::span<const T>(dense));
  });
}

void hand_out(const Plan& plan, const Batch& batch, SlotId id) {
  const auto found = std::ranges::find(plan.outputs, id);
  if (found == plan.outputs.end()) return;
  std::int32_t* to = batch.outputs[static_cast<std::size_t>(found - plan.outputs.begin())].data();
  by_type(plan[id], [&]<class T>(T) {
    const auto grid = read<T>(plan, batch, id);
    for (std::int64_t i = 0; i < batch.images * grid.places(); ++i)
      to = std::transform(grid.place(i), grid.place(i) + grid.shape.c, to,
                          [zero = plan[id].zero_point](std::int32_t q) { return q - zero; });
  });
}

Arena::Arena(std::int64_t images, std::int64_t per_image) {
  const auto refuse = [&] {
    fail(Fault::device, "there is no memory for the activations of ", images, " images of ", per_image,
         " bytes each; try a smaller batch");
  };
  constexpr std::int64_t kAddressable = std::int64_t{1} << 46;
  if (images > kAddressable / per_image) refuse();
  size_ = images * per_image;
  try {
    bytes_.reset(new (kAlignment) std::byte[static_cast<std::size_t>(size_)]{});
  } catch (const std::bad_alloc&) {
    refuse();
  }
}

}  // namespace zsq::runtime
