#include "bnstats/fused_norm.h"

#include <torch/csrc/autograd/custom_function.h>
#include <torch/types.h>

#include "bnstats/norm_kernel.h"

namespace zsq::bnstats {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;
using torch::autograd::Variable;

constexpr auto kChannelsLast = torch::MemoryFormat::ChannelsLast;

std::span<const float> view(const Tensor& t) {
  return {t.const_data_ptr<float>(), static_cast<std::size_t>(t.numel())};
}

std::span<float> mutable_view(const Tensor& t) {
  return {t.mutable_data_ptr<float>(), static_cast<std::size_t>(t.numel())};
}

NormAffine affine(const Tensor& scale, const Tensor& shift, double low, double high) {
  return {view(scale), view(shift), static_cast<float>(low), static_cast<float>(high)};
}

/// mean and variance = E[x^2] - E[x]^2 from sums in double; rounding may take a variance below zero, so it is
/// clamped.
Moments moments(const std::vector<double>& sum, const std::vector<double>& square, double count) {
  const auto channels = static_cast<std::int64_t>(sum.size());
  Moments m{torch::empty({channels}), torch::empty({channels})};
  const auto mean = mutable_view(m.mean);
  const auto variance = mutable_view(m.variance);
  for (std::size_t c = 0; c < sum.size(); ++c) {
    const double expected = sum[c] / count;
    mean[c] = static_cast<float>(expected);
    variance[c] = static_cast<float>(std::max(0.0, square[c] / count - expected * expected));
  }
  return m;
}

class FusedNormFunction : public torch::autograd::Function<FusedNormFunction> {
 public:
  static tensor_list forward(AutogradContext* context, const Variable& x, const Tensor& scale,
                             const Tensor& shift, double low, double high) {
    const Tensor in = x.contiguous(kChannelsLast);
    Tensor out = torch::empty_like(in, kChannelsLast);
    std::vector<double> sum(static_cast<std::size_t>(in.size(1)));
    std::vector<double> square(sum.size());
    norm_forward(view(in), affine(scale, shift, low, high), mutable_view(out), sum, square);
    const Moments m = moments(sum, square, static_cast<double>(in.numel() / in.size(1)));
    context->save_for_backward({in, scale, shift, m.mean});
    context->saved_data["low"] = low;
    context->saved_data["high"] = high;
    return {out, m.mean, m.variance};
  }

  static tensor_list backward(AutogradContext* context, const tensor_list& gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor& in = saved[0];
    const Tensor& mean = saved[3];
    const double count = static_cast<double>(in.numel() / in.size(1));
    // variance = E[x^2] - E[x]^2, so d variance / dx = 2 (x - mean) / count, and d mean / dx = 1 / count.
    const Tensor slope = (gradients[2] * (2 / count)).contiguous();
    const Tensor offset = (gradients[1] / count - slope * mean).contiguous();
    const Tensor dy = gradients[0].contiguous(kChannelsLast);
    Tensor dx = torch::empty_like(in, kChannelsLast);
    norm_backward(view(in), view(dy),
                  affine(saved[1], saved[2], context->saved_data["low"].toDouble(),
                         context->saved_data["high"].toDouble()),
                  view(offset), view(slope), mutable_view(dx));
    return {dx, {}, {}, {}, {}};
  }
};

}  // namespace

FusedNorm::FusedNorm(const Statistics& stored, const Clamp& behind)
    : scale(stored.gamma / stored.deviation()),
      shift(stored.beta - stored.mean * scale),
      activation(behind) {}

NormOutput fused_norm(const Tensor& x, const FusedNorm& norm) {
  const tensor_list out =
      FusedNormFunction::apply(x, norm.scale, norm.shift, static_cast<double>(norm.activation.low),
                               static_cast<double>(norm.activation.high));
  return {out[0], {out[1], out[2]}};
}

}  // namespace zsq::bnstats
