#pragma once

#include <array>
#include <functional>
#include <string>

#include "graph/op.h"
#include "graph/preprocessing.h"
#include "quantize/qparams.h"
#include "runtime/plan.h"

/// The numbers of the steps that have no weights. Private to quantize/.
namespace zsq::quantize {

/// What turns pixels into codes of a grid; all but `out`.
runtime::Pixels lower_pixels(const Preprocessing& pixels, const QParams& out);

/// What an add multiplies its inputs' codes by, before it shifts their sum.
struct AddMultipliers {
  std::int16_t a, b;
  std::uint8_t shift;
};

/// Throws Error (Fault::unsupported), naming the node, where the output is too narrow for an input.
AddMultipliers add_factors(const QParams& a, const QParams& b, const QParams& out, const std::string& node);

/// The code on one grid for each code -128..127 of another, through a function of real values.
std::array<std::int8_t, 256> table(const QParams& from, const QParams& to,
                                   const std::function<double(double)>& function);

/// The same to wide values of a scale: wherever the codes lead must fit an int32.
runtime::WideTable wide_table(runtime::SlotId in, runtime::SlotId out, const QParams& from, double scale,
                              const std::function<double(double)>& function);

/// A pointwise op on one real value.
double apply(const Pointwise& op, double x);

}  // namespace zsq::quantize
