#include "quantize/learned/learned_grid.h"

#include <torch/csrc/autograd/custom_function.h>

#include "quantize/learned/grid_kernel.h"

namespace zsq::quantize {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;
using torch::autograd::Variable;

std::span<const float> view(const Tensor& t) {
  return {t.const_data_ptr<float>(), static_cast<std::size_t>(t.numel())};
}

std::span<float> mutable_view(const Tensor& t) {
  return {t.mutable_data_ptr<float>(), static_cast<std::size_t>(t.numel())};
}

Tensor dense(const Tensor& t) { return t.contiguous(t.suggest_memory_format()); }

std::uint32_t threshold(double share) { return static_cast<std::uint32_t>(share * 0xFFFFFFFFU); }

GridPass pass_of(float scale, double low, double high, double share, std::int64_t seed) {
  return {scale, static_cast<float>(low), static_cast<float>(high), threshold(share),
          static_cast<std::uint32_t>(seed)};
}

class LearnedGrid : public torch::autograd::Function<LearnedGrid> {
 public:
  static Tensor forward(AutogradContext* context, const Variable& values, const Variable& scale, double low,
                        double high, double share, std::int64_t seed) {
    const Tensor in = dense(values);
    Tensor out = torch::empty_like(in);
    grid_forward(view(in), pass_of(scale.item<float>(), low, high, share, seed), mutable_view(out));
    context->save_for_backward({in, scale});
    context->saved_data["low"] = low;
    context->saved_data["high"] = high;
    context->saved_data["share"] = share;
    context->saved_data["seed"] = seed;
    return out;
  }

  static tensor_list backward(AutogradContext* context, const tensor_list& gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor& in = saved[0];
    const Tensor dy = gradients[0].contiguous(in.suggest_memory_format());
    Tensor dx = torch::empty_like(in);
    auto& kept = context->saved_data;
    const GridPass pass = pass_of(saved[1].item<float>(), kept["low"].toDouble(), kept["high"].toDouble(),
                                  kept["share"].toDouble(), kept["seed"].toInt());
    const double slope = grid_backward(view(in), view(dy), pass, mutable_view(dx));
    return {dx, torch::full_like(saved[1], slope), {}, {}, {}, {}};
  }
};

}  // namespace

Tensor on_learned_grid(const Tensor& values, const Tensor& scale, const QParams& grid, Drop drop) {
  return LearnedGrid::apply(values, scale, double(grid.lowest() - grid.zero_point),
                            double(grid.highest() - grid.zero_point), drop.share, std::int64_t{drop.seed});
}

Tensor mixed(const Tensor& one, const Tensor& other, Drop drop) {
  const Tensor a = dense(one), b = other.contiguous(one.suggest_memory_format());
  Tensor out = torch::empty_like(a);
  mix(view(a), view(b), {.keep_from = threshold(drop.share), .seed = drop.seed}, mutable_view(out));
  return out;
}

}  // namespace zsq::quantize
