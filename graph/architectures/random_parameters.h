#pragma once

#include <cstdint>

#include "graph/architectures/named_parameters.h"

namespace zsq {

/// Drawn from a seed, each from its name alone; the same on every machine. Weights are bell-shaped with the
/// deviation of He et al. 2015 (equation 10), so that activations keep their size; a
/// batch norm's gamma and variance lie in 0.5..1.5, its beta in -0.5..0.5, its mean in -0.1..0.1.
class RandomParameters : public NamedParameters {
 public:
  explicit RandomParameters(std::uint64_t seed) : seed_(seed) {}

  bool has(const std::string&) const override { return false; }
  std::int64_t outputs(const std::string&, std::int64_t usual) const override { return usual; }

 private:
  std::vector<float> take(const std::string& name, const std::vector<std::int64_t>& dims) override;
  bool is_matrix(const std::string&) const override { return false; }
  void leave_out(const std::string&) override {}

  std::uint64_t seed_;
};

}  // namespace zsq
