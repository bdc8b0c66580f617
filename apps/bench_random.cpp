// zsq bench --arch: a built-in architecture with random parameters, lowered without any image.
#include <filesystem>

#include "apps/bench.h"
#include "apps/command.h"
#include "apps/model_source.h"
#include "apps/scheme_options.h"
#include "apps/torch_commands.h"
#include "graph/architectures/architecture.h"
#include "graph/check.h"
#include "quantize/without_images.h"

namespace zsq::apps {
namespace {

quantize::Scheme widths_from(const Arguments& arguments) {
  return {.weight_bits = static_cast<int>(arguments.integer("wbits", 2, 8)),
          .activation_bits = static_cast<int>(arguments.integer("abits", 2, 8)),
          .bits = bits_from(arguments.text("bits"))};
}

}  // namespace

int run_bench_of_random(const Arguments& arguments) {
  check(arguments.positional().empty(), Fault::usage, "a plan and --arch ", arguments.text("arch"),
        " were given, one of the two was needed");
  check(arguments.text("weights") == "random", Fault::usage, "--weights is '", arguments.text("weights"),
        "', it must be random; a plan of trained weights is made by zsq quantize");
  const std::filesystem::path output = arguments.text("output");
  if (!output.empty()) check_output(output, arguments);
  const quantize::Scheme scheme = widths_from(arguments);
  BuiltIn network = random_architecture(
      arguments.text("arch"), static_cast<std::uint64_t>(arguments.integer("seed", 0, 1'000'000'000)),
      input_from(arguments));
  const auto channels = static_cast<std::size_t>(network.graph.input_shape().c);
  Preprocessing pixels;
  pixels.mean.assign(channels, 0.5);
  pixels.deviation.assign(channels, 0.25);
  runtime::PlanFile file = quantize::plan_without_images(network.graph, pixels, scheme);
  file.metadata.network = network.name + ", random weights";
  if (output.empty()) return bench([&] { return std::move(file); }, arguments);
  runtime::save_plan(file, output);
  return bench([&] { return runtime::load_plan(output); }, arguments);
}

}  // namespace zsq::apps
