// Where tilts put the aperture and the camera. The one place that decides their signs.
#pragma once

#include "microscope/microscope.h"

namespace terrace {

/// A direction against the specimen's zone axis (+z), in rad; positive means travelling towards +x, +y.
struct Angle {
  double y = 0, x = 0;
};

/// The direction of the beam: the aperture's centre lies at this angle / λ. Both tilts add, so a positive specimen tilt
/// means that the beam travels towards +x as seen by the crystal.
inline Angle aperture_centre(const Microscope& m) {
  return {(m.beam_tilt_y_mrad + m.specimen_tilt_y_mrad) * 1e-3, (m.beam_tilt_x_mrad + m.specimen_tilt_x_mrad) * 1e-3};
}

/// The direction that falls on the middle of the camera: it follows the specimen tilt (on the real instrument the beam
/// stayed where it was and the crystal turned) but not the beam tilt. On the camera the zone axis thus lies at minus
/// the specimen tilt, the undiffracted beam at the beam tilt.
inline Angle camera_centre(const Microscope& m) {
  return {m.specimen_tilt_y_mrad * 1e-3, m.specimen_tilt_x_mrad * 1e-3};
}

}  // namespace terrace
