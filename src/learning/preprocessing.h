// From a sample to the network's numbers: one function for simulated and measured scans. What it fitted on the training
// split travels in the model file.
#pragma once

#include <span>
#include <vector>

#include "core/array.h"
#include "dataset/sample.h"

namespace terrace {

/// What the network sees of one sample.
struct Features {
  Image components;               ///< [position][component]; rows of uncovered positions are zero
  std::vector<float> covered;     ///< [position], 1 or 0
  std::vector<float> totals;      ///< [position], intensity inside the pattern, fraction of the beam
  std::vector<float> conditions;  ///< standardised, thickness also as waves
  double depth_limit_cells = 0;   ///< no step lies deeper than the lamella is thick
  double residual = 0;            ///< log of (what the components cannot express / what is expected of it)
};

/// Patterns are divided by the mean intensity of the covered ones, square-rooted (which makes shot noise equally wide
/// everywhere), freed of the training mean of their position, projected on the principal components of the training
/// patterns and whitened: each component is divided by √(variance + floor²), so that the small differences in which
/// depth hides weigh as much as the large ones, down to the noise.
struct Preprocessing {
  StandardGrid grid;
  Image mean;                          ///< [position][pixel], of the square roots
  Image basis;                         ///< [component][pixel], unit vectors
  std::vector<float> component_scale;  ///< [component], √(variance + floor²)
  Image mean_components;               ///< [position][component], basis · mean / scale
  double unexplained = 0;              ///< mean squared part of a training pattern outside the components
  std::vector<double> condition_mean;  ///< of the raw conditions
  std::vector<double> condition_scale;

  int positions() const { return grid.positions(); }
  int components() const { return static_cast<int>(basis.extent(0)); }
  int conditions() const;

  /// Throws InputError where the sample's patterns do not have the grid's shape, or no position is covered, or a number
  /// is negative or not finite.
  Features apply(const Sample& sample) const;

  /// The features that the same sample has when only positions with `covered` 1 were scanned: exact, without the
  /// patterns.
  Features restrict_to(const Features& features, std::span<const float> covered) const;
};

/// Fits everything on `samples` (the training split or a fair part of it). `shot_noise` is the standard deviation of
/// the square root of a pixel's fraction, ½/√electrons, or 0.
Preprocessing fit_preprocessing(std::span<const Sample> samples, const StandardGrid& grid, int components,
                                double shot_noise);

/// √(intensity / mean total of the covered patterns), [position][pixel]; and the totals. Rows not covered are zero.
Image normalised_roots(const Sample& sample, std::vector<float>& totals);

/// Length of a unit cell along the beam: one depth bin.
inline constexpr double depth_cell_nm = 0.3905;

}  // namespace terrace
