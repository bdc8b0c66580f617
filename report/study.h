#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace zsq::report {

/// How the values of a tensor lie, over all channels and within them.
struct Spread {
  double low = 0, high = 0;                // least and largest value
  double deviation = 0;                    // standard
  double kurtosis = 0;                     // 3: as a normal distribution's
  double channel_precision = 0;            // mean over channels of channel range / tensor range, 0..1
  double least_range = 0, most_range = 0;  // of the channels that vary
  std::int64_t channels = 0, dead = 0;     // dead: that do not vary

  double range() const { return high - low; }
};

/// Float activations in bins of equal width, and where the integer grid ends.
struct Histogram {
  double low = 0, high = 0;
  std::vector<std::int64_t> counts;
  double grid_low = 0, grid_high = 0;
};

/// One tensor that the integer program makes, and the layer that makes it.
struct StudyLayer {
  std::string name, step;  // of the tensor; what makes it, for a reader: "conv2d 3x3 depthwise"
  bool depthwise = false;
  int weight_bits = 0;      // 0: it has no weights
  int activation_bits = 0;  // 32: of a wide value, on no grid
  std::optional<Spread> weights_given, weights_folded,
      weights_equalized;                      // before folding, after, as quantized
  Spread activations, activations_equalized;  // of the float network
  double range_ratio = 0;                     // its range / that of the tensor before
  std::optional<double> weight_sqnr_db;       // of its weights on their grid
  double alone_db = 0, alone_mse = 0;  // of its integers, its inputs being the float network's on their grids
  double accumulated_db = 0, accumulated_mse = 0;  // of its integers, all before it being integers too
  double mean_shift = 0;                           // largest |mean error| of a channel, in its own deviations
  double saturated = 0;                            // float values beyond the grid, per cent
  double output_db = 0;    // SQNR of the network's output where this alone is in integers
  double noise_share = 0;  // of the sum over tensors of the noise they so make, per cent
  Histogram histogram;
};

/// What the integer program makes of the network's end, beside float.
struct StudyEnd {
  double sqnr_db = 0;
  std::optional<double> agreement = {};  // per cent; of classifiers, as the others are
  double cross_entropy = 0, float_entropy = 0,
         divergence = 0;  // nats; divergence: Kullback-Leibler, float from integers
};

/// A sentence with its reason, and a command.
struct Advice {
  std::string text, command;
};

/// The multi-scale study of Yun and Wong 2021 ("Do All MobileNets Quantize Poorly?") of one integer program.
struct Study {
  std::string network, plan, images;  // images: "64 synthesized"
  std::int64_t image_count = 0;
  std::vector<StudyLayer> layers;
  StudyEnd end;
  std::vector<Advice> advice;
};

/// What `zsq analyze` prints, as tables and as JSON.
std::string to_text(const Study& study);
nlohmann::json to_json(const Study& study);

}  // namespace zsq::report
