#pragma once

#include <cstdint>

/// The instructions of matrices and of copies to shared memory. For device code alone.
namespace zsq::runtime::cuda {

__device__ inline std::uint32_t shared_address(const void* p) {
  return static_cast<std::uint32_t>(__cvta_generic_to_shared(p));
}

/// Whether what is read will be read again by the same block, and so is worth a place in the L1 cache.
enum class Again { no, yes };

/// Begins to copy 16 bytes from global to shared memory, each that far behind its address.
template <Again again, int to_offset, int from_offset>
__device__ void copy_16(std::uint32_t to, const void* from) {
  if (again == Again::yes)
    asm volatile("cp.async.ca.shared.global [%0+%2], [%1+%3], 16;" ::"r"(to), "l"(from), "n"(to_offset),
                 "n"(from_offset)
                 : "memory");
  else
    asm volatile("cp.async.cg.shared.global [%0+%2], [%1+%3], 16;" ::"r"(to), "l"(from), "n"(to_offset),
                 "n"(from_offset)
                 : "memory");
}
__device__ inline void commit_copies() { asm volatile("cp.async.commit_group;" ::: "memory"); }
/// Waits until at most that many groups are on their way.
template <int count>
__device__ void wait_for_copies() {
  asm volatile("cp.async.wait_group %0;" ::"n"(count) : "memory");
}

/// Four matrices of 8 rows of 16 bytes; lane 8 * i + r gives the address of row r of matrix i, less `offset`.
template <int offset>
__device__ void load_matrices(std::uint32_t (&to)[4], std::uint32_t address) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4+%5];"
               : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3])
               : "r"(address), "n"(offset)
               : "memory");
}

/// A word of shared memory.
__device__ inline std::uint32_t load_word(std::uint32_t address) {
  std::uint32_t word = 0;
  asm volatile("ld.shared.u32 %0, [%1];" : "=r"(word) : "r"(address) : "memory");
  return word;
}

/// acc += a * b: 16 x 32 by 32 x 8.
__device__ inline void multiply(std::int32_t (&acc)[4], const std::uint32_t (&a)[4], std::uint32_t b0,
                                std::uint32_t b1) {
  asm("mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
      "{%0, %1, %2, %3};"
      : "+r"(acc[0]), "+r"(acc[1]), "+r"(acc[2]), "+r"(acc[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

}  // namespace zsq::runtime::cuda
