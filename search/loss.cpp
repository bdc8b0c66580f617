#include "search/loss.h"

#include "images/torch/pixel_codec.h"
#include "quantize/batches.h"
#include "quantize/lower.h"
#include "runtime/session.h"

namespace zsq::search {
namespace {

using torch::Tensor;

/// [n, h * w * c] int32 as a program hands them out -> [n, c * h * w] real.
Tensor real_output(const std::vector<std::int32_t>& integers, std::int64_t images, const Shape& shape,
                   double scale) {
  const Tensor flat = torch::tensor(integers, torch::kInt32).view({images, shape.h, shape.w, shape.c});
  return flat.permute({0, 3, 1, 2}).flatten(1).to(torch::kFloat64) * scale;
}

std::vector<Tensor> outputs_of(const runtime::PlanFile& file, const Tensor& pixels, int threads) {
  const std::int64_t images = pixels.size(0);
  const auto session = runtime::make_session(file.plan, runtime::Device::cpu, {.threads = threads});
  std::vector<std::vector<std::int32_t>> integers;
  for (const runtime::SlotId id : file.plan.outputs)
    integers.emplace_back(static_cast<std::size_t>(images * file.plan[id].shape.size()));
  const std::vector<std::span<std::int32_t>> spans(integers.begin(), integers.end());
  session->run({pixels.data_ptr<std::uint8_t>(), static_cast<std::size_t>(pixels.numel())}, spans);
  std::vector<Tensor> real;
  for (std::size_t o = 0; o < integers.size(); ++o) {
    const runtime::SlotId id = file.plan.outputs[o];
    real.push_back(real_output(integers[o], images, file.plan[id].shape,
                               file.metadata.tensors[runtime::index(id)].scale));
  }
  return real;
}

}  // namespace

LossMeter::LossMeter(const Graph& prepared, const Preprocessing& pixels, const Tensor& images, int threads)
    : preprocessing_(pixels),
      pixels_(images::to_pixels(images, pixels).contiguous()),
      images_(images::from_pixels(pixels_, pixels)),
      is_classifier_(classes(prepared).has_value()),
      threads_(threads) {
  for (const Tensor& output : quantize::run_batches(TorchExecutor(prepared), images_))
    wanted_.push_back(output.to(torch::kFloat64));
}

Loss LossMeter::of(const quantize::QuantizedGraph& network) const {
  const auto got = outputs_of(quantize::lower(network, preprocessing_), pixels_, threads_);
  Loss loss;
  for (std::size_t o = 0; o < got.size(); ++o)
    loss.noise +=
        ((got[o] - wanted_[o]).square().sum() / wanted_[o].square().sum().clamp_min(1e-30)).item<double>();
  loss.divergence = loss.noise;
  if (!is_classifier_) return loss;
  const Tensor p = wanted_[0].log_softmax(1), q = got[0].log_softmax(1);
  loss.drop = (p.argmax(1) != q.argmax(1)).to(torch::kFloat64).mean().item<double>();
  loss.divergence = (p.exp() * (p - q)).sum(1).mean().item<double>();
  return loss;
}

}  // namespace zsq::search
