#include "report/card_fields.h"

namespace zsq::report {
namespace {

using enum Role;

constexpr CardField kFields[] = {
    {"run.command", "command", incidental},
    {"run.recipe", "named recipe", incidental},
    {"run.evaluated_by", "evaluated by", incidental},
    {"run.zsq", "zsq", incidental},
    {"network.name", "name", incidental},
    {"network.file", "file", incidental},
    {"network.weights_sha256", "SHA-256 of its weights", confounds},
    {"network.input", "input", confounds},
    {"network.parameters", "parameters", incidental},
    {"network.preprocessing", "preprocessing", confounds},
    {"vocabulary.uniform", "uniform", confounds},
    {"vocabulary.symmetry", "symmetry", confounds},
    {"vocabulary.granularity", "granularity", confounds},
    {"vocabulary.ranges", "static or dynamic", confounds},
    {"vocabulary.zero_shot", "zero-shot level", confounds},
    {"vocabulary.training", "PTQ or QAT", confounds},
    {"vocabulary.arithmetic", "arithmetic", confounds},
    {"data.kind", "calibrated on", confounds},
    {"data.set", "images", method},
    {"data.count", "images, how many", confounds},
    {"data.labels", "labels", confounds},
    {"data.recipe", "recipe", method},
    {"data.seed", "seed", chance},
    {"data.sha256", "SHA-256 of the images", chance},
    {"weights.bits", "bits", confounds},
    {"weights.rules", "bits by layer", confounds},
    {"weights.average_bits", "bits, on average", confounds},
    {"weights.averaging", "averaged how", confounds},
    {"weights.range", "range", method},
    {"weights.rounding", "rounding", method},
    {"activations.bits", "bits", confounds},
    {"activations.average_bits", "bits, on average", confounds},
    {"activations.averaging", "averaged how", confounds},
    {"activations.range", "range", method},
    {"layers.pixels", "pixels", confounds},
    {"layers.first", "first layer's weights", confounds},
    {"layers.last", "last layer's weights", confounds},
    {"layers.last_input", "last layer's input", confounds},
    {"layers.logits", "logits", confounds},
    {"layers.residual", "residual adds", confounds},
    {"layers.pool", "pools", confounds},
    {"layers.concat", "concatenations", confounds},
    {"layers.bias", "biases", confounds},
    {"arithmetic.accumulator", "accumulators", confounds},
    {"arithmetic.largest_accumulator", "largest that any input makes", result},
    {"arithmetic.overflow", "overflow", confounds},
    {"arithmetic.rounding", "rounding rule", confounds},
    {"arithmetic.scales", "scales", confounds},
    {"preparation.folding", "batch norms", confounds},
    {"preparation.equalization", "equalization", method},
    {"preparation.bias_correction", "bias correction", method},
    {"preparation.float_sqnr_db", "float network after both, dB from before", result},
    {"preparation.steps_kept", "steps kept", method},
    {"preparation.steps_undone", "steps undone", method},
    {"training.retraining", "retraining", confounds},
    {"training.learner", "learner", method},
    {"training.steps", "steps a block", method},
    {"training.seed", "seed", chance},
    {"execution.figures", "figures are of", confounds},
    {"execution.verified_tensors", "tensors equal to the reference", result},
    {"evaluation.set", "set", incidental},
    {"evaluation.images", "images", confounds},
    {"evaluation.sha256", "SHA-256 of set and labels", confounds},
    {"evaluation.classes", "classes", confounds},
    {"evaluation.device", "device", incidental},
    {"evaluation.float_top1", "float top-1, %", result},
    {"evaluation.top1", "top-1, %", result},
    {"evaluation.confidence95", "95 % interval, half width", result},
    {"evaluation.agreement", "agreement with float, %", result},
    {"evaluation.sqnr_db", "SQNR of the logits, dB", result},
    {"evaluation.spread", "runs and spread", incidental},
    {"cost.seconds", "seconds", incidental},
    {"cost.synthesis_seconds", "of them for images", incidental},
    {"cost.peak_rss_mb", "peak memory, MB", incidental},
    {"cost.evaluation_seconds", "seconds of evaluation", incidental},
    {"cost.file_bytes", "plan, bytes", result},
    {"cost.float_bytes", "float parameters, bytes", result},
    {"machine.processor", "processor", incidental},
    {"machine.cores", "cores", incidental},
    {"machine.memory_gb", "memory, GB", incidental},
    {"plan.file", "file", incidental},
    {"plan.sha256", "SHA-256", result},
};

struct Heading {
  std::string_view section, text;
};

constexpr Heading kHeadings[] = {{"run", "Run"},
                                 {"network", "Network"},
                                 {"vocabulary", "In the survey's words"},
                                 {"data", "Calibration data"},
                                 {"weights", "Weights"},
                                 {"activations", "Activations"},
                                 {"layers", "Layers of their own kind"},
                                 {"arithmetic", "Arithmetic"},
                                 {"preparation", "Preparation"},
                                 {"training", "Training"},
                                 {"execution", "Execution"},
                                 {"evaluation", "Evaluation"},
                                 {"cost", "Time and memory"},
                                 {"machine", "Machine"},
                                 {"plan", "Plan"}};

}  // namespace

std::span<const CardField> card_fields() { return kFields; }

std::string_view heading(std::string_view section) {
  for (const Heading& h : kHeadings)
    if (h.section == section) return h.text;
  return section;
}

}  // namespace zsq::report
