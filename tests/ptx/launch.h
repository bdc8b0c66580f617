#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "tests/ptx/program.h"

namespace zsq::ptx {

/// Global memory that a kernel may use: addresses are those of the host.
struct Range {
  std::uint64_t begin = 0, end = 0;
  bool writable = false;
};

/// What a launch did, of whole warps.
struct Counters {
  std::uint64_t instructions = 0, mma = 0;
  std::uint64_t integer = 0;  // issues of the integer units, by Instruction::integer_issues
  std::uint64_t blocks = 0;
  // Of 32 bytes: those that come from beyond the L1 cache, as if a block found there what it had read before;
  // and all that ld asks for.
  std::uint64_t sectors_read = 0, sectors_written = 0, sectors_loaded = 0;
  std::uint64_t shared_wavefronts = 0, shared_conflicts = 0;  // conflicts: wavefronts beyond those needed

  Counters& operator+=(const Counters& other) {
    instructions += other.instructions;
    mma += other.mma;
    integer += other.integer;
    blocks += other.blocks;
    sectors_read += other.sectors_read;
    sectors_written += other.sectors_written;
    sectors_loaded += other.sectors_loaded;
    shared_wavefronts += other.shared_wavefronts;
    shared_conflicts += other.shared_conflicts;
    return *this;
  }
  /// What so many blocks would count.
  Counters scaled_to(std::uint64_t all_blocks) const {
    const auto scaled = [&](std::uint64_t n) {
      return static_cast<std::uint64_t>(static_cast<double>(n) * static_cast<double>(all_blocks) /
                                        static_cast<double>(blocks));
    };
    return {scaled(instructions),    scaled(mma),
            scaled(integer),         all_blocks,
            scaled(sectors_read),    scaled(sectors_written),
            scaled(sectors_loaded),  scaled(shared_wavefronts),
            scaled(shared_conflicts)};
  }
};

struct Extents {
  std::uint32_t x = 1, y = 1, z = 1;
};

struct LaunchShape {
  Extents grid, block;
  std::size_t dynamic_shared_bytes = 0;
  // Runs about so many blocks, spread over the grid, and scales what it counts to all. 0: runs all.
  std::uint64_t sampled_blocks = 0;
  std::uint64_t most_instructions = UINT64_MAX;  // then it is taken to run for ever
};

/// Runs all blocks, one after another. Throws Violation, with the statement and where it ran.
Counters launch(const Program& program, const LaunchShape& shape, std::span<const std::byte> parameters,
                std::span<const Range> ranges, bool counts_memory = false);

}  // namespace zsq::ptx
