// How the detector's axes lie on the crystal's: the one place that knows about turned and mirrored detectors.
#pragma once

#include <string>

#include "registration/crystal_axes.h"
#include "registration/deflection.h"
#include "registration/mirror_lines.h"

namespace terrace {

enum class Handedness { same, mirrored };

/// The turn from the detector's axes (x along columns, y along rows) to the crystal's, after its rows have been
/// reversed where it is mirrored: k = R(angle) k'.
struct DetectorOrientation {
  double angle_deg = 0;
  Handedness handedness = Handedness::same;

  bool turned() const { return std::remainder(angle_deg, 360) != 0; }
  double row_sign() const { return handedness == Handedness::mirrored ? -1 : 1; }
  /// Both in mrad from the beam.
  Place to_crystal(const Place& detector) const;
};

/// The detector against the scan, as far as the data tell.
struct DetectorTurn {
  bool found = false;
  double angle_deg = 0, error_deg = -1;  ///< (−90, 90]
  std::string reason;                    ///< what remains open; empty where nothing does
};

/// The mirror lines say the turn modulo 45°. Of those, the one nearest to 0 is taken unless where columns send the beam
/// clearly excludes it (by 3 errors and 22.5°); that leaves half a turn open, of which the smaller is taken. A turn
/// below 2 errors or 0.15° is 0. `scan_rotation_deg`: of the scan against the crystal.
DetectorTurn find_detector_turn(const MirrorLines& lines, const DeflectionTurn& deflection, double scan_rotation_deg);

}  // namespace terrace
