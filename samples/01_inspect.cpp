/// 1. What a network is to zsq, and what its batch norms remember.
///
/// A model file of any format becomes a Graph: named nodes in execution order. Each batch norm in it keeps
/// the mean and variance of what reached it in training, one pair per channel. This is all that zsq has in
/// place of data.
///
///   01_inspect [MODEL]
#include <iomanip>

#include "bnstats/health.h"
#include "graph/print.h"
#include "graph/torch/load_model.h"
#include "samples/sample.h"

using namespace zsq;

int main(int argc, char** argv) {
  return samples::run_sample([&] {
    const Model model = load_model(samples::argument(argc, argv, 1, ZSQ_SAMPLE_MODEL));
    std::cout << model.name << " (" << model.format << "), " << parameter_count(model.graph)
              << " parameters\n\n"
              << to_text(model.graph) << '\n';

    const auto norms = bnstats::norm_health(model.graph);
    std::cout << "batch norm               channels  dead  variance\n";
    for (const bnstats::NormHealth& norm : norms)
      std::cout << std::left << std::setw(25) << norm.name << std::right << std::setw(8) << norm.channels
                << std::setw(6) << norm.dead << "  " << norm.smallest_variance << " to "
                << norm.largest_variance << '\n';
    for (const std::string& warning : model.warnings) std::cout << "warning: " << warning << '\n';
    return !norms.empty();
  });
}
