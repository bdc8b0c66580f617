/// 4. Running the integer program, on any device with the same result.
///
/// This program needs no LibTorch: a plan and a session are all there is to deployment. Pixels go in as
/// bytes, the plan normalises them; logits come out as integers. Every device gives the reference's bits, not
/// merely its accuracy.
///
///   04_integer_run [PLAN.zsq]     (03_quantize makes one)
#include <algorithm>
#include <array>

#include "runtime/compare.h"
#include "runtime/plan_file.h"
#include "samples/sample.h"
#include "samples/shapes/render.h"

using namespace zsq;

int main(int argc, char** argv) {
  return samples::run_sample([&] {
    constexpr std::int64_t kImages = 10;
    const runtime::PlanFile file = runtime::load_plan(samples::argument(argc, argv, 1, "shapes_resnet.zsq"));
    const samples::ShapeSet set = samples::render_set(kImages, /*seed=*/7);

    const auto session = runtime::make_session(file.plan, runtime::Device::cpu);
    const auto classes = runtime::classes(file.plan);
    check(classes.has_value(), Fault::usage, "the plan is not a classifier's");
    const double scale = file.metadata.tensors[runtime::index(file.plan.outputs.front())].scale;
    std::vector<std::int32_t> logits(static_cast<std::size_t>(kImages * *classes));
    session->run(set.pixels, logits);
    for (auto row = logits.begin(); const int label : set.labels) {
      const auto best = std::max_element(row, row + *classes);
      const auto name = [](std::int64_t i) { return samples::kShapeClasses.at(static_cast<std::size_t>(i)); };
      std::cout << name(label) << " is seen as " << name(best - row) << ", logit " << scale * *best << '\n';
      row += *classes;
    }

    const auto comparisons = runtime::compare(file.plan, runtime::available_devices(), set.pixels);
    for (const runtime::Comparison& c : comparisons)
      std::cout << c.device << ": " << c.values << " values of " << c.tensors
                << " tensors compared with the reference, " << c.mismatches << " differ\n";
    return std::ranges::all_of(comparisons, [](const auto& c) { return c.mismatches == 0; });
  });
}
