#pragma once

#include <string>
#include <vector>

#include "graph/op.h"

namespace zsq {

/// Hands a builder the parameters it asks for, by their names in the network's state dict.
class NamedParameters {
 public:
  NamedParameters() = default;
  NamedParameters(const NamedParameters&) = delete;
  NamedParameters& operator=(const NamedParameters&) = delete;
  virtual ~NamedParameters() = default;

  /// Whether there is one of that name, of those that a network may lack.
  virtual bool has(const std::string& name) const = 0;

  /// How many outputs a linear layer or a convolution has; `usual` where nothing says it.
  virtual std::int64_t outputs(const std::string& weight, std::int64_t usual) const = 0;

  std::vector<float> vector(const std::string& name, std::int64_t count) { return take(name, {count}); }
  Array array(const std::string& name, const Shape& shape);  // two extents do where the last two are 1
  BatchNorm2d batch_norm(const std::string& module, std::int64_t channels, float epsilon = 1e-5F);

 protected:
  /// As many values as the extents say, each of which is >= 1.
  virtual std::vector<float> take(const std::string& name, const std::vector<std::int64_t>& dims) = 0;
  virtual bool is_matrix(const std::string& name) const = 0;
  virtual void leave_out(const std::string& name) = 0;  // nobody misses it, and it need not be used
};

}  // namespace zsq
