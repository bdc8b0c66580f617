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

  void run(std::span<const std::uint8_t> pixels, std::span<const std::span<std::int32_t>> outputs,
           const Observer& observer) override {
    const std::int64_t images = images_in(plan_, pixels, outputs);
    // An observer sees whole batches; without one, no more images at once than the caches hold.
    const std::int64_t most =
        observer ? images : std::max<std::int64_t>(kCache * pool_.size() / memory_.bytes, 1);
    for (std::int64_t i = 0; i < images; i += most)
      run_together(part_of(plan_, pixels, outputs, {i, std::min(most, images - i)}), observer);
  }

 private:
  static constexpr std::int64_t kCache = std::int64_t{1} << 20;  // bytes of arena for each thread

  void run_together(Batch batch, const Observer& observer) {
    place_slots(batch);
    for (std::size_t i = 0; i < kernels_.size(); ++i) {
      run_step(*kernels_[i], batch);
      const SlotId out = output(plan_.steps[i]);
      hand_out(plan_, batch, out);
      if (observer) observer(out, view(plan_, batch, out));
    }
  }

  void place_slots(Batch& batch) {
    if (arena_.size() / memory_.bytes < batch.images) {
      arena_ = {};  // before the larger one is asked for
      arena_ = Arena(batch.images, memory_.bytes);
    }
    for (std::size_t i = 0; i < batch.slots.size(); ++i)
      batch.slots[i] = arena_.data() + batch.images * memory_.offset[i];
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
  Arena arena_;
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
