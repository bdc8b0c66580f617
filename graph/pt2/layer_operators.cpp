#include "graph/pt2/translator.h"

/// Layers with weights, pools, and what makes images larger.
namespace zsq::pt2 {
namespace {

using Integers64 = std::vector<std::int64_t>;

Integers64 all_sides(const Integers64& p) { return {p[0], p[1], p[0], p[1]}; }

void add_window(Translator& t, const Call& call, onnx::Node& node) {
  node.attributes.push_back(attribute("strides", t.pair(call, "stride", {1, 1})));
  node.attributes.push_back(attribute("dilations", t.pair(call, "dilation", {1, 1})));
  node.attributes.push_back(attribute("group", t.integer(call, "groups", 1)));
}

void transposed_convolution(Translator& t, const Call& call) {
  onnx::Node& node = t.emit(call, "ConvTranspose",
                            {t.tensor(call, "input"), t.tensor(call, "weight"), t.tensor(call, "bias")});
  add_window(t, call, node);
  node.attributes.push_back(attribute("pads", all_sides(t.pair(call, "padding", {0, 0}))));
  node.attributes.push_back(attribute("output_padding", t.pair(call, "output_padding", {0, 0})));
}

void convolution(Translator& t, const Call& call) {
  if (t.integer(call, "transposed", 0) != 0) return transposed_convolution(t, call);
  onnx::Node& node =
      t.emit(call, "Conv", {t.tensor(call, "input"), t.tensor(call, "weight"), t.tensor(call, "bias")});
  add_window(t, call, node);
  const std::string automatic = t.text(call, "padding", "");
  if (automatic.empty())
    node.attributes.push_back(attribute("pads", all_sides(t.pair(call, "padding", {0, 0}))));
  else
    node.attributes.push_back(attribute("auto_pad", automatic == "valid" ? "VALID" : "SAME_UPPER"));
}

/// A batch norm without gamma or beta has ones and zeros.
std::string_view filled(Translator& t, std::string_view like, const char* ending, float value) {
  const onnx::Tensor* mean = t.stored(like);
  if (mean == nullptr)
    refuse("normalises by statistics that are no constants; export the model after eval()");
  const std::string module(like.substr(0, like.rfind('.')));
  return t.add_stored(
      module + ending,
      onnx::tensor_of(std::vector<float>(static_cast<std::size_t>(mean->count()), value), {mean->count()}));
}

void batch_norm(Translator& t, const Call& call) {
  const std::string_view mean = t.tensor(call, "running_mean"), variance = t.tensor(call, "running_var");
  if (mean.empty() || variance.empty())
    refuse(
        "keeps no running statistics, which data-free quantization needs; train with "
        "track_running_stats=True");
  std::string_view gamma = t.tensor(call, "weight"), beta = t.tensor(call, "bias");
  if (gamma.empty()) gamma = filled(t, mean, ".weight", 1);
  if (beta.empty()) beta = filled(t, mean, ".bias", 0);
  onnx::Node& node =
      t.emit(call, "BatchNormalization", {t.tensor(call, "input"), gamma, beta, mean, variance});
  node.attributes.push_back(attribute("epsilon", t.number(call, "eps", 1e-5)));
  node.attributes.push_back(attribute("training_mode", t.integer(call, "training", 0)));
}

void linear(Translator& t, const Call& call) {
  t.emit(call, "Gemm", {t.tensor(call, "input"), t.tensor(call, "weight"), t.tensor(call, "bias")})
      .attributes = {attribute("transB", std::int64_t{1})};
}

/// beta * self + alpha * mat1 @ mat2
void addmm(Translator& t, const Call& call) {
  t.emit(call, "Gemm", {t.tensor(call, "mat1"), t.tensor(call, "mat2"), t.tensor(call, "self")}).attributes =
      {attribute("alpha", t.number(call, "alpha", 1)), attribute("beta", t.number(call, "beta", 1))};
}

void matmul(Translator& t, const Call& call) {
  const char* right = call.find("mat2") != nullptr ? "mat2" : "other";
  t.emit(call, "MatMul", {t.tensor(call, "self"), t.tensor(call, right)});
}

void add_pool(Translator& t, const Call& call, onnx::Node& node) {
  const Integers64 kernel = t.pair(call, "kernel_size", {});
  node.attributes = {attribute("kernel_shape", kernel), attribute("strides", t.pair(call, "stride", kernel)),
                     attribute("pads", all_sides(t.pair(call, "padding", {0, 0}))),
                     attribute("ceil_mode", t.integer(call, "ceil_mode", 0))};
}

void max_pool(Translator& t, const Call& call) {
  onnx::Node& node = t.emit(call, "MaxPool", {t.tensor(call, "self")});
  add_pool(t, call, node);
  node.attributes.push_back(attribute("dilations", t.pair(call, "dilation", {1, 1})));
  node.outputs.resize(1);  // the places of the maxima are for training
}

void average_pool(Translator& t, const Call& call) {
  if (call.find("divisor_override") != nullptr)
    refuse("divides by a number of its own; leave divisor_override out");
  onnx::Node& node = t.emit(call, "AveragePool", {t.tensor(call, "self")});
  add_pool(t, call, node);
  node.attributes.push_back(attribute("count_include_pad", t.integer(call, "count_include_pad", 1)));
}

template <const char* kOp>
void adaptive_pool(Translator& t, const Call& call) {
  onnx::Node& node = t.emit(call, kOp, {t.tensor(call, "self")});
  node.attributes = {attribute("output_size", t.pair(call, "output_size", {}))};
  node.outputs.resize(1);
}
constexpr char kAdaptiveAverage[] = "AdaptiveAveragePool", kAdaptiveMax[] = "AdaptiveMaxPool";

void mean(Translator& t, const Call& call) {
  if (call.find("dim") == nullptr)
    refuse("averages over the whole batch; rows and columns of an image are supported");
  t.emit(call, "ReduceMean", {t.tensor(call, "self"), t.constant(t.integers(call, "dim"))}).attributes = {
      attribute("keepdims", t.integer(call, "keepdim", 0))};
}

/// To a size, or by factors, which one of two overloads has as a list and the other as two arguments.
void upsample(Translator& t, const Call& call, const char* mode, const char* places, const char* rounding) {
  const char* image = call.find("input") != nullptr ? "input" : "self";
  std::vector<std::string_view> inputs{t.tensor(call, image), "", ""};
  std::vector<onnx::Attribute> attributes;
  const Value* factors = call.find("scale_factors");
  const auto* given = factors == nullptr ? nullptr : std::get_if<Numbers>(factors);
  if (given != nullptr && given->values.size() == 2) {
    onnx::Attribute scales = {.name = "scales"};
    for (const double f : {1.0, 1.0, given->values[0], given->values[1]})
      scales.numbers.push_back(static_cast<float>(f));
    attributes.push_back(std::move(scales));
  } else {
    const std::string_view size = t.extents(call, "output_size");
    const std::string_view front =
        t.constant(std::vector<std::int64_t>{1, 1});  // the importer reads the others
    inputs.push_back(t.intermediate(call, "Concat", {front, size}, {attribute("axis", std::int64_t{0})}));
  }
  attributes.push_back(attribute("mode", mode));
  attributes.push_back(attribute("coordinate_transformation_mode", places));
  attributes.push_back(attribute("nearest_mode", rounding));
  t.emit(call, "Resize", std::move(inputs)).attributes = std::move(attributes);
}

void nearest(Translator& t, const Call& call) { upsample(t, call, "nearest", "asymmetric", "floor"); }
void nearest_exact(Translator& t, const Call& call) {
  upsample(t, call, "nearest", "half_pixel", "round_prefer_ceil");
}
void bilinear(Translator& t, const Call& call) {
  upsample(t, call, "linear", t.integer(call, "align_corners", 0) != 0 ? "align_corners" : "half_pixel",
           "floor");
}

}  // namespace

const Operators& layer_operators() {
  static const Operators table{{"conv2d", convolution},
                               {"convolution", convolution},
                               {"conv_transpose2d", transposed_convolution},
                               {"batch_norm", batch_norm},
                               {"native_batch_norm", batch_norm},
                               {"_native_batch_norm_legit_no_training", batch_norm},
                               {"_native_batch_norm_legit", batch_norm},
                               {"linear", linear},
                               {"addmm", addmm},
                               {"mm", matmul},
                               {"matmul", matmul},
                               {"max_pool2d", max_pool},
                               {"max_pool2d_with_indices", max_pool},
                               {"avg_pool2d", average_pool},
                               {"adaptive_avg_pool2d", adaptive_pool<kAdaptiveAverage>},
                               {"_adaptive_avg_pool2d", adaptive_pool<kAdaptiveAverage>},
                               {"adaptive_max_pool2d", adaptive_pool<kAdaptiveMax>},
                               {"mean", mean},
                               {"upsample_nearest2d", nearest},
                               {"_upsample_nearest_exact2d", nearest_exact},
                               {"upsample_bilinear2d", bilinear}};
  return table;
}

}  // namespace zsq::pt2
