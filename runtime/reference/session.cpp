#include "runtime/backends.h"
#include "runtime/reference/compute.h"
#include "runtime/step.h"

namespace zsq::runtime {
namespace reference {

void compute(const Plan& plan, const Step& step, const Batch& batch, Rows rows) {
  const std::int64_t height = plan[output(step)].shape.h;
  const auto all = [&](const auto& s) {
    for (std::int64_t r = rows.begin; r < rows.end; ++r)
      compute_row(plan, s, batch, {r / height, r % height});
  };
  std::visit(all, step);
}

}  // namespace reference

namespace {

/// Keeps every activation of a batch, each in memory of its own.
class ReferenceSession final : public Session {
 public:
  explicit ReferenceSession(Plan plan) : plan_(std::move(plan)), layouts_(dense_layouts(plan_)) {}

  void run(std::span<const std::uint8_t> pixels, std::span<const std::span<std::int32_t>> outputs,
           const Observer& observer) override {
    const std::int64_t images = images_in(plan_, pixels, outputs);
    // Image by image, so that a large batch needs no more memory than a small one, unless someone looks on.
    const std::int64_t together = observer ? images : 1;
    for (std::int64_t i = 0; i < images; i += together)
      run_together(part_of(plan_, pixels, outputs, {i, together}), observer);
  }

 private:
  void run_together(Batch batch, const Observer& observer) {
    std::vector<Arena> values(plan_.slots.size());
    batch.layouts = layouts_;
    for (const Step& step : plan_.steps) {
      const SlotId out = output(step);
      values[index(out)] = Arena(batch.images, layouts_[index(out)].bytes());
      batch.slots[index(out)] = values[index(out)].data();
      reference::compute(plan_, step, batch, {0, batch.images * plan_[out].shape.h});
      hand_out(plan_, batch, out);
      if (observer) show(plan_, batch, out, observer);
    }
  }

  Plan plan_;
  Layouts layouts_;
};

}  // namespace

std::unique_ptr<Session> make_reference_session(const Plan& plan) {
  return std::make_unique<ReferenceSession>(plan);
}

}  // namespace zsq::runtime
