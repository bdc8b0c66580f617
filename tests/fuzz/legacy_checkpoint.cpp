#include "graph/checkpoint.h"
#include "tests/fuzz/fuzz_target.h"

using namespace zsq;

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  return fuzz::survive([&] { read_state_dict(fuzz::view(bytes, size), CheckpointKind::legacy, "x"); });
}
