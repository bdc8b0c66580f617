#include "graph/sidecar.h"

#include "tests/fuzz/fuzz_target.h"

using namespace zsq;

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  return fuzz::survive([&] { parse_sidecar(fuzz::view(bytes, size), "x", "/nowhere"); });
}
