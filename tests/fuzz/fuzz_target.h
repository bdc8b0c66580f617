#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "graph/check.h"

/// A fuzz target is a file that defines this function, and calls one reader in it. Built by clang it is run
/// by libFuzzer (scripts/fuzz); built by any compiler it is run on the inputs that are kept (driver.cpp).
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

namespace zsq::fuzz {

inline std::string_view view(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

/// A reader may refuse with an Error, and with nothing else.
template <class Read>
int survive(const Read& read) {
  try {
    read();
  } catch (const Error&) {
  }
  return 0;
}

}  // namespace zsq::fuzz
