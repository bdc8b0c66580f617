// The largest values of each place, best first: a warp looks for them one after another.
#include "runtime/cuda/kernels/places.h"

using namespace zsq::runtime::cuda;

namespace {

/// A value and where it is; of equal ones the first comes first.
struct Candidate {
  std::int32_t value, index;
  __device__ bool comes_before(const Candidate& other) const {
    return value > other.value || (value == other.value && index < other.index);
  }
};

constexpr std::uint32_t kAllLanes = UINT32_MAX;

/// The best of all lanes', in each of them.
__device__ Candidate best_of_warp(Candidate best) {
#pragma unroll
  for (int distance = 16; distance > 0; distance /= 2) {
    const Candidate other{__shfl_xor_sync(kAllLanes, best.value, distance),
                          __shfl_xor_sync(kAllLanes, best.index, distance)};
    if (other.comes_before(best)) best = other;
  }
  return best;
}

}  // namespace

extern "C" __global__ void zsq_top(const __grid_constant__ TopArguments a) {
  const auto lane = static_cast<std::int32_t>(threadIdx.x & 31);
  const auto row = static_cast<std::int32_t>(thread_index() >> 5);
  if (row >= a.rows) return;
  const std::int32_t* values = constants<std::int32_t>(a.values) + std::int64_t{row} * a.count;
  auto* found = reinterpret_cast<std::int32_t*>(a.found) + std::int64_t{row} * a.wanted;
  Candidate last{INT32_MAX, -1};
#pragma unroll 1
  for (std::int32_t i = 0; i < a.wanted; ++i) {
    Candidate best{INT32_MIN, INT32_MAX};
#pragma unroll 1
    for (std::int32_t c = lane; c < a.count; c += 32) {
      const Candidate one{values[c], c};
      if (last.comes_before(one) && one.comes_before(best)) best = one;
    }
    last = best_of_warp(best);
    if (lane == 0) found[i] = last.index;
  }
}
