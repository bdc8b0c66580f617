#include "apps/torch_device.h"

#include <torch/cuda.h>

#include "graph/check.h"

namespace zsq::apps {

torch::Device torch_device_from(const Arguments& arguments) {
  const std::string text = arguments.text("device");
  if (text.empty() || text == "cpu") return torch::kCPU;
  check(text == "cuda" || text.starts_with("cuda:"), Fault::usage, "--device is '", text,
        "', it must be cpu, cuda or cuda:N");
  constexpr std::size_t kName = 5;
  const std::int64_t index =
      text == "cuda" ? 0 : to_integer("--device cuda:N, whose N", text.substr(kName), 0, 127);
  const auto gpus = static_cast<std::int64_t>(torch::cuda::device_count());
  check(gpus > 0, Fault::device, "--device ", text,
        ": this LibTorch has no CUDA, or finds no GPU; --device cpu always works, and LIBTORCH_ROOT names "
        "another "
        "LibTorch when zsq is built");
  check(index < gpus, Fault::device, "--device ", text, ": LibTorch finds ", gpus, " GPUs, number ", index,
        " is none of them");
  return {torch::kCUDA, static_cast<torch::DeviceIndex>(index)};
}

}  // namespace zsq::apps
