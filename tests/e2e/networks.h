#pragma once

#include <filesystem>
#include <string>

namespace zsq::e2e {

/// A network of two convolutions and a classifier that takes 3x8x8 and has 4 classes.
struct Network {
  enum class Norms { kept, folded, absent };  // folded: the convolutions have biases instead
  Norms norms = Norms::kept;
  std::string ending = {};  // lines of TorchScript between the classifier, `x`, and its return
  std::string head = {};    // lines instead of the classifier and the return; features [n, 8, 8, 8] are `x`
  bool dead_channels = false;  // the first one has no weights, the next two hardly varied in training
};

/// Writes it as a TorchScript file.
void write_network(const std::filesystem::path& file, const Network& network);

}  // namespace zsq::e2e
