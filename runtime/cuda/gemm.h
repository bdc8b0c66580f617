#pragma once

#include <optional>

#include "runtime/cuda/finish.h"
#include "runtime/cuda/prepare.h"

namespace zsq::runtime::cuda {

/// Groups as products of matrices see them: neighbouring ones together, with zeros for what they do not see
/// of each other, until their channels are whole chunks; all together where that is never so.
struct GemmGroups {
  std::int64_t count = 1, inputs = 0, outputs = 0;  // channels of each
  std::int64_t columns() const;                     // outputs, padded to whole blocks
};
GemmGroups gemm_groups(const Kernel& kernel, const Layout& in);

/// Where a convolution is a product of matrices: an input whose places begin at 16 bytes.
bool gemm_takes(const Context& context, const Kernel& kernel, SlotId in);

/// What a convolution by a product of matrices reads, packed.
struct GemmConstants {
  ConstantArray weight, finish, taps, outside;
  bool by_upper_word = false;  // of the finish
};

/// Outputs are padded to a multiple of the columns of the widest shape.
inline constexpr std::int64_t kGemmColumns = 128;

/// finish: by output.
GemmConstants pack_gemm(const Context& context, const Kernel& kernel, SlotId in, const Finishes& finish);

/// The shape of a block.
struct GemmShape {
  const char* name;  // "128x64"
  int rows, columns;
  int threads;
  int warp_rows;  // of 16 places
  int stages;

  int shared_bytes() const { return stages * (rows + columns) * kGemmDepth; }
};
std::span<const GemmShape> gemm_shapes();

struct GemmExtent {
  std::int64_t rows = 0, outputs = 0, k_tiles = 0;
  std::int64_t groups = 1, columns = kGemmColumns;
};

/// The shape that promises to be fastest: of a model of what a block needs, not of a measurement.
const GemmShape& best_shape(const GemmExtent& extent, int multiprocessors);

/// Whether whole blocks fill the columns.
bool fits(const GemmShape& shape, const GemmExtent& extent);

/// Those of Tuning, where it names a shape.
const GemmShape* shape_named(const std::string& name);

/// Fills in what all of them read.
GemmArguments gemm_arguments(LaunchBuilder& to, const Frame& frame, const Kernel& kernel, SlotId in,
                             SlotId out, const GemmConstants& constants);

bool is_padded(const Window& window);

std::int64_t gemm_k_tiles(const Kernel& kernel, const Layout& in);

}  // namespace zsq::runtime::cuda
