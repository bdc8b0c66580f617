#include "runtime/plan_file.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/run_plan.h"

using namespace zsq;

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  return fuzz::survive([&] {
    fuzz::run_small(runtime::decode_plan(fuzz::view(bytes, size), "x", runtime::Checksum::ignored).plan);
  });
}
