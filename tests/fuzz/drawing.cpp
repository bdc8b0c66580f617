#include "graph/architectures/drawing.h"

#include "graph/architectures/stored_parameters.h"
#include "tests/fuzz/fuzz_target.h"

using namespace zsq;

/// A network of which no parameter is there.
int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  return fuzz::survive([&] {
    const Blueprint drawn = drawn_network(fuzz::view(bytes, size), "x");
    const StateDict nothing;
    StoredParameters parameters(nothing, "x", "y");
    drawn.build(parameters, drawn.usual_input);
    parameters.finish();
  });
}
