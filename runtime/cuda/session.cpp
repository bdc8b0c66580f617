#include "runtime/cuda/session.h"

#include <algorithm>
#include <cassert>
#include <map>

#include "graph/check.h"
#include "runtime/backends.h"
#include "runtime/batch.h"
#include "runtime/cuda/prepare.h"
#include "runtime/memory.h"
#include "runtime/step.h"

namespace zsq::runtime::cuda {
namespace {

/// Places of narrow slots begin where vectors do; those of an image's few channels at whole words.
MemoryDemand demand_of(const Plan& plan) {
  constexpr std::int64_t kFew = 4, kVector = 16;
  MemoryDemand demand = plain_demand(plan);
  for (std::size_t i = 0; i < plan.slots.size(); ++i)
    if (!is_wide(plan.slots[i])) demand.channel_multiple[i] = kVector;
  for (const Step& step : plan.steps)
    if (const auto* pixels = std::get_if<Pixels>(&step); pixels != nullptr && plan.image.c <= kFew)
      demand.channel_multiple[index(pixels->out)] = kFew;
  return demand;
}

class CudaSession final : public ResidentSession {
 public:
  CudaSession(std::shared_ptr<Gpu> gpu, Plan plan, const Tuning& tuning)
      : gpu_(std::move(gpu)),
        plan_(std::move(plan)),
        memory_(plan_memory(plan_, demand_of(plan_))),
        most_(most_images(plan_)) {
    ConstantPool pool;
    const Context context{plan_, memory_.layout, tuning, gpu_->multiprocessors(), packing_limit(plan_), pool};
    for (const Step& step : plan_.steps) steps_.push_back(prepare(context, step));
    fused_ = prepare_fused(context, steps_);
    constants_ =
        Memory(*gpu_, std::max<std::int64_t>(std::ssize(pool.bytes()), 1), "the constants of the plan");
    gpu_->upload(constants_.address(), pool.bytes());
  }

  void run(std::span<const std::uint8_t> pixels, std::span<const std::span<std::int32_t>> outputs,
           const Observer& observer) override {
    const std::int64_t images = images_in(plan_, pixels, outputs);
    check(!observer || images <= most_, Fault::device, images, " images are observed at once, at most ",
          most_, " of this plan can be; try a smaller batch");
    for (std::int64_t i = 0; i < images; i += most_)
      run_together(part_of(plan_, pixels, outputs, {i, std::min(most_, images - i)}), observer);
  }

  Buffers buffers(std::int64_t images) override {
    check(images >= 1 && images <= most_, Fault::device, "a batch of ", images,
          " images cannot run at once, at most ", most_, " of this plan can; try a smaller batch");
    reserve(images);
    const Frame frame = frame_of(images);
    return {frame.pixels, frame.outputs};
  }

  void run_resident(std::int64_t images) override {
    const auto found = recordings_.find(images);
    if (found != recordings_.end()) return found->second->start();
    if (recordings_.size() >= kMostRecordings) recordings_.clear();
    (recordings_[images] = gpu_->record(launches(images)))->start();
  }

  std::vector<std::int32_t> top(std::int64_t images, std::int64_t k, std::size_t i) override {
    const Shape& shape = plan_[plan_.outputs.at(i)].shape;
    check(1 <= k && k <= shape.c, Fault::usage, "the ", k, " largest of ", shape.c,
          " channels are asked for, needs 1 to ", shape.c);
    const std::int64_t rows = images * shape.h * shape.w, bytes = rows * k * 4;
    buffers(images);
    if (found_.bytes() < bytes) found_ = Memory(*gpu_, bytes, "the largest values");
    const Frame frame = frame_of(images);
    LaunchBuilder to(frame, "zsq_top");
    const TopArguments a{.values = to.reads_output(i),
                         .found = to.writes(found_, bytes),
                         .rows = static_cast<std::int32_t>(rows),
                         .count = static_cast<std::int32_t>(shape.c),
                         .wanted = static_cast<std::int32_t>(k)};
    constexpr std::uint32_t kRowsOfBlock = 4, kThreads = 32 * kRowsOfBlock;
    gpu_->launch(
        to.in_blocks((static_cast<std::uint32_t>(rows) + kRowsOfBlock - 1) / kRowsOfBlock, kThreads, a));
    std::vector<std::int32_t> found(static_cast<std::size_t>(rows * k));
    gpu_->download(std::as_writable_bytes(std::span(found)), found_.address());
    return found;
  }

  std::vector<Launch> launches(std::int64_t images) override {
    buffers(images);
    const Frame frame = frame_of(images);
    std::vector<Launch> all;
    for (std::size_t i = 0; i < steps_.size(); ++i)
      for (Launch& one : launches_of(i, fused_, frame)) {
        one.step = i;
        all.push_back(std::move(one));
      }
    return all;
  }

 private:
  static constexpr std::size_t kMostRecordings = 16;  // batches of so many sizes

  /// Of a step, and of handing out what it wrote: at once, since its memory may be another slot's later. Wide
  /// values are written where they are handed out.
  std::vector<Launch> launches_of(std::size_t step, const std::vector<Launches>& steps,
                                  const Frame& frame) const {
    std::vector<Launch> all = steps[step](frame);
    const SlotId written = output(plan_.steps[step]);
    const auto found = std::ranges::find(plan_.outputs, written);
    if (found != plan_.outputs.end() && !is_written_in_place(written))
      all.push_back(hand_out(frame, static_cast<std::size_t>(found - plan_.outputs.begin())));
    return all;
  }

  bool is_written_in_place(SlotId id) const {
    assert(!is_wide(plan_[id]) || memory_.layout[index(id)].is_dense());
    return is_wide(plan_[id]);
  }

  void run_together(const Batch& batch, const Observer& observer) {
    const Buffers on_gpu = buffers(batch.images);
    gpu_->upload(on_gpu.pixels, std::as_bytes(batch.pixels));
    if (observer)
      run_observed(batch.images, observer);
    else
      run_resident(batch.images);
    for (std::size_t i = 0; i < batch.outputs.size(); ++i)
      gpu_->download(std::as_writable_bytes(batch.outputs[i]), on_gpu.outputs[i]);
  }

  void run_observed(std::int64_t images, const Observer& observer) {
    const Frame frame = frame_of(images);
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      for (const Launch& one : launches_of(i, steps_, frame)) gpu_->launch(one);
      const SlotId written = output(plan_.steps[i]);
      std::vector<std::byte> values(
          static_cast<std::size_t>(images * memory_.layout[index(written)].bytes()));
      gpu_->download(values, frame.slots[index(written)]);
      Batch shown{
          .images = images, .slots = std::vector<std::byte*>(plan_.slots.size()), .layouts = memory_.layout};
      shown.slots[index(written)] = values.data();
      show(plan_, shown, written, observer);
    }
  }

  /// Memory for so many images; none is allocated while they run.
  void reserve(std::int64_t images) {
    if (images <= room_) return;
    recordings_.clear();
    arena_ = {};
    pixels_ = {};
    outputs_.clear();
    room_ = 0;
    const auto purpose = [&](const char* what) {
      return std::string(what) + " of " + std::to_string(images) + " images";
    };
    arena_ = Memory(*gpu_, images * memory_.bytes, purpose("the activations"));
    pixels_ = Memory(*gpu_, images * plan_.image.size(), purpose("the pixels"));
    for (const SlotId id : plan_.outputs)
      outputs_.emplace_back(*gpu_, images * plan_[id].shape.size() * 4, purpose("the outputs"));
    room_ = images;
  }

  Frame frame_of(std::int64_t images) const {
    Frame frame{.plan = &plan_,
                .images = images,
                .pixels = pixels_.address(),
                .constants = constants_.address(),
                .outputs = {},
                .slots = {},
                .layouts = memory_.layout};
    for (const Memory& one : outputs_) frame.outputs.push_back(one.address());
    for (const std::int64_t offset : memory_.offset)
      frame.slots.push_back(arena_.address() + static_cast<Address>(images * offset));
    for (std::size_t i = 0; i < plan_.outputs.size(); ++i)
      if (is_written_in_place(plan_.outputs[i])) frame.slots[index(plan_.outputs[i])] = frame.outputs[i];
    return frame;
  }

  const std::shared_ptr<Gpu> gpu_;
  const Plan plan_;
  const MemoryPlan memory_;
  const std::int64_t most_;
  std::vector<Launches> steps_, fused_;  // as an observer sees them, and as nobody does
  Memory constants_, arena_, pixels_, found_;
  std::vector<Memory> outputs_;
  std::int64_t room_ = 0;                                          // images that fit
  std::map<std::int64_t, std::unique_ptr<Recording>> recordings_;  // by images
};

}  // namespace

std::int64_t most_images(const Plan& plan) {
  constexpr std::int64_t kLimit = INT32_MAX, kPadded = 16;
  std::int64_t largest = plan.image.size();
  for (const Slot& slot : plan.slots)
    largest = std::max(largest, slot.shape.h * slot.shape.w * (slot.shape.c + kPadded));
  check(largest <= kLimit, Fault::device, "a tensor of ", largest,
        " values is too large for the cuda device, which counts up to ", kLimit, "; try --device cpu");
  return kLimit / largest;
}

std::unique_ptr<ResidentSession> make_session_on(std::shared_ptr<Gpu> gpu, const Plan& plan,
                                                 const Tuning& tuning) {
  return std::make_unique<CudaSession>(std::move(gpu), plan, tuning);
}

}  // namespace zsq::runtime::cuda
