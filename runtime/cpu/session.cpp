#include "runtime/cpu/session.h"

#include <new>
#include <optional>

#include "graph/check.h"
#include "runtime/backends.h"
#include "runtime/cpu/program.h"
#include "runtime/cpu/thread_pool.h"

namespace zsq::runtime {
namespace cpu {
namespace {

/// One arena for all activations; the threads share the work of each stage.
class CpuSession final : public Session {
 public:
  CpuSession(Plan plan, int threads, std::span<const Implementation* const> implementations)
      : plan_(std::move(plan)),
        implementations_(implementations.begin(), implementations.end()),
        program_(plan_, choose(plan_, implementations_, plan_.steps.size())),
        pool_(threads),
        scratch_(static_cast<std::size_t>(threads)) {}

  void run(std::span<const std::uint8_t> pixels, std::span<const std::span<std::int32_t>> outputs,
           const Observer& observer) override {
    const std::int64_t images = images_in(plan_, pixels, outputs);
    const Program& program = observer ? observed() : program_;
    // An observer sees whole batches; without one, no more images at once than the caches hold.
    const std::int64_t most =
        observer ? images : std::max<std::int64_t>(kCache * pool_.size() / program.memory().bytes, 1);
    for (std::int64_t i = 0; i < images; i += most)
      run_together(program, part_of(plan_, pixels, outputs, {i, std::min(most, images - i)}), observer);
  }

 private:
  static constexpr std::int64_t kCache = std::int64_t{1} << 20;  // bytes of arena for each thread

  /// The program in which every slot has its values in memory for a while: a step is a stage.
  const Program& observed() {
    if (program_.shows_every_slot()) return program_;
    if (!observed_) observed_.emplace(plan_, choose(plan_, implementations_, 1));
    return *observed_;
  }

  void run_together(const Program& program, Batch batch, const Observer& observer) {
    place_slots(program.memory(), batch);
    for (const Program::Part& part : program.parts()) {
      run_stage(*part.kernel, batch);
      for (const SlotId id : part.written) {
        hand_out(plan_, batch, id);
        if (observer) show(plan_, batch, id, observer);
      }
    }
  }

  void place_slots(const MemoryPlan& memory, Batch& batch) {
    if (arena_.size() / memory.bytes < batch.images) {
      arena_ = {};  // before the larger one is asked for
      arena_ = Arena(batch.images, memory.bytes);
    }
    batch.layouts = memory.layout;
    for (std::size_t i = 0; i < batch.slots.size(); ++i)
      batch.slots[i] = arena_.data() + batch.images * memory.offset[i];
  }

  void run_stage(const StageKernel& kernel, const Batch& batch) {
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
  const std::vector<const Implementation*> implementations_;
  Program program_;
  std::optional<Program> observed_;  // made when somebody looks, if stages of program_ have several steps
  ThreadPool pool_;
  std::vector<Scratch> scratch_;  // by thread
  Arena arena_;
};

}  // namespace

std::unique_ptr<Session> make_session_with(const Plan& plan, int threads,
                                           std::span<const Implementation* const> implementations) {
  return std::make_unique<CpuSession>(plan, threads, implementations);
}

}  // namespace cpu

std::unique_ptr<Session> make_cpu_session(const Plan& plan, const SessionOptions& options) {
  return cpu::make_session_with(plan, options.threads, cpu::implementations_from(options.path));
}

}  // namespace zsq::runtime
