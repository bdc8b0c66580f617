// The verifier's walk over a plan: slots, the order of steps, and who writes and reads what. What one step
// must fulfil is check_step.h's, the proof of its arithmetic prove.h's.
#include "graph/limits.h"
#include "graph/shape.h"
#include "runtime/step.h"
#include "runtime/verifier/check_step.h"
#include "runtime/verifier/rules.h"

namespace zsq::runtime {
namespace {

void check_shape(const Shape& shape) {
  need(shape.n == 1, "has a batch of ", shape.n, " where one image is described");
  need(is_within_limits(shape), "has the impossible shape ", shape);
}

void check_slot(const Slot& slot) {
  check_shape(slot.shape);
  need(2 <= slot.bits && slot.bits <= 8, "has ", slot.bits, " bits, needs 2 to 8");
  check_value(slot.zero_point, slot.bits, "the zero point");
}

/// Runs `rule` and puts `subject` before the message of what it throws; every mistake in a plan is a broken
/// proof.
void about(const auto& rule, const auto&... subject) {
  try {
    rule();
  } catch (const Error& error) {
    fail(Fault::verification, subject..., ": ", error.what());
  }
}

/// Which slots the steps so far have written.
class Written {
 public:
  explicit Written(std::size_t slots) : written_(slots, false) {}

  void read(SlotId id) const {
    need(exists(id), "reads slot ", int(id), ", which the plan does not have");
    need(written_[index(id)], "reads slot ", int(id), " before any step writes it");
  }
  void write(SlotId id) {
    need(exists(id), "writes slot ", int(id), ", which the plan does not have");
    need(!written_[index(id)], "writes slot ", int(id), ", which an earlier step has written");
    written_[index(id)] = true;
  }
  void all() const {
    for (std::size_t i = 0; i < written_.size(); ++i) need(written_[i], "no step writes slot ", i);
  }

 private:
  bool exists(SlotId id) const { return SlotId{0} <= id && index(id) < written_.size(); }
  std::vector<bool> written_;
};

void check_ends(const Plan& plan) {
  need(plan.steps.size() >= 2, "a plan of ", plan.steps.size(), " steps does not lead from pixels to logits");
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const Step& step = plan.steps[i];
    need(std::holds_alternative<Pixels>(step) == (i == 0), "step ", i, " (", kind(step),
         "): the first step, and no other, takes the pixels");
    need(output(step).has_value() == (i + 1 < plan.steps.size()), "step ", i, " (", kind(step),
         "): the last step, and no other, makes the logits");
  }
}

}  // namespace

void validate(const Plan& plan) {
  about([&] { check_shape(plan.image); }, "the plan's image");
  need(0 < plan.classes && plan.classes <= kMaxExtent, "a plan of ", plan.classes,
       " classes makes no logits");
  for (std::size_t i = 0; i < plan.slots.size(); ++i) about([&] { check_slot(plan.slots[i]); }, "slot ", i);
  check_ends(plan);
  Written written(plan.slots.size());
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const Step& step = plan.steps[i];
    const auto rules = [&] {
      for (const SlotId in : inputs(step)) written.read(in);
      if (const auto out = output(step)) written.write(*out);
      std::visit([&](const auto& s) { check_step(plan, s); }, step);
    };
    about(rules, "step ", i, " (", kind(step), ")");
  }
  written.all();
}

}  // namespace zsq::runtime
