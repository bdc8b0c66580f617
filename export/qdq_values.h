#pragma once

#include <string>
#include <vector>

#include "export/onnx_export.h"
#include "graph/onnx/writer.h"

namespace zsq::runtime::exporting {

/// The values of a plan as they are written into an ONNX model: which name each slot has, and how it is
/// quantized.
class Values {
 public:
  Values(const runtime::PlanFile& file, Profile profile, NarrowWeights narrow)
      : file_(file), profile_(profile), narrow_(narrow) {}

  onnx::ModelWriter& model() { return model_; }
  const runtime::PlanFile& file() const { return file_; }
  const runtime::Plan& plan() const { return file_.plan; }
  Profile profile() const { return profile_; }

  const runtime::Slot& slot(runtime::SlotId id) const { return file_.plan[id]; }
  double scale(runtime::SlotId id) const { return file_.metadata.tensors[runtime::index(id)].scale; }

  /// The real value of one of a slot's integers.
  double real(runtime::SlotId id, std::int32_t q) const { return scale(id) * (q - slot(id).zero_point); }

  /// Of a value that is there: its real values; and its 8 bits, where it is narrow.
  const std::string& of(runtime::SlotId id) const { return real_[runtime::index(id)]; }
  const std::string& bits_of(runtime::SlotId id) const { return bits_[runtime::index(id)]; }

  /// `real` is the value of the step that is written: quantized and dequantized where the slot is narrow.
  void give(runtime::SlotId id, const std::string& real);

  /// The same; `clamp` says what of the slot's grid the step may use, and a Clip is put in front where that
  /// is less.
  void give(runtime::SlotId id, const std::string& real, runtime::Clamp clamp);

  /// Quantizes and dequantizes a value on a grid of 256 steps that covers [low, high] with zero.
  std::string on_grid(const std::string& name, const std::string& real, double low, double high);

  /// A name that no other value has, after the step that is written.
  std::string name(const std::string& suffix) { return step_ + suffix; }
  void begin(std::size_t step, const std::string& step_name) {
    index_ = step;
    step_ = step_name;
  }
  std::size_t step() const { return index_; }  // which is written

  // Constants, named after the step:
  std::string floats(const std::string& suffix, const std::vector<float>& values,
                     std::vector<std::int64_t> dims);
  std::string integers(const std::string& suffix, const std::vector<std::int64_t>& values);
  /// Weights of so many bits, as the file is to have them.
  std::string weights(const std::string& suffix, const std::vector<std::int8_t>& values,
                      std::vector<std::int64_t> dims, int bits);
  std::string int8s(const std::string& suffix, const std::vector<std::int8_t>& values,
                    std::vector<std::int64_t> dims);
  std::string int32s(const std::string& suffix, const std::vector<std::int32_t>& values);

  /// min(max(x, low), high), with the bounds that are there.
  std::string clip(const std::string& x, std::optional<double> low, std::optional<double> high);

 private:
  struct Grid {
    double scale;
    int zero_point;  // as it is written: uint8, or int8 0
  };
  Grid grid(double low, double high) const;
  Grid grid_of(runtime::SlotId id) const;
  std::string quantized(const std::string& real, Grid grid, std::string& bits);

  const runtime::PlanFile& file_;
  Profile profile_;
  NarrowWeights narrow_;
  onnx::ModelWriter model_;
  std::string step_;
  std::size_t index_ = 0;
  std::vector<std::string> real_ = std::vector<std::string>(file_.plan.slots.size()),
                           bits_ = std::vector<std::string>(file_.plan.slots.size());
};

/// Writes a step; its inputs are there already. Throws Error (Fault::unsupported).
void write(Values& values, const runtime::Step& step);

}  // namespace zsq::runtime::exporting
