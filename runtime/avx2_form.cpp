#include "runtime/avx2_form.h"

#include "runtime/step.h"

namespace zsq::runtime {

std::optional<Avx2Form> avx2_form(const Plan& plan, const Step& step) {
  const Kernel* const kernel = kernel_of(step);
  if (kernel == nullptr || kernel->groups != 1) return std::nullopt;
  const Shape& out = plan[output(step)].shape;
  const bool is_run = kernel->window.dilation.w == 1;
  const std::int64_t run = kernel->inputs_per_group * (is_run ? kernel->window.kernel.w : 1);
  Avx2Form form{.cost = narrow_layer(*kernel, plan[inputs(step)[0]].bits, run).cost};
  form.is_narrow = out.h * out.w >= kLeastNarrowPlaces && form.cost.is_less();
  if (form.is_narrow)
    form.why = "no pair, and no sum of a few, can leave int16";
  else if (out.h * out.w < kLeastNarrowPlaces)
    form.why = "few places";
  else if (2 * form.cost.split > form.cost.words)
    form.why = "too many pairs can leave int16";
  else
    form.why = "too few words for what sums cost";
  return form;
}

}  // namespace zsq::runtime
