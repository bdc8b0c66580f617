#include "graph/hub_config.h"

#include "tests/fuzz/fuzz_target.h"

using namespace zsq;

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  return fuzz::survive([&] { parse_hub_config(fuzz::view(bytes, size), "x"); });
}
