#include "synth/synthesize.h"

#include <atomic>
#include <chrono>
#include <cmath>
#include <mutex>

#include <torch/types.h>

#include "graph/check.h"
#include "graph/torch/parallel_batches.h"
#include "synth/augment.h"
#include "synth/losses.h"
#include "synth/natural_image.h"
#include "synth/noise.h"
#include "synth/optimiser.h"
#include "synth/pixels.h"

namespace zsq::synth {
namespace {

using torch::Tensor;
using Clock = std::chrono::steady_clock;

/// What all batches read.
struct Job {
  const TorchExecutor& teacher;
  std::span<const bnstats::Statistics> stored;
  const Preprocessing& preprocessing;
  const Options& options;
  const Checkpoints* checkpoints;  // null: none
  Tensor labels;                   // [all batches * batch]
  int first, batches;              // those of this shard
};

/// Counts the steps of all batches, and passes them on one at a time.
class Meter {
 public:
  Meter(const Job& job, const ProgressCallback& callback)
      : callback_(callback),
        batches_(job.batches),
        steps_(job.options.steps),
        loss_(static_cast<std::size_t>(steps_)) {}

  /// Throws Interrupted, in every batch, once the callback has returned false.
  void tell(int batch, int step, double loss) {
    const std::scoped_lock lock(mutex_);
    if (stopped_) throw Interrupted();
    count(step, loss);
    ++made_;
    if (!callback_) return;
    const double rate = static_cast<double>(made_) / seconds();
    const double left = static_cast<double>(static_cast<std::int64_t>(batches_) * steps_ - done_);
    stopped_ = !callback_({batch, batches_, step + 1, steps_, done_, loss, rate, left / rate});
    if (stopped_) throw Interrupted();
  }

  /// Steps that an earlier run has made.
  void resume(std::span<const double> loss) {
    const std::scoped_lock lock(mutex_);
    for (std::size_t step = 0; step < loss.size(); ++step) count(static_cast<int>(step), loss[step]);
  }

  double seconds() const { return std::chrono::duration<double>(Clock::now() - begin_).count(); }
  const std::vector<double>& loss() const { return loss_; }
  std::int64_t made() const { return made_; }

 private:
  void count(int step, double loss) {
    loss_[static_cast<std::size_t>(step)] += loss / batches_;
    ++done_;
  }

  const ProgressCallback& callback_;
  int batches_, steps_;
  std::vector<double> loss_;
  std::mutex mutex_;
  bool stopped_ = false;
  std::int64_t done_ = 0, made_ = 0;  // of them all; by this run
  Clock::time_point begin_ = Clock::now();
};

/// Balanced, in an order of its own for each seed: label i is a permutation of the classes, again and again.
Tensor balanced_labels(std::int64_t count, std::int64_t classes, std::uint64_t seed) {
  const Tensor order = torch::randperm(classes, batch_generator(seed, -1), torch::kInt64);
  return order.index_select(0, torch::arange(count, torch::kInt64).remainder(classes));
}

/// The terms that have a weight, weighted; that of the classes only where there are any. images: before
/// augmentation; outputs: after.
Tensor total_loss(const Job& job, const bnstats::Probe& probe, const Tensor& images,
                  const std::vector<Tensor>& outputs, const Tensor& labels) {
  const LossWeights& w = job.options.weights;
  const bool classifies = classes(job.teacher.graph()).has_value();
  Tensor loss = torch::zeros({}, images.options());
  if (w.norms > 0) loss = loss + w.norms * probe.divergence(job.options.distance);
  if (w.classes > 0 && classifies)
    loss = loss + w.classes * class_term(outputs.front(), labels, job.options.hardness);
  if (w.logit_range > 0)
    for (const Tensor& out : outputs) loss = loss + w.logit_range * logit_range(out.flatten(1));
  if (w.variation > 0) loss = loss + w.variation * total_variation(images);
  if (w.colour > 0) loss = loss + w.colour * colour_variation(images);
  if (w.speckle > 0) loss = loss + w.speckle * speckle(images);
  if (w.l2 > 0) loss = loss + w.l2 * l2(images);
  if (w.image_prior > 0) {
    const NaturalImage natural = natural_image(job.preprocessing, images.size(1));
    loss = loss + w.image_prior * image_prior(images, natural.mean.to(images.device()),
                                              natural.deviation.to(images.device()));
  }
  return loss;
}

/// The losses so far; none where there is no checkpoint to carry on from.
std::vector<double> resume(const Checkpoints* checkpoints, int batch, int steps, Optimiser& optimiser,
                           torch::Generator& generator) {
  if (checkpoints == nullptr) return {};
  BatchState like = optimiser.state(0);
  like.random = generator.get_state();
  const auto found = checkpoints->load(batch, like);
  if (!found) return {};
  check(found->step <= steps, Fault::data, checkpoints->folder().string(), ": batch ", batch, " has made ",
        found->step, " of ", steps, " steps; remove the folder to begin again");
  optimiser.set_state(*found);
  try {
    generator.set_state(found->random);
  } catch (const c10::Error&) {
    fail(Fault::data, checkpoints->folder().string(), ": the random state of batch ", batch,
         " is damaged; remove the folder to begin again");
  }
  return found->loss;
}

/// Where one is due.
void leave_checkpoint(const Job& job, int batch, const Optimiser& optimiser,
                      const torch::Generator& generator, const std::vector<double>& losses) {
  const auto steps = static_cast<int>(losses.size());
  if (job.checkpoints == nullptr) return;
  if (steps % job.checkpoints->every() != 0 && steps != job.options.steps) return;
  BatchState state = optimiser.state(steps);
  state.random = generator.get_state();
  state.loss = losses;
  job.checkpoints->save(batch, state);
}

/// Undefined where it had to end before it was ready.
Tensor make_batch(const Job& job, int batch, Meter& meter, const BatchEnds& ends) {
  const Options& o = job.options;
  const Graph& graph = job.teacher.graph();
  const torch::Device device = job.teacher.device();
  torch::Generator generator = batch_generator(o.seed, batch);
  const images::PixelRange range = images::pixel_range(job.preprocessing, graph.input_shape().c);
  Pixels source(octave_noise(o.batch, graph.input_shape(), job.preprocessing, generator, o.grain).to(device),
                {range.low.to(device), range.high.to(device)});
  Optimiser optimiser(source, o.learning_rate, o.steps);
  const Tensor labels = job.labels.narrow(0, static_cast<std::int64_t>(batch) * o.batch, o.batch).to(device);
  bnstats::Probe probe(graph, job.stored);
  std::vector<double> losses = resume(job.checkpoints, batch, o.steps, optimiser, generator);
  meter.resume(losses);
  for (int step = static_cast<int>(losses.size()); step < o.steps; ++step) {
    if (ends()) return {};
    probe.reset();
    const Tensor images = source.images();
    const Tensor seen =
        augment(images, o.roll, o.flip, generator).contiguous(torch::MemoryFormat::ChannelsLast);
    const auto outputs = job.teacher.run_all(seen, probe.tap());
    const Tensor loss = total_loss(job, probe, images, outputs, labels);
    const double value = loss.item<double>();
    check(std::isfinite(value), Fault::target, "the loss of batch ", batch, " is not a number at step ",
          step + 1, "; try a lower learning rate than ", o.learning_rate);
    optimiser.step(step, loss);
    losses.push_back(value);
    leave_checkpoint(job, batch, optimiser, generator, losses);
    meter.tell(batch, step, value);
  }
  return source.images().detach().cpu().contiguous();
}

/// LibTorch's own exceptions are not for users; the one a user can cause is that of too large a batch.
template <class Work>
void name_lack_of_memory(const Options& options, const Work& work) {
  try {
    work();
  } catch (const c10::Error& error) {
    check(std::string_view(error.what_without_backtrace()).find("allocate memory") == std::string_view::npos,
          Fault::device, "memory ran out with batches of ", options.batch, " images and ", options.threads,
          " threads; try a smaller batch or fewer threads");
    throw;
  }
}

}  // namespace

Synthesis synthesize(const TorchExecutor& teacher, std::span<const bnstats::Statistics> stored,
                     const Preprocessing& preprocessing, const Options& options, const Beside& beside) {
  check_options(options);
  const std::int64_t all = batch_count(options);
  const auto first = static_cast<int>(all * options.shard.index / options.shard.of);
  const auto end = static_cast<int>(all * (options.shard.index + 1) / options.shard.of);
  const std::int64_t drawn = classes(teacher.graph()).value_or(1);
  const Job job{teacher,
                stored,
                preprocessing,
                options,
                beside.checkpoints,
                balanced_labels(all * options.batch, drawn, options.seed),
                first,
                end - first};
  Meter meter(job, beside.progress);
  std::vector<Tensor> images(static_cast<std::size_t>(job.batches));
  parallel_batches(job.batches, options.threads, [&](int i, const BatchEnds& ends) {
    name_lack_of_memory(
        options, [&] { images[static_cast<std::size_t>(i)] = make_batch(job, first + i, meter, ends); });
  });
  const std::int64_t begin = static_cast<std::int64_t>(first) * options.batch;
  const std::int64_t count =
      std::min<std::int64_t>(static_cast<std::int64_t>(end) * options.batch, options.count) - begin;
  return {.images = torch::cat(images).narrow(0, 0, count).contiguous(),
          .labels = job.labels.narrow(0, begin, count).contiguous(),
          .loss = meter.loss(),
          .seconds = meter.seconds(),
          .iterations = meter.made()};
}

}  // namespace zsq::synth
