#pragma once

#include <span>
#include <string_view>

namespace zsq::runtime::cuda {

/// The PTX of one file of kernels/.
struct Module {
  std::string_view name, ptx;
};

/// All kernels, for compute capability 8.0 and so for every newer GPU. Made by the build.
std::span<const Module> modules();

}  // namespace zsq::runtime::cuda
