// The mixed cell of continuous composition: smooth in everything, so that it finds thickness, tilt, focus and the
// projected boundary from afar.
#pragma once

#include "inversion/search_state.h"

namespace terrace {

class MixedCellSearch {
 public:
  explicit MixedCellSearch(SearchState& state) : state_(state) {}

  /// From what registration knows; leaves the tangent there.
  void find_mean_boundary();
  /// To its end, if it may yet be the answer: from afar it may have stopped in another valley (as far as 260 below the
  /// truth), so it begins anew beside the best step.
  void finish();

 private:
  int known_thickness() const;
  Fit first_look(const Explanation& start) const;
  Fit at_next_column_if_better(Fit fit) const;
  Hypothesis twin_here() const;

  SearchState& state_;
  Fit mixed_;
};

}  // namespace terrace
