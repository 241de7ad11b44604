// A depth distribution over bins of one cell: medians, intervals, coverage.
#pragma once

#include <span>

namespace terrace {

/// The depth in cells below which `share` of the distribution lies. Bin i spreads evenly over i − ½ … i + ½.
double depth_quantile(std::span<const double> probability, double share);

/// The share of the distribution below a true depth, a whole cell, whose place inside its bin is drawn as
/// `place` in 0 … 1 (randomised probability integral transform): uniform in 0 … 1 where the distribution is right.
double depth_rank(std::span<const double> probability, double true_cells, double place);

/// The central share of the distribution that just reaches the truth of this rank: |2 rank − 1|.
double central_share(double rank);

/// Of the true depth's own cell, how much lies inside the central `share` of the distribution: what drawing its place
/// comes to in the mean. `rank` is that of `place`, `mass` what the distribution gives the cell.
double share_inside(double share, double rank, double mass, double place);

}  // namespace terrace
