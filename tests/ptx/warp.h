#pragma once

#include <unordered_set>
#include <vector>

#include "tests/ptx/launch.h"
#include "tests/ptx/program.h"
#include "tests/ptx/shared.h"

namespace zsq::ptx {

inline constexpr int kLanes = 32;
inline constexpr std::uint32_t kAllLanes = UINT32_MAX;

/// What the warps of a block share.
struct Block {
  const Program* program = nullptr;
  std::span<const std::byte> parameters;
  std::span<const Range> ranges;
  SharedMemory shared;
  Counters counters;
  std::uint64_t most_instructions = UINT64_MAX;
  bool counts_memory = false;                // sectors and bank conflicts, which cost time
  std::unordered_set<std::uint64_t> loaded;  // sectors, as an L1 cache would hold them
};

/// Copies to shared memory that a warp has begun and not waited for.
struct AsyncCopies {
  struct Copy {
    std::uint64_t to, from;
    std::size_t size;
  };
  std::vector<Copy> open;                 // not yet in a group
  std::vector<std::vector<Copy>> groups;  // oldest first
};

/// 32 threads that run together: a stack of (where, which lanes, where they join the others) as in Fung and
/// others, "Dynamic Warp Formation", 2007.
struct Warp {
  Block* block = nullptr;
  int index = 0;
  std::byte* file = nullptr;         // registers
  std::uint32_t* defined = nullptr;  // by register: the lanes that were written
  std::uint32_t mask = 0;            // lanes that run the instruction
  AsyncCopies copies;

  struct Path {
    std::uint32_t at, joins, lanes;
  };
  std::vector<Path> paths;
  std::uint32_t left = 0;  // lanes that have ended

  enum class Stop { barrier, end };

  /// Runs until all lanes have met a barrier or ended.
  Stop run();

  template <class T>
  T* lanes(const Register& r) const {
    return reinterpret_cast<T*>(file + r.offset);
  }

  /// The lanes that run have a value in the register.
  void need(const Register& r) const {
    if ((mask & ~defined[r.index]) != 0) refuse_undefined(r);
  }
  void define(const Register& r) const { defined[r.index] |= mask; }

 private:
  [[noreturn]] void refuse_undefined(const Register& r) const;
  void part(const Instruction& branch, std::uint32_t taken);
  void leave(std::uint32_t lanes);
};

}  // namespace zsq::ptx
