// The same loops for the vector widths of x86. A function's target, not the file's flags, names its
// instruction set: the inline functions of other headers stay what every machine runs.
#include "runtime/cpu/loops.h"

namespace zsq::runtime::cpu {
namespace {

#define ZSQ_AVX2 [[gnu::target("avx2")]]
#define ZSQ_AVX512 [[gnu::target("avx512f,avx512bw,avx512dq,avx512vl,prefer-vector-width=512")]]

ZSQ_AVX2 void product_avx2(const Product& product, const Epilogue& e) { multiply<32, 4>(product, e); }
ZSQ_AVX2 void accumulate_avx2(const Product& product, const std::int32_t* bias, std::int32_t* acc) {
  accumulate_all<32, 4>(product, bias, acc);
}
ZSQ_AVX2 void depthwise_avx2(const DepthwiseRow& row, const Epilogue& e) { depthwise<32>(row, e); }
ZSQ_AVX2 void add_avx2(const Sum& sum) { add_all(sum); }

ZSQ_AVX512 void product_avx512(const Product& product, const Epilogue& e) { multiply<64, 8>(product, e); }
ZSQ_AVX512 void accumulate_avx512(const Product& product, const std::int32_t* bias, std::int32_t* acc) {
  accumulate_all<64, 8>(product, bias, acc);
}
ZSQ_AVX512 void depthwise_avx512(const DepthwiseRow& row, const Epilogue& e) { depthwise<64>(row, e); }
ZSQ_AVX512 void add_avx512(const Sum& sum) { add_all(sum); }

constexpr Kernels kAvx2{"avx2", product_avx2, accumulate_avx2, depthwise_avx2, add_avx2};
constexpr Kernels kAvx512{"avx512", product_avx512, accumulate_avx512, depthwise_avx512, add_avx512};

}  // namespace

std::vector<const Kernels*> available_kernels() {
  std::vector<const Kernels*> found;
  if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl"))
    found.push_back(&kAvx512);
  if (__builtin_cpu_supports("avx2")) found.push_back(&kAvx2);
  found.push_back(&portable_kernels());
  return found;
}

}  // namespace zsq::runtime::cpu
