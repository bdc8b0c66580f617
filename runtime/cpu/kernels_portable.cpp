#include "runtime/cpu/loops.h"

namespace zsq::runtime::cpu {

const Kernels& portable_kernels() {
  static constexpr Kernels kKernels{
      .name = "portable",
      .product = [](const Product& product, const Epilogue& e) { multiply<16, 2>(product, e); },
      .accumulate = [](const Product& product, const std::int32_t* bias,
                       std::int32_t* acc) { accumulate_all<16, 2>(product, bias, acc); },
      .depthwise_row = [](const DepthwiseRow& row, const Epilogue& e) { depthwise<16>(row, e); },
      .add = [](const Sum& sum) { add_all(sum); }};
  return kKernels;
}

}  // namespace zsq::runtime::cpu
