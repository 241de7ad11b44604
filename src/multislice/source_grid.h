// Evenly spaced probe positions that tell everything about an intensity, and the way from them to a finite source.
#pragma once

#include <vector>

namespace terrace {

/// One axis of the grid. An intensity that is a sum over pairs of beams varies with the probe's position r as
/// Σ_Δ I_Δ exp(2πi Δ r / length), |Δ| ≤ reach, where reach is the largest difference of the beams' numbers. More than
/// 2 reach evenly spaced points hold all of it (Shannon).
struct SourceGridAxis {
  int reach = 0;
  double length = 1;  ///< Å, of one period
  int points = 1;

  /// The fewest points, rounded up to a multiple of `multiple`.
  static SourceGridAxis holding(int reach, double length, int multiple = 1);
};

/// weights[point · positions + p]: how the intensity at `positions[p]`, seen from a Gaussian source of `sigma` Å, is
/// made of those at the points: 1/points Σ_Δ exp(2πi Δ (r_p − r_point) / length) exp(−2π² σ² Δ² / length²). Exact:
/// interpolation by Fourier sums and a convolution are both products in Δ.
std::vector<double> source_weights(const SourceGridAxis& axis, const std::vector<double>& positions, double sigma);

}  // namespace terrace
