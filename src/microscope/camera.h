// The detector as the operator sets it: what a Detector (multislice) turns exit waves into.
#pragma once

#include <array>

#include "core/settings.h"

namespace terrace {

/// A square grid of `pixels` × `pixels`, `mrad_per_pixel` wide; the undiffracted beam falls on the middle of pixel
/// [pixels/2][pixels/2], or `centre` pixels from it. Rows run along ky, columns along kx, turned around the beam by
/// `rotation_deg`: k of the scan = R(rotation) k of the camera, R(θ) = (cos θ, −sin θ; sin θ, cos θ) on (x, y). With
/// dose 0 patterns are fractions of the beam, else electrons drawn from Poisson statistics.
struct Camera {
  int pixels = 64;
  double mrad_per_pixel = 1.25;
  double centre_y_pixels = 0, centre_x_pixels = 0;
  double rotation_deg = 0;
  double psf_pixels = 0;
  double electrons_per_pattern = 0;
  double dead_pixel_share = 0;
  double hot_pixel_share = 0;
  double counts_per_electron = 1;
  double saturation_counts = 0;
  int seed = 1;

  bool operator==(const Camera&) const = default;
};

inline auto fields(const Camera*) {
  using F = Field<Camera>;
  using C = Camera;
  return std::array{
      F{"pixels", &C::pixels, 2, 4096, "pixels along each side; even, the beam falls on pixel pixels/2"},
      F{"mrad_per_pixel", &C::mrad_per_pixel, 1e-3, 100, "width of a pixel"},
      F{"centre_y_pixels", &C::centre_y_pixels, -1e4, 1e4, "how far from there the beam falls, along ky"},
      F{"centre_x_pixels", &C::centre_x_pixels, -1e4, 1e4, "the same along kx"},
      F{"rotation_deg", &C::rotation_deg, -10, 10, "turn of the camera against the scan, degrees"},
      F{"psf_pixels", &C::psf_pixels, 0, 20, "standard deviation of the point spread, in pixels"},
      F{"electrons_per_pattern", &C::electrons_per_pattern, 0, 1e12, "dose; 0 keeps noise-free fractions of the beam"},
      F{"dead_pixel_share", &C::dead_pixel_share, 0, 0.5, "share of pixels that read 0"},
      F{"hot_pixel_share", &C::hot_pixel_share, 0, 0.5, "share of pixels that read the saturation value"},
      F{"counts_per_electron", &C::counts_per_electron, 1e-3, 1e5, "gain"},
      F{"saturation_counts", &C::saturation_counts, 0, 1e12, "largest count of a pixel; 0 for no limit"},
      F{"seed", &C::seed, 0, 2147483647, "names the noise and the faulty pixels"},
  };
}

}  // namespace terrace
