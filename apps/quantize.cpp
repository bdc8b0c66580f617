// zsq quantize: from a float network to a verified integer program.
#include "quantize/quantize.h"

#include <chrono>
#include <filesystem>
#include <iostream>

#include <nlohmann/json.hpp>

#include "apps/calibration.h"
#include "apps/command.h"
#include "apps/dry_run.h"
#include "apps/interrupt.h"
#include "apps/plan_origin.h"
#include "apps/scheme_options.h"
#include "apps/torch_commands.h"
#include "graph/check.h"
#include "runtime/compare.h"

namespace zsq::apps {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// Throws Error (Fault::verification) unless the cpu's program equals the reference on every tensor.
runtime::Comparison verified(const runtime::Plan& plan, std::uint64_t seed) {
  constexpr std::int64_t kImages = 6;
  const runtime::Device cpu[] = {runtime::Device::cpu};
  const auto found = runtime::compare(plan, cpu, runtime::probe_images(plan.image, kImages, seed)).front();
  check(found.mismatches == 0, Fault::verification,
        "the cpu differs from the reference: ", found.first ? runtime::describe(plan, *found.first) : "");
  return found;
}

void print(const json& facts, const quantize::Result& result, const Arguments& arguments) {
  const fs::path model = arguments.only("MODEL"), output = arguments.text("output");
  std::cout << to_text(result);
  if (!result.recipe.scheme.bits.empty()) std::cout << to_text(result.recipe.precision) << '\n';
  const double saved = facts["float_bytes"].get<double>() / facts["file_bytes"].get<double>();
  std::cout << to_text(result.recipe)
            << named_values(
                   {{"verified", std::to_string(facts["verified_tensors"].get<std::int64_t>()) +
                                     " tensors, cpu = reference, no accumulator can overflow"},
                    {"size", byte_count(facts["file_bytes"].get<std::uintmax_t>()) + ", float parameters " +
                                 byte_count(facts["float_bytes"].get<std::uintmax_t>()) + " (" +
                                 fixed(saved, 1) + "x)"},
                    {"time", fixed(facts["seconds"], 1) + " s, of which synthesis " +
                                 fixed(facts["synthesis_seconds"], 1) + " s; peak memory " +
                                 fixed(facts["peak_rss_mb"], 0) + " MB"}})
            << "written to " << output.string() << "\nnext: zsq eval " << shell_word(output.string())
            << " --float " << shell_word(model.string()) << " --data IMAGES/\n";
}

}  // namespace

int run_quantize(const Arguments& arguments) {
  const auto start = std::chrono::steady_clock::now();
  const fs::path path = arguments.only("MODEL"), output = arguments.text("output");
  check_output(output, arguments);
  std::error_code ignored;
  check(!fs::equivalent(path, output, ignored), Fault::usage, output.string(),
        ": is the model itself, which would be lost; name another file as -o");
  const quantize::Scheme scheme = scheme_from(arguments);
  Status status(arguments.flag("quiet"));
  const ModelSource source = open_model(path, arguments);
  for (const std::string& warning : source.model.warnings) status.warn(warning);
  if (!source.known)
    status.warn(
        "nothing says how pixels become the input; mean 0 and deviation 1 are assumed, --mean and --std or a "
        "side-car say otherwise");
  quantize::check_quantizable(source.model.graph, scheme);
  const synth::Options options = synthesis_from(arguments, source.model.graph.input_shape());
  if (arguments.flag("dry-run")) {
    show_cost(source, options, arguments, status);
    return 0;
  }
  const Calibration images = calibration(arguments.text("images"), source, options, status);
  quantize::Result result = quantize::quantize(source.model.graph, source.preprocessing, images.images,
                                               scheme, [&](const std::string& step) {
                                                 status.progress("quantization: " + step);
                                                 stop_if_interrupted();
                                               });
  status.progress("verification");
  const runtime::Comparison check_up = verified(result.file.plan, options.seed);
  stop_if_interrupted();
  result = with_origin(std::move(result), source, path, images, options);
  runtime::save_plan(result.file, output);

  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  json facts = to_json(result);
  facts.update({{"seconds", took.count()},
                {"synthesis_seconds", images.source == "synthesized" ? images.seconds : 0.0},
                {"peak_rss_mb", peak_rss_mb()},
                {"file_bytes", fs::file_size(output)},
                {"float_bytes", 4 * parameter_count(source.model.graph)},
                {"images", images.source},
                {"wbits", scheme.weight_bits},
                {"abits", scheme.activation_bits},
                {"verified_tensors", check_up.tensors},
                {"file", output.string()}});
  status.clear();
  if (arguments.flag("json")) {
    std::cout << text_of(facts);
  } else {
    print(facts, result, arguments);
  }
  return 0;
}

}  // namespace zsq::apps
