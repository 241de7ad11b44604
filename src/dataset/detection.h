// From the noise-free pattern to what a camera would have counted, drawn anew whenever a sample is shown: the part of
// an experiment that costs nothing to vary.
#pragma once

#include <array>
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
  };
}

/// One drawn detection.
struct Detection {
  double electrons_per_pattern = 0;  ///< 0: no noise
  double background_share = 0;
  double psf_pixels = 0;
  double overdispersion = 1;
  double dead_pixel_share = 0;
};

Detection draw_detection(const DetectionRanges& ranges, Random& random);

/// Changes the patterns of `sample` to what `detection` makes of them, still as fractions of the beam, and notes the
/// dose in its conditions. Faulty pixels are the same in every pattern.
void detect(const Detection& detection, Sample& sample, Random& random);

}  // namespace terrace
