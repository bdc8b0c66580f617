#include "apps/option_tables.h"

namespace zsq::apps {

std::vector<OptionSpec> model_options() {
  return {{"input", "CxHxW", "", "what the network takes, where its file and side-car do not say"},
          {"arch", "NAME|FILE", "",
           "what a state dict is of, where it is not to be recognised: resnet50, or inspect --write-graph's "
           "net.json"},
          {"stats", "FILE", "",
           "what its batch norms remembered, where they are folded: of inspect --write-stats"},
          {"mean", "M,M,M", "", "subtracted from pixels in 0..1 (side-car: input.mean_01)"},
          {"std", "S,S,S", "", "what they are then divided by (side-car: input.std_01)"},
          {"resize", "N|HxW", "", "resize images first, their shorter side to N or to HxW"},
          {"crop", "N|HxW", "", "then crop their centre"}};
}

std::vector<OptionSpec> synthesis_options() {
  return {{"count", "N", "", "images to make or take (default: 256 to 64x64 pixels, 64 above)"},
          {"steps", "N", "", "steps of Adam for each batch (default: by image size)"},
          {"recipe", "FILE|NAME", "",
           "JSON of what decides the images but the seed, or a part: a report's \"recipe\"; or the name of a "
           "list of the "
           "quantizer's steps, which 'zsq help recipe' prints: guideline"},
          {"seed", "N", "0", "of every random choice"},
          {"device", "cpu|cuda", "cpu",
           "where images are made, cuda:1 on the second GPU; needs a LibTorch with CUDA"},
          {"threads", "N", "0", "0: one for each core; never changes a result"}};
}

std::vector<OptionSpec> width_options() {
  return {{"wbits", "2..8", "8", "bits of weights"},
          {"abits", "2..8", "8", "bits of activations"},
          {"bits", "RULES|FILE", "",
           "by layer, 'layer4.*=4,fc=8/6': weights/activations; or a .json file of zsq search"}};
}

std::vector<OptionSpec> method_options() {
  return {{"rounding", "auto|nearest|sum-preserving|second-order|learned", "auto",
           "how weights are rounded; auto: learned below 6 bits, else second-order"},
          {"learner", "straight-through|two-neighbours|mean-field", "straight-through",
           "how integers are learnt, where rounding is"},
          {"learning-steps", "N", "200", "steps of Adam for each block, where rounding is learned"},
          {"weight-range", "min-max|mse", "mse", "what a channel's weights' grid covers"},
          {"activation-range", "min-max|mse", "mse", "what an activation's grid covers"},
          {"granularity", "channel|tensor", "channel", "what of a layer's weights shares a scale"},
          {"activation-symmetry", "asymmetric|symmetric", "asymmetric",
           "whether activations' grids have a zero point of their own"},
          {"bias-correction", "none|empirical", "empirical", "take back the shift of each channel's mean"},
          {"equalization", "none|depthwise", "depthwise", "bring what depthwise layers read to one range"}};
}

std::vector<OptionSpec> output_options() {
  return {{"json", "", "", "one JSON object on stdout, nothing else there"},
          {"quiet", "", "", "no progress on stderr"},
          {"force", "", "", "replace what is there"}};
}

std::vector<OptionSpec> joined(std::vector<std::vector<OptionSpec>> lists) {
  std::vector<OptionSpec> all;
  for (auto& list : lists) all.insert(all.end(), list.begin(), list.end());
  return all;
}

}  // namespace zsq::apps
