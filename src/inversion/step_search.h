// Steps of the mean boundary that a fit has found, one or two of them: scored all, fitted where it matters.
#pragma once

#include <optional>

#include "inversion/search_state.h"

namespace terrace {

class StepSearch {
 public:
  explicit StepSearch(SearchState& state) : state_(state) {}

  void look_for_one_step();
  /// Fits that were spared derivatives may end short of their best, most of all where no structure is right (as far as
  /// 20 below it). The best one goes on by new ones, and there all steps are scored once more: such scores came within
  /// 0.3 of what fits to their end did, where spared ones were off by 3 either way.
  void confirm();
  /// Pairs with wide terraces between them and the surfaces; narrower ones are nearly one step.
  void look_for_two_steps();
  /// Pairs of any terraces, for what no single step explains.
  void look_for_near_steps();
  /// Whether the best fit lies elsewhere than where steps were tried.
  bool boundary_has_moved() const;

 private:
  void improve_pair(const std::vector<Hypothesis>& pairs, int least_terrace_cells, double hopeless_below);
  void fit_until_the_best_stays(FitEffort::Ripple ripple);
  void fit_step(const Hypothesis& step, FitEffort::Ripple ripple);
  std::vector<Candidate> scored_steps(double boundary, double tolerance);
  std::vector<Candidate> scored_steps_of_near_thicknesses();
  std::vector<Hypothesis> steps_of_near_thicknesses(double nearest, double farthest) const;
  bool is_settled(const std::vector<Candidate>& scored) const;
  bool is_settled(const std::vector<Candidate>& scored, int side, double most_evidence) const;
  std::optional<Hypothesis> suggested_step(double boundary, double tolerance) const;

  SearchState& state_;
  int steps_fitted_ = 0;
  double scored_boundary_ = 0;  ///< around which steps were tried last
};

}  // namespace terrace
