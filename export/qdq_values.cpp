#include "export/qdq_values.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace zsq::runtime::exporting {
namespace {

template <class T>
std::string bytes_of(const std::vector<T>& values) {
  std::string bytes(values.size() * sizeof(T), '\0');
  if (!values.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

}  // namespace

Values::Grid Values::grid(double low, double high) const {
  low = std::min(low, 0.0);
  high = std::max(high, 0.0);
  if (profile_ == Profile::tensorrt) return {std::max(-low, high) / 127, 0};
  const double scale = (high - low) / 255;
  return {scale, static_cast<int>(std::lround(-low / scale))};
}

/// The plan's own grid, but for TensorRT, which wants its zero point to be 0.
Values::Grid Values::grid_of(runtime::SlotId id) const {
  if (profile_ != Profile::tensorrt) return {scale(id), slot(id).zero_point + 128};
  const runtime::Clamp range = runtime::range_of(slot(id).bits);
  return grid(real(id, range.low), real(id, range.high));
}

std::string Values::quantized(const std::string& x, Grid g, std::string& bits) {
  const bool is_signed = profile_ == Profile::tensorrt;
  const std::string scale = floats("/scale", {static_cast<float>(g.scale)}, {});
  const std::string zero =
      model_.constant(name("/zero_point"), is_signed ? onnx::ElementType::i8 : onnx::ElementType::u8, {},
                      std::string(1, static_cast<char>(g.zero_point)));
  bits = model_.node("QuantizeLinear", name("/quantized"), {x, scale, zero});
  return model_.node("DequantizeLinear", name("/dequantized"), {bits, scale, zero});
}

void Values::give(runtime::SlotId id, const std::string& x) {
  auto& real_name = real_[runtime::index(id)];
  real_name = runtime::is_wide(slot(id)) ? x : quantized(x, grid_of(id), bits_[runtime::index(id)]);
}

void Values::give(runtime::SlotId id, const std::string& x, runtime::Clamp clamp) {
  const Grid g = grid_of(id);
  const bool is_signed = profile_ == Profile::tensorrt;
  const double low = real(id, clamp.low), high = real(id, clamp.high);
  // What the grid cuts off anyway needs no Clip.
  const double least = g.scale * ((is_signed ? -128 : 0) - g.zero_point),
               most = g.scale * ((is_signed ? 127 : 255) - g.zero_point);
  const bool from_below = low > least + g.scale / 2, from_above = high < most - g.scale / 2;
  give(id, clip(x, from_below ? std::optional(low) : std::nullopt,
                from_above ? std::optional(high) : std::nullopt));
}

std::string Values::on_grid(const std::string& suffix, const std::string& x, double low, double high) {
  const std::string step = step_;
  step_ += suffix;
  std::string bits;
  std::string result = quantized(x, grid(low, high), bits);
  step_ = step;
  return result;
}

std::string Values::floats(const std::string& suffix, const std::vector<float>& values,
                           std::vector<std::int64_t> dims) {
  return model_.constant(name(suffix), onnx::ElementType::f32, dims, bytes_of(values));
}

std::string Values::integers(const std::string& suffix, const std::vector<std::int64_t>& values) {
  return model_.constant(name(suffix), onnx::ElementType::i64, {std::ssize(values)}, bytes_of(values));
}

std::string Values::int8s(const std::string& suffix, const std::vector<std::int8_t>& values,
                          std::vector<std::int64_t> dims) {
  return model_.constant(name(suffix), onnx::ElementType::i8, dims, bytes_of(values));
}

std::string Values::weights(const std::string& suffix, const std::vector<std::int8_t>& values,
                            std::vector<std::int64_t> dims, int bits) {
  constexpr int kNibble = 4;
  if (bits > kNibble || narrow_ == NarrowWeights::int8) return int8s(suffix, values, std::move(dims));
  std::string bytes((values.size() + 1) / 2, '\0');  // the first of two in the lower half
  for (std::size_t i = 0; i < values.size(); ++i)
    bytes[i / 2] = static_cast<char>(bytes[i / 2] | ((values[i] & 0xF) << (i % 2 == 0 ? 0 : kNibble)));
  return model_.constant(name(suffix), onnx::ElementType::i4, dims, bytes);
}

std::string Values::int32s(const std::string& suffix, const std::vector<std::int32_t>& values) {
  return model_.constant(name(suffix), onnx::ElementType::i32, {std::ssize(values)}, bytes_of(values));
}

std::string Values::clip(const std::string& x, std::optional<double> low, std::optional<double> high) {
  if (!low && !high) return x;
  if (low == 0.0 && !high) return model_.node("Relu", name("/relu"), {x});
  const auto bound = [&](const char* suffix, std::optional<double> value) {
    return value ? floats(suffix, {static_cast<float>(*value)}, {}) : std::string();
  };
  return model_.node("Clip", name("/clip"), {x, bound("/low", low), bound("/high", high)});
}

}  // namespace zsq::runtime::exporting
