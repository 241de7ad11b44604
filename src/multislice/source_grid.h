// Evenly spaced probe positions that tell everything about an intensity, and the way from them to a finite source.
#pragma once

#include <span>
#include <vector>

namespace terrace {

/// What an intensity depends on along one axis of the probe's position r: Σ_Δ I_Δ exp(2πi Δ r / length), |Δ| ≤ reach,
/// where reach is the largest difference of the beams' numbers.
struct IntensityBand {
  int reach = 0;
  double length = 1;  ///< Å, of one period
};

/// One axis of a grid from which the intensity at given positions, seen from a Gaussian source of `sigma` Å, follows as
/// a real weighted sum. Either of two, whichever has fewer points:
///
/// All around one period, more than 2 reach points (Shannon), with weights 1/points Σ_Δ exp(2πi Δ (r_p − r_point) /
/// length) exp(−2π² σ² Δ² / length²): exact, as interpolation by Fourier sums and a convolution are both products in Δ.
///
/// Around the positions alone, to 5.7 σ beyond them, with the Gaussian itself as weight. What varies fastest is wrong
/// by the Gaussian's transform at 1/spacing − reach/length, and what lies farther out is dropped: exp(−16) = 1e-7 each,
/// as float rounding.
class SourceGridAxis {
 public:
  SourceGridAxis(const IntensityBand& band, std::span<const double> positions, double sigma);

  int points() const { return points_; }
  double position(int point) const { return first_ + spacing_ * point; }

  /// weights[point · positions + p].
  std::vector<double> weights(std::span<const double> positions) const;

 private:
  std::vector<double> periodic_weights(std::span<const double> positions) const;
  std::vector<double> local_weights(std::span<const double> positions) const;

  IntensityBand band_;
  double sigma_;
  bool periodic_;
  int points_;
  double first_ = 0, spacing_;
};

}  // namespace terrace
