#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "graph/architectures/architecture.h"
#include "tests/fuzz/byte_source.h"
#include "tests/fuzz/fuzz_target.h"

using namespace zsq;

namespace {

constexpr std::array<std::int64_t, 12> kExtents{
    1, 2, 3, 4, 8, 16, 0, 10, 7, 64, std::int64_t{1} << 40, std::int64_t{1} << 62};
constexpr std::array<std::string_view, 12> kParts{
    "conv1.weight",      "bn1.weight",      "bn1.bias",     "bn1.running_mean",
    "bn1.running_var",   "conv2.weight",    "bn2.weight",   "bn2.running_var",
    "shortcut.0.weight", "shortcut.1.bias", "conv3.weight", "bn1.num_batches_tracked"};
constexpr std::array<std::string_view, 6> kOutside{"conv1.weight", "bn1.weight", "linear.weight",
                                                   "linear.bias",  "fc.weight",  "bn1.running_var"};

/// A tensor as readers give it: as many values as its extents say, which are few.
StateTensor tensor(std::vector<std::int64_t> dims, float value) {
  constexpr std::int64_t kMost = 1 << 12;
  std::int64_t count = std::ranges::find(dims, 0) != dims.end() ? 0 : 1;
  for (std::int64_t& d : dims) {
    if (count > 0 && d > kMost / count) d = 1;
    if (count > 0) count *= d;
  }
  return {dims, std::vector<float>(static_cast<std::size_t>(count), value)};
}

std::string name(fuzz::ByteSource& from) {
  const std::size_t place = from.below(16);
  if (place == 15) return std::string(from.pick(kOutside));
  return "layer" + std::to_string(1 + place % 4) + '.' + std::to_string(place / 4) + '.' +
         std::string(from.pick(kParts));
}

/// The smallest network that the builder takes.
StateDict whole() {
  StateDict state;
  const auto norm = [&](const std::string& name, std::int64_t channels) {
    for (const char* part : {".weight", ".bias", ".running_mean", ".running_var"})
      state[name + part] = tensor({channels}, 0.5F);
  };
  state["conv1.weight"] = tensor({2, 3, 3, 3}, 0.5F);
  norm("bn1", 2);
  std::int64_t in = 2;
  for (int stage = 1; stage <= 3; ++stage) {
    const std::string block = "layer" + std::to_string(stage) + ".0";
    const std::int64_t out = std::int64_t{1} << stage;
    state[block + ".conv1.weight"] = tensor({out, in, 3, 3}, 0.5F);
    state[block + ".conv2.weight"] = tensor({out, out, 3, 3}, 0.5F);
    norm(block + ".bn1", out);
    norm(block + ".bn2", out);
    in = out;
  }
  state["linear.weight"] = tensor({5, 8}, 0.5F);
  state["linear.bias"] = tensor({5}, 0.5F);
  return state;
}

}  // namespace

/// A state dict that is nearly one of a CIFAR ResNet: parameters are left out, added, and given other shapes.
int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  fuzz::ByteSource from(fuzz::view(bytes, size));
  StateDict state = whole();
  while (!from.is_empty()) {
    const std::string key = name(from);
    if (from.below(4) == 0) {
      state.erase(key);
      continue;
    }
    std::vector<std::int64_t> dims(from.below(6));
    for (std::int64_t& d : dims) d = from.pick(kExtents);
    state[key] = tensor(dims, from.below(8) == 0 ? std::numeric_limits<float>::infinity() : 0.5F);
  }
  if (state.empty()) return 0;  // no reader gives one
  return fuzz::survive([&] { build_architecture(state, std::nullopt, "x"); });
}
