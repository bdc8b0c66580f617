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
  std::uint64_t sectors_read = 0, sectors_written = 0;        // of 32 bytes
  std::uint64_t shared_wavefronts = 0, shared_conflicts = 0;  // conflicts: wavefronts beyond those needed

  Counters& operator+=(const Counters& other) {
    instructions += other.instructions;
    mma += other.mma;
    sectors_read += other.sectors_read;
    sectors_written += other.sectors_written;
    shared_wavefronts += other.shared_wavefronts;
    shared_conflicts += other.shared_conflicts;
    return *this;
  }
};

struct Extents {
  std::uint32_t x = 1, y = 1, z = 1;
};

struct LaunchShape {
  Extents grid, block;
  std::size_t dynamic_shared_bytes = 0;
};

/// Runs all blocks, one after another. Throws Violation, with the statement and where it ran.
Counters launch(const Program& program, const LaunchShape& shape, std::span<const std::byte> parameters,
                std::span<const Range> ranges, bool counts_memory = false);

}  // namespace zsq::ptx
