#pragma once

#include <functional>
#include <optional>

#include "search/search.h"

namespace zsq::search {

/// The best widths at `points` values (>= 2) of one cost, evenly from the least that can be reached beside
/// the goals to that of the widest widths; fewer where neighbours are the same. Throws as best_widths() does.
std::vector<Widths> pareto(const Measured& measured, Cost along, int points, const std::vector<Goal>& goals);

/// The best widths of the least average of bits, by bisection, that `accepted` says are good enough; what it
/// accepts is better than all before. None where even the most bits that the goals leave are not.
std::optional<Widths> narrowest(const Measured& measured, const std::vector<Goal>& goals,
                                const std::function<bool(const Widths&)>& accepted);

}  // namespace zsq::search
