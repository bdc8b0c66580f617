#include "runtime/backends.h"
#include "runtime/reference/compute.h"
#include "runtime/step.h"

namespace zsq::runtime {
namespace reference {

void compute(const Plan& plan, const Step& step, const Batch& batch, Rows rows) {
  const std::int64_t height = output_extents(plan, step).h;
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
  explicit ReferenceSession(Plan plan) : plan_(std::move(plan)) {}

  void run(std::span<const std::uint8_t> pixels, std::span<std::int32_t> logits,
           const Observer& observer) override {
    const std::int64_t images = images_in(plan_, pixels, logits);
    // Image by image, so that a large batch needs no more memory than a small one, unless someone looks on.
    const std::int64_t step = observer ? images : 1;
    const auto image = static_cast<std::size_t>(plan_.image.size()),
               classes = static_cast<std::size_t>(plan_.classes);
    for (std::int64_t i = 0; i < images; i += step) {
      const auto first = static_cast<std::size_t>(i), count = static_cast<std::size_t>(step);
      run_together({step,
                    pixels.subspan(first * image, count * image),
                    logits.subspan(first * classes, count * classes),
                    {}},
                   observer);
    }
  }

 private:
  void run_together(Batch batch, const Observer& observer) {
    std::vector<std::vector<std::int8_t>> values(plan_.slots.size());
    batch.slots.resize(plan_.slots.size());
    for (const Step& step : plan_.steps) {
      const auto out = output(step);
      if (out) {
        values[index(*out)] = allocate_activations(batch.images, plan_[*out].shape.size());
        batch.slots[index(*out)] = values[index(*out)].data();
      }
      reference::compute(plan_, step, batch, {0, batch.images * output_extents(plan_, step).h});
      if (out && observer) observer(*out, values[index(*out)]);
    }
  }

  Plan plan_;
};

}  // namespace

std::unique_ptr<Session> make_reference_session(const Plan& plan) {
  return std::make_unique<ReferenceSession>(plan);
}

}  // namespace zsq::runtime
