#include "runtime/cuda/frame.h"

namespace zsq::runtime::cuda {

Tensor LaunchBuilder::tensor(SlotId id, bool writable) {
  const Layout& layout = frame_.layouts[index(id)];
  launch_.regions.push_back({frame_.slots[index(id)], frame_.images * layout.bytes(), writable});
  return {.values = frame_.slots[index(id)],
          .h = static_cast<std::int32_t>(layout.shape.h),
          .w = static_cast<std::int32_t>(layout.shape.w),
          .stride = static_cast<std::int32_t>(layout.channel_stride),
          .zero_point = (*frame_.plan)[id].zero_point};
}

Tensor LaunchBuilder::reads_pixels() {
  const Shape& image = frame_.plan->image;
  launch_.regions.push_back({frame_.pixels, frame_.images * image.size(), false});
  return {.values = frame_.pixels,
          .h = static_cast<std::int32_t>(image.h),
          .w = static_cast<std::int32_t>(image.w),
          .stride = static_cast<std::int32_t>(image.c)};
}

Address LaunchBuilder::writes(const Memory& memory, std::int64_t bytes) {
  launch_.regions.push_back({memory.address(), bytes, true});
  return memory.address();
}

Address LaunchBuilder::output(std::size_t i, bool writable) {
  const Plan& plan = *frame_.plan;
  launch_.regions.push_back(
      {frame_.outputs[i], frame_.images * plan[plan.outputs[i]].shape.size() * 4, writable});
  return frame_.outputs[i];
}

Address LaunchBuilder::reads(const ConstantArray& array) {
  const Address begin = frame_.constants + static_cast<Address>(array.offset);
  launch_.regions.push_back({begin, array.bytes, false});
  return begin;
}

Work LaunchBuilder::values_of(SlotId id, std::int64_t together) const {
  const Shape& shape = (*frame_.plan)[id].shape;
  const std::int64_t groups = (shape.c + together - 1) / together;
  return {divisor(groups), divisor(shape.w), divisor(shape.h),
          static_cast<std::uint32_t>(frame_.images * shape.h * shape.w * groups)};
}

std::string kernel_for(const Plan& plan, SlotId id, const std::string& name) {
  return (is_wide(plan[id]) ? "zsq_wide_" : "zsq_") + name;
}

}  // namespace zsq::runtime::cuda
