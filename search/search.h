#pragma once

#include <vector>

#include "search/costs.h"
#include "search/integer_program.h"
#include "search/sensitivity.h"

namespace zsq::search {

/// A cost that must not be exceeded.
struct Goal {
  Cost cost = Cost::average_bits;
  double most = 0;
};

/// Everything that is known before the program is written down.
struct Measured {
  Space space;
  Sensitivity sensitivity;
  CostModel costs;
};

/// The whole's cost at these widths.
double cost_at(const Measured& measured, Cost cost, const Widths& widths);

/// Choices: one for each group, then one for each layer, that follows the group it reads.
IntegerProgram program_of(const Measured& measured, const std::vector<Goal>& goals);

/// The widths of the least loss within the goals. Throws Error (Fault::target) where there are none: its
/// sentence names the tightest goal and what can be reached.
Widths best_widths(const Measured& measured, const std::vector<Goal>& goals);

}  // namespace zsq::search
