#include "runtime/cpu/session.h"

#include <chrono>
#include <functional>
#include <limits>
#include <new>
#include <optional>

#include "graph/check.h"
#include "runtime/backends.h"
#include "runtime/compare.h"
#include "runtime/cpu/program.h"
#include "runtime/cpu/thread_pool.h"
#include "runtime/timing.h"

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

  /// Called after each stage, with its number.
  void watch(std::function<void(std::size_t)> watcher) { watcher_ = std::move(watcher); }

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
    for (std::size_t i = 0; i < program.parts().size(); ++i) {
      const Program::Part& part = program.parts()[i];
      run_stage(*part.kernel, batch);
      for (const SlotId id : part.written) {
        hand_out(plan_, batch, id);
        if (observer) show(plan_, batch, id, observer);
      }
      if (watcher_) watcher_(i);
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
  std::function<void(std::size_t)> watcher_;
};

/// A session with the times of its stages.
struct Timed {
  std::unique_ptr<CpuSession> session;
  std::vector<std::uint8_t> pixels;
  std::vector<std::vector<std::int32_t>> outputs;
  std::vector<StageTime> stages;
  std::chrono::steady_clock::time_point last{};

  Timed(const Plan& plan, const SessionOptions& options, std::int64_t images)
      : pixels(probe_images(plan.image, images, 0)) {
    const auto implementations = implementations_from(options.path);
    for (const Choice& choice : choose(plan, implementations, plan.steps.size()))
      stages.push_back({choice.stage.first, choice.stage.count, std::numeric_limits<double>::infinity()});
    session = std::make_unique<CpuSession>(plan, options.threads, implementations);
    for (const SlotId id : plan.outputs)
      outputs.emplace_back(static_cast<std::size_t>(images * plan[id].shape.size()));
  }

  void run() {
    const std::vector<std::span<std::int32_t>> spans(outputs.begin(), outputs.end());
    last = std::chrono::steady_clock::now();
    session->run(pixels, spans, {});
  }

  void stage_ended(std::size_t i) {
    const auto now = std::chrono::steady_clock::now();
    stages[i].seconds = std::min(stages[i].seconds, std::chrono::duration<double>(now - last).count());
    last = std::chrono::steady_clock::now();
  }
};

}  // namespace

std::unique_ptr<Session> make_session_with(const Plan& plan, int threads,
                                           std::span<const Implementation* const> implementations) {
  return std::make_unique<CpuSession>(plan, threads, implementations);
}

}  // namespace cpu

std::vector<std::vector<StageTime>> time_stages(std::span<const Plan* const> plans,
                                                const SessionOptions& options, std::int64_t images,
                                                int rounds, const std::function<void(int)>& keep_going) {
  std::vector<std::unique_ptr<cpu::Timed>> all;
  for (const Plan* plan : plans) {
    validate(*plan);
    all.push_back(std::make_unique<cpu::Timed>(*plan, options, images));
    all.back()->run();
    all.back()->session->watch([timed = all.back().get()](std::size_t i) { timed->stage_ended(i); });
  }
  for (int round = 0; round < rounds; ++round) {
    if (keep_going) keep_going(round);
    for (const auto& timed : all)
      for (int again = 0; again < 3; ++again) timed->run();  // the first finds the caches full of another's
  }
  std::vector<std::vector<StageTime>> times;
  for (const auto& timed : all) times.push_back(timed->stages);
  return times;
}

std::unique_ptr<Session> make_cpu_session(const Plan& plan, const SessionOptions& options) {
  return cpu::make_session_with(plan, options.threads, cpu::implementations_from(options.path));
}

}  // namespace zsq::runtime
