// From log-likelihoods to what is known: the posterior over structures, its marginals and the best answers under it.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "inversion/hypotheses.h"

namespace terrace {

struct Posterior {
  std::vector<double> probability;             ///< of each hypothesis, in their order; sums to 1
  std::array<double, 4> class_probability{};   ///< order of InterfaceClass
  std::vector<double> depth_probability = {};  ///< of a step at bin i, in cells, given that there is one; sums to 1
  double step_height_probability_up = 0.5;     ///< given a step
};

/// Bayes' rule: prior × likelihood, normalised. `log_likelihoods` beside `hypotheses`, each up to one constant.
Posterior posterior_of(std::span<const Hypothesis> hypotheses, std::span<const double> log_likelihoods);

/// The answers that a posterior makes best, each for its own question.
InterfaceClass most_probable_class(const Posterior& posterior);
int most_probable_depth(const Posterior& posterior);
/// The depth that is most probably right to one cell.
int depth_with_most_neighbours(const Posterior& posterior);
/// The depth of the least expected distance.
int median_depth(const Posterior& posterior);

}  // namespace terrace
