#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "search/sensitivity.h"

namespace zsq::search {

/// Spearman's rank correlation of two lists of the same length, of at least two; ties share their mean rank.
double rank_correlation(std::span<const double> a, std::span<const double> b);

/// Random widths, each of those allowed as likely as the others.
std::vector<Widths> random_widths(const Space& space, int count, std::uint64_t seed);

/// How well the sums of what layers lose alone order what they lose together.
struct Check {
  std::vector<Widths> widths;
  std::vector<Loss> together;  // of each, by its integer program
};
Check check_together(const Candidates& candidates, const Space& space, const LossMeter& meter, int count,
                     std::uint64_t seed, const Progress& told);

/// Of the predictions of a sensitivity with the divergence that was measured.
double order_kept(const Space& space, const Sensitivity& sensitivity, const Check& check);

}  // namespace zsq::search
