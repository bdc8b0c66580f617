#include "export/encodings.h"

#include <nlohmann/json.hpp>

#include "export/layer_numbers.h"

namespace zsq::runtime::exporting {
namespace {

using json = nlohmann::ordered_json;

/// q runs from 0 to 2^bits - 1.
json encoding(int bits, double scale, std::int64_t offset, bool symmetric) {
  const std::int64_t last = (std::int64_t{1} << bits) - 1;
  return {{"bitwidth", bits},
          {"dtype", "int"},
          {"is_symmetric", symmetric ? "True" : "False"},
          {"max", scale * static_cast<double>(last + offset)},
          {"min", scale * static_cast<double>(offset)},
          {"offset", offset},
          {"scale", scale}};
}

}  // namespace

std::string to_encodings(const PlanFile& file) {
  json activations = json::object(), parameters = json::object();
  for (std::size_t i = 0; i < file.plan.slots.size(); ++i) {
    const Slot& slot = file.plan.slots[i];
    if (is_wide(slot)) continue;
    const TensorInfo& tensor = file.metadata.tensors[i];
    activations[tensor.name] =
        json::array({encoding(slot.bits, tensor.scale, range_of(slot.bits).low - slot.zero_point, false)});
  }
  for (std::size_t i = 0; i < file.plan.steps.size(); ++i) {
    const auto layer = layer_numbers(file, i);
    if (!layer) continue;
    json& channels = parameters[layer->name + ".weight"] = json::array();
    for (const double scale : layer->scale)
      channels.push_back(encoding(layer->bits, scale, range_of(layer->bits).low, true));
  }
  const json all{{"version", "0.6.1"},
                 {"producer", "zsq"},
                 {"activation_encodings", activations},
                 {"param_encodings", parameters}};
  return all.dump(1) + "\n";
}

}  // namespace zsq::runtime::exporting
