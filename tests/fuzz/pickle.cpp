#include "graph/checkpoint.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/pickle_grammar.h"
#include "tests/graph/checkpoint_bytes.h"

using namespace zsq;

/// Random bytes are hardly ever a pickle, so these choose one out of a grammar; it stands in a checkpoint of
/// each kind.
int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string content = fuzz::pickle_of(fuzz::view(bytes, size));
  const std::string storage = checkpoint_bytes::floats({1, 2, 3, 4, 5, 6});
  fuzz::survive(
      [&] { read_state_dict(checkpoint_bytes::zip_checkpoint(content, storage), CheckpointKind::zip, "x"); });
  return fuzz::survive([&] {
    read_state_dict(checkpoint_bytes::legacy_checkpoint(content, "0", 6, storage), CheckpointKind::legacy,
                    "x");
  });
}
