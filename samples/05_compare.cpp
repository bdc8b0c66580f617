/// 5. What the images are worth.
///
/// The same network is quantized three times at each precision: with noise, with images synthesized from its
/// batch norms, and with images of the data set, which a user without data does not have. The integer
/// programs then run on images that none of them has seen.
///
///   05_compare [MODEL]     of the shapes data set
#include <iomanip>

#include "bnstats/statistics.h"
#include "graph/torch/load_model.h"
#include "images/torch/pixel_codec.h"
#include "quantize/quantize.h"
#include "runtime/session.h"
#include "samples/sample.h"
#include "samples/shapes/render.h"
#include "synth/noise.h"
#include "synth/synthesize.h"

using namespace zsq;

namespace {

constexpr int kCalibration = 32, kTest = 500;

torch::Tensor images_of(samples::ShapeSet& set, const Preprocessing& pixels) {
  const std::int64_t side = samples::kShapeSide;
  return images::from_pixels(
      torch::from_blob(set.pixels.data(), {std::ssize(set.labels), side, side, 3}, torch::kUInt8), pixels);
}

/// In per cent. logits: [n, classes].
double accuracy(const torch::Tensor& logits, const samples::ShapeSet& set) {
  return 100 * logits.argmax(1).eq(torch::tensor(set.labels)).to(torch::kDouble).mean().item<double>();
}

/// Of the integer program, whose logits are integers too.
double accuracy(const runtime::Plan& plan, const samples::ShapeSet& set) {
  const std::int64_t classes = runtime::classes(plan).value();
  std::vector<std::int32_t> logits(set.labels.size() * static_cast<std::size_t>(classes));
  runtime::make_session(plan, runtime::Device::cpu)->run(set.pixels, logits);
  return accuracy(torch::tensor(logits).view({-1, classes}), set);
}

}  // namespace

int main(int argc, char** argv) {
  return samples::run_sample([&] {
    const Model model = load_model(samples::argument(argc, argv, 1, ZSQ_SAMPLE_MODEL));
    check(model.preprocessing.has_value(), Fault::usage,
          "the model needs a side-car that says mean and deviation");
    const Preprocessing& pixels = *model.preprocessing;
    const TorchExecutor network(model.graph);
    samples::ShapeSet test = samples::render_set(kTest, /*seed=*/7),
                      real = samples::render_set(kCalibration, 1);

    synth::Options options = synth::default_options(model.graph.input_shape());
    options.count = options.batch = kCalibration;
    options.steps = 40;
    const auto stored = bnstats::stored_statistics(model.graph, torch::kCPU);
    const torch::Tensor sources[] = {synth::noise_images(model.graph, pixels, kCalibration, options.seed),
                                     synth::synthesize(network, stored, pixels, options).images,
                                     images_of(real, pixels)};

    const torch::NoGradGuard no_grad;
    const double in_float = accuracy(network.run(images_of(test, pixels)), test);
    std::cout << "float: " << in_float << " %\n         noise  synthesized  real\n";
    bool holds = true;
    for (const int bits : {8, 4, 3}) {
      std::vector<double> top1;
      const quantize::Scheme scheme{.weight_bits = bits, .activation_bits = bits, .learning_steps = 50};
      for (const torch::Tensor& images : sources)
        top1.push_back(accuracy(quantize::quantize(model.graph, pixels, images, scheme).file.plan, test));
      std::cout << 'W' << bits << 'A' << bits << "  " << std::setw(8) << top1[0] << std::setw(13) << top1[1]
                << std::setw(6) << top1[2] << '\n';
      holds = holds && top1[1] > (bits == 3 ? top1[0] : in_float - 4);
    }
    return holds;
  });
}
