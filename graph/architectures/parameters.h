#pragma once

#include <set>
#include <string>
#include <vector>

#include "graph/checkpoint.h"
#include "graph/op.h"

namespace zsq {

/// Hands a builder the parameters it asks for and remembers what was missing, so that one sentence can say
/// everything. What does not match is replaced by zeros of the right shape until finish() throws.
class Parameters {
 public:
  Parameters(const StateDict& state, std::string who, std::string architecture);

  bool has(const std::string& name) const { return state_.contains(name); }

  std::vector<float> vector(const std::string& name, std::int64_t count);
  Array array(const std::string& name, const Shape& shape);  // of two extents where the last two are 1
  BatchNorm2d batch_norm(const std::string& module, std::int64_t channels);

  /// Throws Error (Fault::model) unless every parameter was there with its shape, was finite, and was asked
  /// for (counters of batches aside). Says what is missing, the likeliest other spelling, and what is left
  /// over.
  void finish() const;

 private:
  std::vector<float> take(const std::string& name, const std::vector<std::int64_t>& dims);

  std::vector<float> placeholder(const std::string& name, std::int64_t count);

  const StateDict& state_;
  std::string who_, architecture_;
  std::set<std::string> used_;
  std::vector<std::string> missing_;
  std::int64_t placeholders_ = 0;  // values made up for what is missing or misfits
  std::string misfit_;             // the first parameter of another shape, and how
};

}  // namespace zsq
