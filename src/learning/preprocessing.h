// From a sample to the network's numbers: one function for simulated and measured scans. What it fitted on the training
// split travels in the model file.
#pragma once

#include <array>
#include <span>
#include <string>
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
  double depth_limit_cells = 0;  ///< no step lies deeper than the thickest lamella that training had taken for this one
  double thickness_cells = 0;    ///< as it is known
  double residual = 0;           ///< log of (what the components cannot express / what is expected of it)
};

/// Features of a scan and of its mirror image along the interface, of which the same structure is true.
using BothWays = std::array<Features, 2>;

/// Patterns are divided by the mean intensity of the covered ones and compared with the training mean of their
/// position, in units of the square root of that mean: shot noise is then about equally wide in every pixel, and the
/// sums that follow weigh each electron as a small change of a Poisson mean wants it, however few there are. Pixels
/// that read nothing in all patterns say nothing and count as the mean. Differences are projected on the principal
/// components of the training patterns and whitened: each component is divided by √(variance + noise²) at the scan's
/// own dose, so that the small ones, in which depth hides, weigh as much as the large ones, down to the noise.
struct Preprocessing {
  StandardGrid grid;
  std::string input = "patterns";      ///< or "totals": every pattern shows its sum alone
  std::string use_conditions = "all";  ///< or "none"
  Image mean;                          ///< [position][pixel], of the divided patterns
  Image weight;                        ///< [position][pixel], 1/√(mean + floor): follows from the mean
  Image basis;                         ///< [component][pixel], unit vectors
  std::vector<float> variance;         ///< [component], over the training patterns
  double least_noise = 0;              ///< variance of the noise at the highest dose of training
  Image mean_components;               ///< [position][component], basis · (weight · mean)
  double unexplained = 0;              ///< mean squared part of a training pattern outside the components
  std::vector<double> condition_mean;  ///< of the raw conditions
  std::vector<double> condition_scale;

  int positions() const { return grid.positions(); }
  int components() const { return static_cast<int>(basis.extent(0)); }
  int conditions() const;
  /// What thicknesses were known to in training, the same for all of a recipe's samples. Networks place depths in
  /// shares of the thickest lamella that is possible, so they are told this whatever a scan's own thickness is known
  /// to.
  double trained_thickness_error_nm() const { return condition_mean[3]; }
  /// What each component is divided by in a scan whose patterns hold so many electrons inside their pixels; 0:
  /// noise-free.
  std::vector<float> scale(double electrons) const;

  /// Throws InputError where the sample's patterns do not have the grid's shape, or no position is covered, or a number
  /// is negative or not finite.
  Features apply(const Sample& sample) const;

  /// The features that the same noise-free sample has when only positions with `covered` 1 were scanned, without the
  /// patterns.
  Features restrict_to(const Features& features, std::span<const float> covered) const;

  /// Fills what follows from the other members: `weight`, `mean_components`.
  void complete();
};

struct PreprocessingSettings {
  int components = 128;
  double electrons_per_pattern = 0;  ///< highest dose, 0: noise-free
  std::string input = "patterns";
  std::string use_conditions = "all";
};

/// Fits everything on `samples` without noise (the training split or a fair part of it).
Preprocessing fit_preprocessing(std::span<const Sample> samples, const StandardGrid& grid,
                                const PreprocessingSettings& settings);

/// What is standardised of the conditions: energy, angle, thickness, its error, log₁₀ of the dose.
using RawConditions = std::array<double, 5>;
RawConditions raw_conditions(const Conditions& conditions);

/// Throws InputError where the patterns of `sample` are not those of `grid`.
void check_shape(const Sample& sample, const StandardGrid& grid);

/// Length of a unit cell along the beam: one depth bin.
inline constexpr double depth_cell_nm = 0.3905;

}  // namespace terrace
