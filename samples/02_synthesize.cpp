/// 2. Images out of nothing.
///
/// Adam changes pixels, which begin as noise, until the batch norms of the network see the statistics that
/// they remember. No image of the data set is read. The result is a contact sheet to look at, and numbers
/// that say how well the images fit; noise is the yardstick.
///
///   02_synthesize [MODEL [SHEET.png]]
#include "bnstats/statistics.h"
#include "graph/torch/load_model.h"
#include "samples/sample.h"
#include "synth/contact_sheet.h"
#include "synth/noise.h"
#include "synth/report.h"
#include "synth/synthesize.h"

using namespace zsq;

namespace {

constexpr int kImages = 32;

void print(const char* what, const synth::Quality& quality) {
  std::cout << what << ": means off by " << quality.mean_error << " deviations, deviations by "
            << 100 * quality.std_error << " %; the network's confidence is " << quality.confidence << '\n';
}

}  // namespace

int main(int argc, char** argv) {
  return samples::run_sample([&] {
    const Model model = load_model(samples::argument(argc, argv, 1, ZSQ_SAMPLE_MODEL));
    check(model.preprocessing.has_value(), Fault::usage,
          "the model needs a side-car that says mean and deviation");
    const TorchExecutor teacher(model.graph);
    const auto stored = bnstats::stored_statistics(model.graph, torch::kCPU);

    synth::Options options = synth::default_options(model.graph.input_shape());
    options.count = options.batch = kImages;
    options.steps = 40;  // quick; the default fits better
    const auto made = synth::synthesize(teacher, stored, *model.preprocessing, options);
    const torch::Tensor noise = synth::noise_images(model.graph, *model.preprocessing, kImages, options.seed);

    const auto quality = synth::measure_quality(teacher, stored, made.images, kImages, 1);
    const auto noise_quality = synth::measure_quality(teacher, stored, noise, kImages, 1);
    print("synthesized", quality);
    print("noise", noise_quality);
    const auto sheet = samples::argument(argc, argv, 2, "synthesized.png");
    synth::write_contact_sheet(sheet, made.images, *model.preprocessing);
    std::cout << "look at " << sheet.string() << '\n';
    return quality.mean_error < noise_quality.mean_error && quality.std_error < noise_quality.std_error;
  });
}
