#include "runtime/layout.h"

namespace zsq::runtime {

Layouts dense_layouts(const Plan& plan) {
  Layouts layouts;
  for (const Slot& slot : plan.slots) layouts.push_back({slot.shape, is_wide(slot), slot.shape.c});
  return layouts;
}

}  // namespace zsq::runtime
