#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <torch/types.h>

namespace zsq::synth {

/// All that the rest of a batch's synthesis depends on: carrying on from it gives the same bytes as not
/// having stopped.
struct BatchState {
  int step = 0;  // steps that are done
  std::vector<torch::Tensor> parameters, moments,
      powers;                // what is optimised; Adam's m and v of each; float32
  torch::Tensor random;      // state of the batch's generator, bytes
  std::vector<double> loss;  // of each step that is done
};

/// The states of a synthesis' batches as files of a folder, one a batch. Whoever is killed while writing one
/// leaves the one before it. Batches may be saved and loaded side by side.
class Checkpoints {
 public:
  /// run: names the synthesis, thus what decides its bytes; a folder of another one is refused. every: steps
  /// between two checkpoints of a batch, at least 1. Makes the folder; throws Error (Fault::data) where that
  /// fails.
  Checkpoints(std::filesystem::path folder, std::string run, int every);

  int every() const { return every_; }
  const std::filesystem::path& folder() const { return folder_; }

  void save(int batch, const BatchState& state) const;

  /// None where that batch has no file. Its bytes are not trusted: throws Error (Fault::data) where it is
  /// damaged, of another run, or not of as many numbers as `like`, a state of that batch.
  std::optional<BatchState> load(int batch, const BatchState& like) const;

 private:
  std::filesystem::path path_of(int batch) const;

  std::filesystem::path folder_;
  std::string run_;
  int every_;
};

}  // namespace zsq::synth
