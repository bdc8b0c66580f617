#include "graph/onnx/onnx.h"
#include "tests/fuzz/fuzz_target.h"

using namespace zsq;

/// With the image's extents that the file has, and with some where it has none.
int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  fuzz::survive([&] { import_onnx(fuzz::view(bytes, size), {}, "x"); });
  return fuzz::survive([&] { import_onnx(fuzz::view(bytes, size), {.input = Shape{1, 3, 8, 8}}, "x"); });
}
