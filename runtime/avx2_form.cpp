#include "runtime/avx2_form.h"

#include "runtime/nibble_weights.h"
#include "runtime/step.h"

namespace zsq::runtime {

namespace {

Avx2Form nibble_form(const Kernel& kernel, int bits, std::int64_t run) {
  const std::int64_t together = words_in_16_bits(kernel, bits, run);
  const std::int64_t vectors = (kernel.outputs + WordWeights::kLanes - 1) / WordWeights::kLanes;
  const std::int64_t runs = vectors * (std::ssize(kernel.weight) / kernel.outputs / run),
                     words = (run + 3) / 4;
  return {
      .is_narrow = true,
      .cost = {.words = runs * words,
               .products = runs * words,
               .sums = runs * ((words + together - 1) / together),
               .vectors = vectors},
      .why = "weights of 4 bits, two to a byte: no " + std::to_string(together) + " words can leave int16"};
}

}  // namespace

std::optional<Avx2Form> avx2_form(const Plan& plan, const Step& step) {
  const Kernel* const kernel = kernel_of(step);
  if (kernel == nullptr || kernel->groups != 1) return std::nullopt;
  const Shape& out = plan[output(step)].shape;
  const std::int64_t run = run_of(*kernel);
  const int bits = plan[inputs(step)[0]].bits;
  if (are_nibbles(*kernel) && run >= kLeastNibbleRun) return nibble_form(*kernel, bits, run);
  Avx2Form form{.cost = narrow_layer(*kernel, bits, run).cost};
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
