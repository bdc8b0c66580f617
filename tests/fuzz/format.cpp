#include "graph/format.h"

#include "tests/fuzz/fuzz_target.h"

using namespace zsq;

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  return fuzz::survive([&] { detect_format(fuzz::view(bytes, size), "x"); });
}
