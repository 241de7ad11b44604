// From the noise-free pattern to what a camera would have counted, drawn anew whenever a sample is shown: the part of
// an experiment that costs nothing to vary.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "core/random.h"
#include "core/settings.h"
#include "dataset/sample.h"

namespace terrace {

/// Ranges of a recipe's [detection] table. [low, high]; each sample draws one value for all of its patterns.
struct DetectionRanges {
  std::vector<double> electrons_per_pattern = {0, 0};
  std::vector<double> background_share = {0, 0};
  std::vector<double> psf_pixels = {0, 0};
  std::vector<double> overdispersion = {1, 1};
  double dead_pixel_share = 0;
  double hot_pixel_share = 0;
  double gain_error_share = 0;
  std::vector<double> brightest_over_saturation = {0, 0};
  bool operator==(const DetectionRanges&) const = default;
};

inline auto fields(const DetectionRanges*) {
  using F = Field<DetectionRanges>;
  using D = DetectionRanges;
  return std::array{
      F{"electrons_per_pattern", &D::electrons_per_pattern, 0, 1e9,
        "dose of a pattern, drawn evenly in its logarithm; [0, 0] for noise-free patterns"},
      F{"background_share", &D::background_share, 0, 0.9,
        "share of the beam in a smooth background (thermal diffuse scattering, amorphous layers)"},
      F{"psf_pixels", &D::psf_pixels, 0, 5, "standard deviation of the point spread, in pixels of the standard grid"},
      F{"overdispersion", &D::overdispersion, 1, 10, "variance over mean of the counts (hits on several pixels)"},
      F{"dead_pixel_share", &D::dead_pixel_share, 0, 0.5, "largest share of pixels that read nothing"},
      F{"hot_pixel_share", &D::hot_pixel_share, 0, 0.5,
        "largest share of pixels that hold a hot camera pixel too faint to be found"},
      F{"gain_error_share", &D::gain_error_share, 0, 0.9,
        "error of the counts per electron, up to: by so much is the dose that is given wrong"},
      F{"brightest_over_saturation", &D::brightest_over_saturation, 0, 100,
        "brightest pixel of the mean pattern over the most that a pixel can count at one position; 0: no limit"},
  };
}

/// One drawn detection.
struct Detection {
  double electrons_per_pattern = 0;  ///< 0: no noise
  double background_share = 0;
  double psf_pixels = 0;
  double overdispersion = 1;
  double dead_pixel_share = 0;
  double hot_pixel_share = 0;
  double gain_error_share = 0;  ///< the dose that is given over the true one, less 1
  double brightest_over_saturation = 0;
};

/// The dose evenly in its logarithm, everything else evenly. A range needs two numbers.
Detection draw_detection(const DetectionRanges& ranges, Random& random);

/// Standard deviation of the blur that makes the background of a pattern.
inline constexpr double background_mrad = 12;

/// The part without chance: background and point spread of square patterns of `pixels` a side, one after the other.
void spread_electrons(const Detection& detection, double mrad_per_pixel, int pixels, std::span<float> patterns);

/// Camera pixels in a pixel of the standard grid, four along each side: 128 pixels of a camera over 32 of the grid.
inline constexpr double camera_pixels = 16;

/// Changes the patterns of `sample` to what `detection` makes of them, still as fractions of the beam, and notes the
/// dose that is given in its conditions. In order:
/// - `background_share` of each pattern is spread by a Gaussian of `background_mrad`, then the point spread.
/// - Hot pixels, the same in every pattern, as registration leaves them: what it finds is replaced by its neighbours
/// and
///   leaves no trace; up to the limit of finding (`hottest_sound`), evenly drawn, one of `camera_pixels` stays.
/// - Poisson counts. Overdispersed ones are Poisson counts of mean / overdispersion times the overdispersion, as if
/// each
///   electron fired that many pixels at one place: mean and variance are right, correlations between neighbours are
///   left out.
/// - Saturation at each position by itself; noise-free patterns are cut too.
/// - Dead pixels, the same in every pattern, which read nothing.
///
/// Positions that are not covered must hold zeros, and keep them.
void detect(const Detection& detection, double mrad_per_pixel, Sample& sample, Random& random);

}  // namespace terrace
