// Error-function profiles of any two widths, alone and with a step in them.
#pragma once

#include "inversion/search_state.h"

namespace terrace {

class ProfileSearch {
 public:
  explicit ProfileSearch(SearchState& state) : state_(state) {}

  /// A profile at the mean boundary, and one around the best step so far.
  void look();
  /// Where a profile comes first, or nothing explains the counts, steps of the best profile's projection (mean boundary
  /// and variance) are scored, the best one fitted, and all scored again around it until it stays: the best step
  /// without a width may lie at quite another depth. The profile alone is fitted to its end before
  /// and after.
  void look_for_steps_inside();

 private:
  void fit_widths(Hypothesis profile);
  void fit_to_the_end(const Explanation& start);
  void try_steps_inside();
  std::vector<Hypothesis> steps_inside(const Hypothesis& profile) const;
  void add_scores(const std::vector<Candidate>& scored, const Candidate& fitted);

  SearchState& state_;
};

}  // namespace terrace
