#include <array>

#include "graph/shape.h"
#include "runtime/verifier/check_step.h"
#include "runtime/verifier/prove.h"
#include "runtime/verifier/rules.h"

namespace zsq::runtime {
void check_step(const Plan& plan, const MaxPool& step) {
  const Slot &in = plan[step.in], &out = plan[step.out];
  check_window(step.window);
  check_output(out, output_shape(zsq::MaxPool2d{step.window}, std::array{in.shape}));
  check_same_meaning(in, out);
}

void check_step(const Plan& plan, const AvgPool& step) {
  const Slot &in = plan[step.in], &out = plan[step.out];
  check_window(step.window);
  check_output(out, output_shape(zsq::AvgPool2d{step.window}, std::array{in.shape}));
  check_clamp(step.clamp, out);
  const std::int64_t area = std::int64_t{step.window.kernel.h} * step.window.kernel.w;
  const bool constant = step.rescale.size() == 1;
  if (!constant) check_count(step.rescale.size(), area, "rescales");
  for (std::size_t i = 0; i < step.rescale.size(); ++i) {
    check_rescale(step.rescale[i]);
    const std::int64_t places = constant ? area : std::int64_t(i) + 1;
    prove_rescale(places * centred_magnitude(in), step.rescale[i]);
  }
}

}  // namespace zsq::runtime
