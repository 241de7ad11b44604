// A measured pattern and a simulated one on the same pixels: what fit_pacbed compares.
#pragma once

#include <vector>

#include "core/array.h"
#include "registration/pacbed_series.h"

namespace terrace {

/// Where a pattern lies on its camera and how the crystal stood: what is fitted at each thickness.
struct PacbedPlace {
  double row = 0, column = 0;  ///< of the beam, pixels
  double log_mrad_per_pixel = 0;
  double rotation = 0;            ///< rad, PacbedFit::rotation_deg
  double tilt_y = 0, tilt_x = 0;  ///< mrad, in the crystal box's axes
  double log_semiangle_mrad = 0;
  int handedness = 1;  ///< −1: the camera's columns run the other way
};

/// Pixels of a pattern that are compared, and their values.
class PacbedView {
 public:
  /// Pixels within `radius` of (row, column), saturated ones left out; every `stride`-th along each axis.
  PacbedView(const Array<double, 2>& pattern, double row, double column, double radius, int stride = 1);

  struct Pixel {
    int row = 0, column = 0;
    double value = 0;
  };
  const std::vector<Pixel>& pixels() const { return pixels_; }
  bool saturated() const { return saturated_; }
  /// Σ (value − mean)².
  double variance() const { return variance_; }

  /// value − (gain · simulated + constant + slope · k²), pixel by pixel, gain, constant and slope being the best; gain
  /// is never negative. `simulated` is the table's pattern at the place's aperture.
  std::vector<double> residual(const Array<double, 2>& simulated, const PacbedTable& table,
                               const PacbedPlace& place) const;

 private:
  std::vector<Pixel> pixels_;
  double variance_ = 0;
  bool saturated_ = false;
};

/// The aperture of a place; the tilt is kept within what the table holds.
PacbedAperture aperture_of(const PacbedPlace& place);

double sum_of_squares(const std::vector<double>& values);

}  // namespace terrace
