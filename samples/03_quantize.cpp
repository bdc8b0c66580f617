/// 3. From a float network to an integer program, without data.
///
/// Synthesized images stand in for the calibration set. The quantizer folds the batch norms, chooses ranges,
/// rounds weights and lowers the network to a Plan, which holds integers only. A .zsq file keeps it.
///
///   03_quantize [MODEL [PLAN.zsq]]
#include "bnstats/statistics.h"
#include "graph/torch/load_model.h"
#include "quantize/quantize.h"
#include "samples/sample.h"
#include "synth/synthesize.h"

using namespace zsq;

int main(int argc, char** argv) {
  return samples::run_sample([&] {
    const Model model = load_model(samples::argument(argc, argv, 1, ZSQ_SAMPLE_MODEL));
    check(model.preprocessing.has_value(), Fault::usage,
          "the model needs a side-car that says mean and deviation");

    synth::Options options = synth::default_options(model.graph.input_shape());
    options.count = options.batch = 32;
    options.steps = 40;
    const auto stored = bnstats::stored_statistics(model.graph, torch::kCPU);
    const auto made = synth::synthesize(TorchExecutor(model.graph), stored, *model.preprocessing, options);

    const quantize::Scheme scheme{.weight_bits = 8, .activation_bits = 8};
    quantize::Result result = quantize::quantize(model.graph, *model.preprocessing, made.images, scheme);
    result.file.metadata.network = model.name;
    result.file.metadata.labels = model.labels;
    for (const quantize::StepReport& step : result.steps)
      std::cout << step.name << ": logits at " << step.sqnr_db.value() << " dB" << (step.kept ? "" : ", undone")
                << '\n';

    const auto path = samples::argument(argc, argv, 2, model.name + ".zsq");
    runtime::save_plan(result.file, path);
    std::cout << path.string() << ": " << result.file.plan.steps.size() << " integer steps, "
              << std::filesystem::file_size(path) << " bytes\n";
    return runtime::load_plan(path) == result.file;
  });
}
