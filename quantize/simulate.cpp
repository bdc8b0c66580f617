#include "quantize/simulate.h"

#include <torch/types.h>

namespace zsq::quantize {

torch::Tensor on_grid(const torch::Tensor& values, const QParams& grid) {
  return torch::fake_quantize_per_tensor_affine(values, grid.scale, grid.zero_point, grid.lowest(),
                                                grid.highest());
}

Tap rounding_tap(const QuantizedGraph& quantized) {
  Tap tap;
  tap.after = [&quantized](NodeId id, const torch::Tensor& value) {
    const auto& grid = quantized.activation[index(id)];
    return grid ? on_grid(value, *grid) : value;
  };
  return tap;
}

}  // namespace zsq::quantize
