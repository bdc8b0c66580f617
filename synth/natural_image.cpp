#include "synth/natural_image.h"

#include <torch/types.h>

#include "images/torch/pixel_codec.h"

namespace zsq::synth {

NaturalImage natural_image(const Preprocessing& preprocessing, std::int64_t channels) {
  const images::PixelRange range = images::pixel_range(preprocessing, channels);
  const torch::Tensor scale = (range.high - range.low).flatten();
  return {range.low.flatten() + 0.45 * scale, 0.225 * scale};
}

}  // namespace zsq::synth
