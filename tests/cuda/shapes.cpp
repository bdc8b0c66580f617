#include "tests/cuda/shapes.h"

#include <stdexcept>

#include "tests/runtime/plan_builder.h"

namespace zsq::runtime {
namespace {

Window square(int kernel, int stride) {
  const int padding = kernel / 2;
  return {{kernel, kernel}, {stride, stride}, {}, {padding, padding, padding, padding}};
}

/// He and others, "Deep Residual Learning", 2015, with the stride in the 3x3 as torchvision has it.
Plan resnet50(std::int64_t side) {
  PlanBuilder b(1, {1, 3, side, side}, Manner::common);
  SlotId x = b.max_pool(b.conv(b.image(), {.outputs = 64, .window = square(7, 2)}), square(3, 2));
  std::int64_t width = 64;
  for (const int blocks : {3, 4, 6, 3}) {
    for (int i = 0; i < blocks; ++i) {
      const int stride = i == 0 && width > 64 ? 2 : 1;
      const SlotId beside = i == 0 ? b.conv(x, {.outputs = 4 * width, .window = square(1, stride)}) : x;
      const SlotId narrow = b.conv(x, {.outputs = width});
      const SlotId middle = b.conv(narrow, {.outputs = width, .window = square(3, stride)});
      x = b.conv(middle, {.outputs = 4 * width, .residual = beside});
    }
    width *= 2;
  }
  return b.logits(b.global_pool(x), 1000);
}

/// Sandler and others, "MobileNetV2", 2018.
Plan mobilenet_v2(std::int64_t side) {
  PlanBuilder b(1, {1, 3, side, side}, Manner::common);
  std::int64_t width = 32;
  SlotId x = b.conv(b.image(), {.outputs = width, .window = square(3, 2)});
  struct Stage {
    int expand, outputs, blocks, stride;
  };
  for (const Stage& s : {Stage{1, 16, 1, 1}, Stage{6, 24, 2, 2}, Stage{6, 32, 3, 2}, Stage{6, 64, 4, 2},
                         Stage{6, 96, 3, 1}, Stage{6, 160, 3, 2}, Stage{6, 320, 1, 1}})
    for (int i = 0; i < s.blocks; ++i) {
      const std::int64_t inside = width * s.expand;
      const SlotId in = x;
      if (s.expand > 1) x = b.conv(x, {.outputs = inside});
      x = b.conv(x, {.outputs = inside,
                     .groups = static_cast<int>(inside),
                     .window = square(3, i == 0 ? s.stride : 1)});
      ConvSpec project{.outputs = s.outputs};
      if (i > 0) project.residual = in;
      x = b.conv(x, project);
      width = s.outputs;
    }
  return b.logits(b.global_pool(b.conv(x, {.outputs = 1280})), 1000);
}

}  // namespace

Plan plan_shaped_like(const std::string& network, std::int64_t side) {
  if (network == "resnet50") return resnet50(side);
  if (network == "mobilenet_v2") return mobilenet_v2(side);
  throw std::invalid_argument("there is no network '" + network + "': resnet50 or mobilenet_v2");
}

}  // namespace zsq::runtime
