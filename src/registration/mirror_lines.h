// The mirror lines of the position-averaged pattern: how the crystal's axes lie on the detector.
#pragma once

#include <string>

#include "core/array.h"

namespace terrace {

/// Where the beam falls and how wide pixels are.
struct PatternScale {
  double centre_row = 0, centre_column = 0;  ///< pixels
  double mrad_y = 1, mrad_x = 1;             ///< of a pixel, along rows and columns
  double semiangle_mrad = 0, reach_mrad = 0;
};

/// One of the mirror lines, from the detector's +x towards +y, in (−22.5°, 22.5°]; a square crystal has one every 45°,
/// along <10> and <11> in turn, and the pattern does not say which is which.
struct MirrorLines {
  bool found = false;
  double angle_deg = 0, error_deg = -1;
  double agreement = 0;   ///< correlation of the pattern's fourfold part with its mirror image
  double modulation = 0;  ///< rms of the fourfold part over the pattern, ring by ring
};

/// The angle at which `mean_pattern` agrees best with its mirror image. Only its fourfold part (harmonics 4, 8 … 24 of
/// each ring's azimuth) is compared: what an interface, a wrong centre or aspect, and a tilt of the specimen add lies
/// in other harmonics to first order, and the tilt's second order does not turn the lines. With azimuthal harmonics aₙ
/// the correlation is Re Σₙ exp(2inφ) Σ_r w aₙ², weighted as counting noise asks, r / mean. Rings at the disc's rim are
/// left out: its steps on the pixels have the detector's own symmetry. The error is the scatter of the rings' answers.
/// Not found: agreement below one half, modulation below 0.7 %, error above 3°.
MirrorLines find_mirror_lines(const Array<double, 2>& mean_pattern, const PatternScale& scale);

}  // namespace terrace
