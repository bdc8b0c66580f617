#pragma once

#include <filesystem>
#include <iostream>

#include "graph/check.h"

namespace zsq::samples {

/// The program's n-th argument, or what is used without it.
inline std::filesystem::path argument(int argc, char** argv, int n, const std::filesystem::path& otherwise) {
  return n < argc ? argv[n] : otherwise;
}

/// The exit code of a sample: 0 where its body, a function that returns whether what it shows holds, says so.
template <class Body>
int run_sample(const Body& body) {
  try {
    const bool holds = body();
    if (!holds) std::cerr << "what this sample shows does not hold here\n";
    return holds ? 0 : 1;
  } catch (const Error& e) {
    std::cerr << e.what() << '\n';
    return static_cast<int>(e.fault());
  }
}

}  // namespace zsq::samples
