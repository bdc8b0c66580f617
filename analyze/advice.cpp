#include "analyze/advice.h"

#include <algorithm>

#include "graph/text_table.h"

namespace zsq::analyze {
namespace {

using report::Advice;
using report::Study;
using report::StudyLayer;

/// "`conv1`: 41 % of the output's noise; channel precision 0.04".
std::string noise_of(const StudyLayer& l) {
  std::string text = "`" + l.name + "` alone makes " + fixed(l.noise_share, 0) +
                     " % of the output's noise, its channels' ranges being " +
                     fixed(100 * l.activations_equalized.channel_precision, 0) +
                     " % of the tensor's on average";
  if (l.weight_sqnr_db) text += " and its weights' SQNR " + fixed(*l.weight_sqnr_db, 1) + " dB";
  return text;
}

/// For a tensor that is to blame for much of the noise.
Advice about_noise(const StudyLayer& l, bool before_depthwise, const std::string& model) {
  const std::string quantize = "zsq quantize " + model + " -o better.zsq ";
  const bool equalized = l.activations_equalized.channel_precision > l.activations.channel_precision + 0.01;
  if (l.weight_bits > 0 && l.weight_bits < 8)
    return {noise_of(l) + "; give its weights 8 bits", quantize + "--bits '" + l.name + "=8/8'"};
  if (l.activation_bits < 8)
    return {noise_of(l) + "; give it 8 bits", quantize + "--bits '" + l.name + "=8/8'"};
  if (before_depthwise && !equalized && l.activations.channel_precision < 0.5)
    return {noise_of(l) + "; bring its channels to one range", quantize + "--equalization depthwise"};
  if (l.weight_bits == 0)
    return {noise_of(l) + "; it has 8 bits already, so see what a range that cuts nothing off does",
            quantize + "--activation-range min-max"};
  return {noise_of(l) + "; it has 8 bits already, so see what learned rounding of the weights does",
          quantize + "--rounding learned"};
}

}  // namespace

std::vector<Advice> advice(const Study& study, const std::string& model) {
  constexpr double kMuchNoise = 20, kMuchBeyond = 0.5;  // per cent
  constexpr double kMuchShift = 0.5;                    // of a channel's deviation
  std::vector<Advice> all;
  std::vector<std::size_t> noisy;
  for (std::size_t i = 0; i < study.layers.size(); ++i)
    if (study.layers[i].noise_share >= kMuchNoise) noisy.push_back(i);
  std::ranges::sort(
      noisy, [&](auto a, auto b) { return study.layers[a].noise_share > study.layers[b].noise_share; });
  for (const std::size_t i : noisy)
    all.push_back(
        about_noise(study.layers[i], i + 1 < study.layers.size() && study.layers[i + 1].depthwise, model));
  const auto beyond = std::ranges::max_element(study.layers, {}, &StudyLayer::saturated);
  if (beyond != study.layers.end() && beyond->saturated > kMuchBeyond)
    all.push_back({"`" + beyond->name + "` has " + fixed(beyond->saturated, 2) +
                       " % of its values beyond its grid; calibrate on images that reach as far, or let "
                       "ranges cover all",
                   "zsq quantize " + model + " -o better.zsq --activation-range min-max"});
  const auto shifted = std::ranges::max_element(study.layers, {}, &StudyLayer::mean_shift);
  if (shifted != study.layers.end() && shifted->mean_shift > kMuchShift)
    all.push_back({"a channel of `" + shifted->name + "` is off by " + fixed(shifted->mean_shift, 1) +
                       " of its deviations on average; bias correction takes such shifts back",
                   "zsq quantize " + model + " -o better.zsq --bias-correction empirical"});
  for (const StudyLayer& l : study.layers)
    if (l.weight_bits > 0 && l.activations.dead * 4 > l.activations.channels)
      all.push_back({"`" + l.name + "` has " + std::to_string(l.activations.dead) + " of " +
                         std::to_string(l.activations.channels) +
                         " channels that never vary; they cost time and no accuracy, so they could be pruned",
                     ""});
  return all;
}

}  // namespace zsq::analyze
