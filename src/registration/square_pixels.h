// Patterns of oblong pixels brought to square ones, for what compares them with square simulated ones.
#pragma once

#include "core/array.h"

namespace terrace {

/// Pixels as wide as the wider side of the detector's, which are shared out by overlapping area; patterns begin at the
/// same corner. Sides that differ by less than 1 %, and sides that are not known (0), stay as they are.
class SquarePixels {
 public:
  SquarePixels(double mrad_y, double mrad_x);

  bool changes() const { return scale_y_ != 1 || scale_x_ != 1; }
  double mrad_per_pixel() const { return mrad_; }
  Array<double, 2> laid(const Array<double, 2>& pattern) const;
  /// Where a place of the detector's pixels lies in the square ones.
  double row(double detector_row) const { return (detector_row + 0.5) * scale_y_ - 0.5; }
  double column(double detector_column) const { return (detector_column + 0.5) * scale_x_ - 0.5; }
  /// And back.
  double detector_row(double row) const { return (row + 0.5) / scale_y_ - 0.5; }
  double detector_column(double column) const { return (column + 0.5) / scale_x_ - 0.5; }

 private:
  double mrad_, scale_y_ = 1, scale_x_ = 1;  ///< square pixels for each of the detector's
};

}  // namespace terrace
