#pragma once

#include <cstddef>
#include <string_view>

#include "graph/op.h"

/// What passes need to know of an op beside its own fields: one table, one row an op, and the numbers it
/// holds. Both are visits that name every op, so an op without its row does not compile.
namespace zsq {

/// Where in its inputs one output value comes from.
enum class Reads {
  nothing,  // it has no inputs
  place,    // the same row and column
  window,   // some rows and columns around it
  image,    // all rows and columns
};

/// Whether f(s * x) = s * f(x) for s > 0.
enum class Scaling {
  changes,      // no
  keeps,        // for one factor
  per_channel,  // for a factor per channel too: channel c of the output comes from channel c of the inputs
};

struct Traits {
  std::size_t least_inputs, most_inputs;
  Reads reads;
  Scaling scaling;
  bool moves;     // an output value is one of the input's, or a constant: integers stay as they are
  bool rescales;  // its integer form ends in a requantization, into which bounds fit
  bool wide;      // it has a form on int32 values, for the end of a network where nothing is on an 8-bit grid
  std::string_view no_integer_form;  // why there is none; empty where there is one
};

Traits traits(const Op& op);

/// The numbers an op holds, where they lie in it; nullptr for what it has not.
struct Parameters {
  const Array* weight;             // of a layer: what an integer program has on a grid
  const std::vector<float>* bias;  // of a layer
  const BatchNorm2d* norm;
};
struct MutableParameters {
  Array* weight;
  std::vector<float>* bias;
  BatchNorm2d* norm;
};

Parameters parameters(const Op& op);
MutableParameters parameters(Op& op);

inline const Array* weight_of(const Op& op) { return parameters(op).weight; }
inline const std::vector<float>* bias_of(const Op& op) { return parameters(op).bias; }

}  // namespace zsq
