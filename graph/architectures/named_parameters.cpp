#include "graph/architectures/named_parameters.h"

namespace zsq {

Array NamedParameters::array(const std::string& name, const Shape& shape) {
  const bool matrix = shape.h == 1 && shape.w == 1 && is_matrix(name);
  return {shape, matrix ? take(name, {shape.n, shape.c}) : take(name, {shape.n, shape.c, shape.h, shape.w})};
}

BatchNorm2d NamedParameters::batch_norm(const std::string& module, std::int64_t channels, float epsilon) {
  leave_out(module + ".num_batches_tracked");
  return {vector(module + ".weight", channels), vector(module + ".bias", channels),
          vector(module + ".running_mean", channels), vector(module + ".running_var", channels), epsilon};
}

}  // namespace zsq
