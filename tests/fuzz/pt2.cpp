#include "graph/pt2/pt2.h"

#include "tests/fuzz/fuzz_target.h"

using namespace zsq;

/// The archive as a whole.
int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  return fuzz::survive([&] { import_pt2(fuzz::view(bytes, size), {}, "x"); });
}
