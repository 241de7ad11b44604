// What the network is to say of one sample.
#pragma once

#include <array>
#include <vector>

#include "learning/regressions.h"

namespace terrace {

struct Target {
  int interface_class = 0;
  int step_count = 0;                            ///< 0, 1, 2
  std::vector<float> depth;                      ///< smoothed share of each depth bin, sums to 1; empty without a step
  float up = 0;                                  ///< 1 where the (first) step's height is positive
  std::array<float, regression_count> values{};  ///< in the network's units
};

/// The target of `labels`; the depth is spread over its neighbours by a Gaussian of `smoothing_cells` (0: none). Two
/// steps get half of it each.
Target target_of(const Labels& labels, const Conditions& conditions, int depth_bins, double smoothing_cells);

}  // namespace terrace
