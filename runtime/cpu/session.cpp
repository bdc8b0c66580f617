#include "runtime/cpu/session.h"

#include <new>

#include "graph/check.h"
#include "runtime/backends.h"
#include "runtime/cpu/step_kernel.h"
#include "runtime/cpu/thread_pool.h"
#include "runtime/memory.h"
#include "runtime/step.h"

namespace zsq::runtime {
namespace cpu {
namespace {

/// One arena for all activations; the threads share the work of each step.
class CpuSession final : public Session {
 public:
  CpuSession(Plan plan, int threads, const Kernels& kernels)
      : plan_(std::move(plan)),
        memory_(plan_memory(plan_)),
        pool_(threads),
        scratch_(static_cast<std::size_t>(threads)) {
    for (const Step& step : plan_.steps) kernels_.push_back(make_step_kernel(plan_, step, kernels));
  }

  void run(std::span<const std::uint8_t> pixels, std::span<std::int32_t> logits,
           const Observer& observer) override {
    const std::int64_t images = images_in(plan_, pixels, logits);
    // An observer sees whole batches; without one, no more images at once than the caches hold.
    const std::int64_t most =
        observer ? images : std::max<std::int64_t>(kCache * pool_.size() / memory_.bytes, 1);
    const auto image = static_cast<std::size_t>(plan_.image.size()),
               classes = static_cast<std::size_t>(plan_.classes);
    for (std::int64_t i = 0; i < images; i += most) {
      const std::int64_t together = std::min(most, images - i);
      const auto first = static_cast<std::size_t>(i), count = static_cast<std::size_t>(together);
      run_together({together, pixels.subspan(first * image, count * image),
                    logits.subspan(first * classes, count * classes), place_slots(together)},
                   observer);
    }
  }

 private:
  static constexpr std::int64_t kCache = std::int64_t{1} << 20;  // bytes of arena for each thread

  std::vector<std::int8_t*> place_slots(std::int64_t images) {
    if (arena_.empty() || std::ssize(arena_) / memory_.bytes < images) {
      arena_ = {};  // before the larger one is asked for
      arena_ = allocate_activations(images, memory_.bytes);
    }
    std::vector<std::int8_t*> slots;
    for (const std::int64_t offset : memory_.offset) slots.push_back(arena_.data() + images * offset);
    return slots;
  }

  void run_together(const Batch& batch, const Observer& observer) {
    for (std::size_t i = 0; i < kernels_.size(); ++i) {
      run_step(*kernels_[i], batch);
      const auto out = output(plan_.steps[i]);
      if (!out || !observer) continue;
      const std::int64_t values = batch.images * plan_[*out].shape.size();
      observer(*out, {batch.slots[index(*out)], static_cast<std::size_t>(values)});
    }
  }

  void run_step(const StepKernel& kernel, const Batch& batch) {
    const std::int64_t units = kernel.units(batch.images), threads = pool_.size();
    try {
      pool_.run([&](int part) {
        const Units mine{units * part / threads, units * (part + 1) / threads};
        if (mine.begin < mine.end) kernel.run(batch, mine, scratch_[static_cast<std::size_t>(part)]);
      });
    } catch (const std::bad_alloc&) {
      fail(Fault::device, "there is no memory for the work of ", threads, " threads; try fewer");
    }
  }

  const Plan plan_;
  MemoryPlan memory_;
  ThreadPool pool_;
  std::vector<Scratch> scratch_;  // by thread
  std::vector<std::unique_ptr<StepKernel>> kernels_;
  std::vector<std::int8_t> arena_;
};

}  // namespace

std::unique_ptr<Session> make_session_with(const Plan& plan, int threads, const Kernels& kernels) {
  return std::make_unique<CpuSession>(plan, threads, kernels);
}

}  // namespace cpu

std::unique_ptr<Session> make_cpu_session(const Plan& plan, int threads) {
  return cpu::make_session_with(plan, threads, *cpu::available_kernels().front());
}

}  // namespace zsq::runtime
