#include "analyze/integer_values.h"

#include <cstring>

#include "runtime/reference/compute.h"
#include "runtime/step.h"

namespace zsq::analyze {

namespace rt = zsq::runtime;

namespace {

torch::ScalarType type_of(const rt::Slot& slot) { return rt::is_wide(slot) ? torch::kInt : torch::kChar; }

}  // namespace

torch::Tensor to_real(const torch::Tensor& integers, const rt::PlanFile& file, rt::SlotId slot,
                      const torch::Tensor& gain) {
  const auto codes = integers.to(torch::kFloat64).permute({0, 3, 1, 2});
  const double scale = file.metadata.tensors[rt::index(slot)].scale;
  return (codes - file.plan[slot].zero_point) * scale / gain.view({1, -1, 1, 1});
}

torch::Tensor to_integers(const torch::Tensor& real, const rt::PlanFile& file, rt::SlotId slot,
                          const torch::Tensor& gain) {
  const rt::Slot& s = file.plan[slot];
  const double scale = file.metadata.tensors[rt::index(slot)].scale;
  auto codes = (real.to(torch::kFloat64) * gain.view({1, -1, 1, 1}) / scale + 0.5).floor() + s.zero_point;
  if (!rt::is_wide(s)) codes = codes.clamp(rt::range_of(s.bits).low, rt::range_of(s.bits).high);
  return codes.permute({0, 2, 3, 1}).to(type_of(s)).contiguous();
}

torch::Tensor copied(const rt::TensorView& view, const Shape& shape) {
  return std::visit(
      [&](const auto& values) {
        using T = std::remove_const_t<typename std::remove_reference_t<decltype(values)>::element_type>;
        const auto n = std::ssize(values) / (shape.c * shape.h * shape.w);
        auto tensor = torch::empty({n, shape.h, shape.w, shape.c}, torch::CppTypeToScalarType<T>::value);
        std::memcpy(tensor.data_ptr(), values.data(), values.size_bytes());
        return tensor;
      },
      view);
}

torch::Tensor step_alone(const rt::Plan& plan, const rt::Step& step,
                         const std::map<rt::SlotId, torch::Tensor>& inputs, const torch::Tensor& pixels) {
  const rt::SlotId out = rt::output(step);
  const Shape& shape = plan[out].shape;
  const std::int64_t n = pixels.size(0);
  auto made = torch::empty({n, shape.h, shape.w, shape.c}, type_of(plan[out]));
  const rt::Layouts layouts = rt::dense_layouts(plan);
  rt::Batch batch{.images = n, .layouts = layouts};
  batch.pixels = {pixels.const_data_ptr<std::uint8_t>(), static_cast<std::size_t>(pixels.numel())};
  batch.slots.resize(plan.slots.size());
  for (const auto& [slot, values] : inputs)
    batch.slots[rt::index(slot)] = static_cast<std::byte*>(values.data_ptr());
  batch.slots[rt::index(out)] = static_cast<std::byte*>(made.data_ptr());
  rt::reference::compute(plan, step, batch, {0, n * shape.h});
  return made;
}

}  // namespace zsq::analyze
