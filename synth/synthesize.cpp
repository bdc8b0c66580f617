#include "synth/synthesize.h"

#include <atomic>
#include <chrono>
#include <cmath>
#include <mutex>
#include <numbers>

#include <torch/optim/adam.h>
#include <torch/types.h>

#include "graph/check.h"
#include "graph/torch/parallel_batches.h"
#include "synth/augment.h"
#include "synth/losses.h"
#include "synth/natural_image.h"
#include "synth/noise.h"
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
  Tensor labels;  // [batches * batch]
  int batches;
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
    loss_[static_cast<std::size_t>(step)] += loss / batches_;
    ++done_;
    if (!callback_) return;
    const double rate = static_cast<double>(done_) / seconds();
    const double left = static_cast<double>(static_cast<std::int64_t>(batches_) * steps_ - done_);
    stopped_ = !callback_({batch, batches_, step + 1, steps_, done_, loss, rate, left / rate});
    if (stopped_) throw Interrupted();
  }

  double seconds() const { return std::chrono::duration<double>(Clock::now() - begin_).count(); }
  const std::vector<double>& loss() const { return loss_; }
  std::int64_t done() const { return done_; }

 private:
  const ProgressCallback& callback_;
  int batches_, steps_;
  std::vector<double> loss_;
  std::mutex mutex_;
  bool stopped_ = false;
  std::int64_t done_ = 0;
  Clock::time_point begin_ = Clock::now();
};

/// Balanced, in an order of its own for each seed: label i is a permutation of the classes, again and again.
Tensor balanced_labels(std::int64_t count, std::int64_t classes, std::uint64_t seed) {
  const Tensor order = torch::randperm(classes, batch_generator(seed, -1), torch::kInt64);
  return order.index_select(0, torch::arange(count, torch::kInt64).remainder(classes));
}

double cosine(double learning_rate, int step, int steps) {
  return learning_rate * 0.5 * (1 + std::cos(std::numbers::pi * step / steps));
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

/// Undefined where it had to end before it was ready.
Tensor make_batch(const Job& job, int batch, Meter& meter, const BatchEnds& ends) {
  const Options& o = job.options;
  const Graph& graph = job.teacher.graph();
  const torch::Device device = job.teacher.device();
  torch::Generator generator = batch_generator(o.seed, batch);
  const images::PixelRange range = images::pixel_range(job.preprocessing, graph.input_shape().c);
  Pixels source(octave_noise(o.batch, graph.input_shape(), job.preprocessing, generator, o.grain).to(device),
                {range.low.to(device), range.high.to(device)});
  torch::optim::Adam adam(source.parameters(), torch::optim::AdamOptions(o.learning_rate));
  auto& adam_options = static_cast<torch::optim::AdamOptions&>(adam.param_groups().front().options());
  const Tensor labels = job.labels.narrow(0, static_cast<std::int64_t>(batch) * o.batch, o.batch).to(device);
  bnstats::Probe probe(graph, job.stored);
  for (int step = 0; step < o.steps; ++step) {
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
    adam.zero_grad();
    loss.backward();
    adam_options.lr(cosine(o.learning_rate, step, o.steps));
    adam.step();
    source.project();
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
                     const Preprocessing& preprocessing, const Options& options,
                     const ProgressCallback& progress) {
  check_options(options);
  const int batches = (options.count + options.batch - 1) / options.batch;
  const std::int64_t made = static_cast<std::int64_t>(batches) * options.batch;
  const std::int64_t drawn = classes(teacher.graph()).value_or(1);
  const Job job{teacher, stored, preprocessing, options, balanced_labels(made, drawn, options.seed), batches};
  Meter meter(job, progress);
  std::vector<Tensor> images(static_cast<std::size_t>(batches));
  parallel_batches(batches, options.threads, [&](int batch, const BatchEnds& ends) {
    name_lack_of_memory(
        options, [&] { images[static_cast<std::size_t>(batch)] = make_batch(job, batch, meter, ends); });
  });
  return {.images = torch::cat(images).narrow(0, 0, options.count).contiguous(),
          .labels = job.labels.narrow(0, 0, options.count).contiguous(),
          .loss = meter.loss(),
          .seconds = meter.seconds(),
          .iterations = meter.done()};
}

}  // namespace zsq::synth
