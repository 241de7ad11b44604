// The pattern grid that a scan's camera can fill.
#pragma once

#include <string>

#include "formats/scan.h"
#include "registration/registration.h"

namespace terrace {

/// Square patterns, the beam in the middle of pixel [pixels/2][pixels/2].
struct TailoredCamera {
  int pixels = 32;
  double mrad_per_pixel = 2.5;
  std::string origin;  ///< where the numbers come from

  /// From the beam to the farthest side.
  double reach_mrad() const { return (pixels / 2 + 0.5) * mrad_per_pixel; }
};

/// Patterns to twice the semi-angle, 8 pixels of it, or as far and as fine as the camera goes, its turn against the
/// crystal and a `scale_error` of its calibration allowed for. A camera of unknown scale is taken to suffice. Throws
/// InputError where it sees fewer than 8 pixels.
TailoredCamera tailored_camera(const ScanInfo& info, const Registration& registration, double scale_error);

}  // namespace terrace
