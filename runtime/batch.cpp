#include "runtime/batch.h"

#include "runtime/step.h"

namespace zsq::runtime {

Shape output_extents(const Plan& plan, const Step& step) {
  const auto out = output(step);
  return out ? plan[*out].shape : Shape{1, plan.classes, 1, 1};
}

}  // namespace zsq::runtime
