#include "export/quantized_tensors.h"

#include <deque>

#include <nlohmann/json.hpp>

#include "export/layer_numbers.h"
#include "graph/safetensors.h"

namespace zsq::runtime::exporting {
namespace {

/// Tensors of a file that is put together, with the bytes that they point to.
class Tensors {
 public:
  template <class T>
  void add(const std::string& name, DType dtype, std::vector<std::int64_t> dims,
           const std::vector<T>& values) {
    const std::string& kept = bytes_.emplace_back(bytes_of(values));
    file_.tensors[name] = {dtype, std::move(dims), kept};
  }
  SafeTensors& file() { return file_; }

 private:
  std::deque<std::string> bytes_;
  SafeTensors file_;
};

}  // namespace

std::string to_safetensors(const PlanFile& file) {
  Tensors all;
  nlohmann::json bits = nlohmann::json::object();
  for (std::size_t i = 0; i < file.plan.steps.size(); ++i) {
    const auto layer = layer_numbers(file, i);
    if (!layer) continue;
    all.add(layer->name + ".weight", DType::i8, layer->dims, layer->weight);
    all.add(layer->name + ".weight_scale", DType::f32, {layer->dims[0]},
            std::vector<float>(layer->scale.begin(), layer->scale.end()));
    all.add(layer->name + ".bias", DType::i32, {layer->dims[0]}, layer->bias);
    bits[layer->name + ".weight"] = layer->bits;
  }
  for (std::size_t i = 0; i < file.plan.slots.size(); ++i) {
    const Slot& slot = file.plan.slots[i];
    if (is_wide(slot)) continue;
    const TensorInfo& tensor = file.metadata.tensors[i];
    all.add(tensor.name + ".scale", DType::f32, {}, std::vector<float>{static_cast<float>(tensor.scale)});
    all.add(tensor.name + ".zero_point", DType::i32, {}, std::vector<std::int32_t>{slot.zero_point});
    bits[tensor.name] = slot.bits;
  }
  all.file().metadata = {
      {"format", "zsq-integers"}, {"network", file.metadata.network}, {"bits", bits.dump()}};
  return encode_safetensors(all.file());
}

}  // namespace zsq::runtime::exporting
