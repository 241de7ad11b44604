// Images of the scan made from its patterns: what registration looks at.
#pragma once

#include "core/array.h"
#include "core/progress.h"
#include "formats/scan.h"
#include "registration/deflection.h"
#include "registration/registration.h"

namespace terrace {

/// The mean pattern (PACBED) over at most `most` positions, spread evenly over the scan. [row][column], file's unit.
Array<double, 2> mean_pattern(const Scan& scan, int most, const Progress& progress = {});

/// What each position scatters to high angle, as a fraction of the mean pattern: [y][x] of the scan.
/// Taken from what is *missing* inside `radius_mrad` (incoherent bright field), because the camera rarely reaches as
/// far as the cations scatter: 1 − I(inside) / mean I(inside). It follows Z at every thickness, where the dark field
/// between aperture and camera edge reverses by channelling. Where every pattern has the same total and `radius_mrad`
/// holds all of it, so that nothing can be missing, the intensity outside the disc is taken instead.
/// `centres`: centres of mass inside `radius_mrad`, in mrad along the detector's axes.
struct HighAngleImage {
  Array<double, 2> image;
  CentresOfMass centres;
  double mean_total = 0;  ///< mean sum of a pattern, file's unit
  bool from_missing = true;
};
HighAngleImage high_angle_image(const Scan& scan, const Registration& registration, double radius_mrad,
                                const Progress& progress = {});

/// The largest circle around the pattern's centre that the detector holds, in mrad.
double detector_reach_mrad(const ScanInfo& info, const Registration& registration);

}  // namespace terrace
