// The bright-field disc of the mean pattern (PACBED): where the beam falls on the detector and how large the disc is.
#pragma once

#include "core/array.h"

namespace terrace {

/// A circle on the detector; `aspect` = row pitch / column pitch is taken as given. Errors are standard errors of the
/// edge fit; `contrast` = 1 − outside / inside at the edge, near 0 where there is no disc.
struct PatternDisc {
  double row = 0, column = 0, centre_error = 0;  ///< pixels
  double radius = 0, radius_error = 0;           ///< pixels along columns
  double contrast = 0;
  bool found = false;
};

/// Starts from the thresholded pattern's centroid, then fits a circle to the steepest descent along 96 directions,
/// robustly (edges of diffracted discs cross the rim at a few of them). Beam stops and cut-off discs are not handled.
PatternDisc find_disc(const Array<double, 2>& mean_pattern, double aspect);

}  // namespace terrace
