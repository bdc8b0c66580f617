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
  need((2 <= slot.bits && slot.bits <= 8) || is_wide(slot), "has ", slot.bits, " bits, needs 2 to 8 or ",
       kWideBits);
  need(!is_wide(slot) || slot.zero_point == 0, "is wide with the zero point ", slot.zero_point, ", needs 0");
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

bool exists(const Plan& plan, SlotId id) { return SlotId{0} <= id && index(id) < plan.slots.size(); }

/// Which slots the steps so far have written.
class Written {
 public:
  explicit Written(const Plan& plan) : plan_(plan), written_(plan.slots.size(), false) {}

  void read(SlotId id) const {
    need(exists(plan_, id), "reads slot ", int(id), ", which the plan does not have");
    need(written_[index(id)], "reads slot ", int(id), " before any step writes it");
  }
  void write(SlotId id) {
    need(exists(plan_, id), "writes slot ", int(id), ", which the plan does not have");
    need(!written_[index(id)], "writes slot ", int(id), ", which an earlier step has written");
    written_[index(id)] = true;
  }
  void all() const {
    for (std::size_t i = 0; i < written_.size(); ++i) need(written_[i], "no step writes slot ", i);
  }

 private:
  const Plan& plan_;
  std::vector<bool> written_;
};

void check_start(const Plan& plan) {
  need(!plan.steps.empty(), "a plan without steps makes nothing of its pixels");
  for (std::size_t i = 0; i < plan.steps.size(); ++i)
    need(std::holds_alternative<Pixels>(plan.steps[i]) == (i == 0), "step ", i, " (", kind(plan.steps[i]),
         "): the first step, and no other, takes the pixels");
}

void check_outputs(const Plan& plan) {
  need(!plan.outputs.empty(), "a plan without outputs has no use");
  std::vector<bool> taken(plan.slots.size(), false);
  for (const SlotId id : plan.outputs) {
    need(exists(plan, id), "an output is slot ", int(id), ", which the plan does not have");
    need(!taken[index(id)], "slot ", int(id), " is an output twice");
    taken[index(id)] = true;
  }
}

}  // namespace

void validate(const Plan& plan) {
  about([&] { check_shape(plan.image); }, "the plan's image");
  for (std::size_t i = 0; i < plan.slots.size(); ++i) about([&] { check_slot(plan.slots[i]); }, "slot ", i);
  check_start(plan);
  check_outputs(plan);
  Written written(plan);
  Proof proof(plan);
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const Step& step = plan.steps[i];
    const auto rules = [&] {
      for (const SlotId in : inputs(step)) written.read(in);
      written.write(output(step));
      std::visit([&](const auto& s) { check_step(proof, s); }, step);
    };
    about(rules, "step ", i, " (", kind(step), ")");
  }
  written.all();
}

}  // namespace zsq::runtime
