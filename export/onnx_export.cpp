#include "export/onnx_export.h"

#include "export/qdq_values.h"

namespace zsq::runtime::exporting {
namespace {

using runtime::SlotId;

/// An output as the float network gave it: a vector of features has two axes.
void hand_out(Values& values, SlotId id, const std::string& name) {
  const Shape& s = values.slot(id).shape;
  if (s.h == 1 && s.w == 1) {
    values.model().node("Flatten", name, {values.of(id)}, {{"axis", std::int64_t{1}}});
    values.model().output(name, {1, s.c});
    return;
  }
  values.model().node("Identity", name, {values.of(id)});
  values.model().output(name, {1, s.c, s.h, s.w});
}

}  // namespace

std::string_view name(Profile profile) {
  switch (profile) {
    case Profile::ort: return "ort";
    case Profile::openvino: return "openvino";
    case Profile::tensorrt: return "tensorrt";
  }
  return {};
}

std::string to_onnx(const runtime::PlanFile& file, Profile profile, NarrowWeights narrow) {
  Values values(file, profile, narrow);
  const runtime::Plan& plan = file.plan;
  values.model().input("input", {1, plan.image.c, plan.image.h, plan.image.w});
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    values.begin(i, std::to_string(i) + "/" + file.metadata.steps[i]);
    write(values, plan.steps[i]);
  }
  for (std::size_t i = 0; i < plan.outputs.size(); ++i) {
    values.begin(i, std::to_string(i) + "/end");
    hand_out(values, plan.outputs[i], plan.outputs.size() == 1 ? "output" : std::to_string(i) + "/output");
  }
  const bool int4 = narrow == NarrowWeights::int4;
  return values.model().finish({.producer = "zsq",
                                .version = "",
                                .graph = file.metadata.network,
                                .opset = int4 ? 21 : 13,
                                .ir_version = int4 ? 10 : 8});
}

}  // namespace zsq::runtime::exporting
