// Images of the scan made from its patterns: what registration looks at.
#pragma once

#include <string>
#include <vector>

#include "core/array.h"
#include "core/progress.h"
#include "formats/scan.h"
#include "registration/deflection.h"
#include "registration/registration.h"

namespace terrace {

/// The mean pattern (PACBED) over at most `most` positions, spread evenly over the scan. [row][column], file's unit.
/// Values that are NaN or infinite are taken as the mean of their neighbours.
Array<double, 2> mean_pattern(const Scan& scan, int most, const Progress& progress = {});

/// Replaces the mean pattern's faulty pixels by their neighbours' mean and says which they are.
std::vector<int> repair_faulty_pixels(Array<double, 2>& mean_pattern);

/// What each position scatters to high angle, as a fraction of the mean pattern: [y][x] of the scan.
/// Taken from what is *missing* inside `radius_mrad` (incoherent bright field), because the camera rarely reaches as
/// far as the cations scatter: 1 − I(inside) / mean I(inside). It follows Z at every thickness, where the dark field
/// between aperture and camera edge reverses by channelling. Where every pattern has the same total and `radius_mrad`
/// holds all of it, so that nothing can be missing, the intensity outside the disc is taken instead.
/// `centres`: centres of mass inside `radius_mrad`, in mrad along the detector's axes. `whole_cells`: mean pattern of
/// as many whole cells of `cell` Å as fit along each axis, [row][column] in the file's unit; positions that fill part
/// of a cell would give the mean pattern a symmetry that the crystal does not have.
struct HighAngleImage {
  Array<double, 2> image;
  CentresOfMass centres;
  Array<double, 2> whole_cells;
  double mean_total = 0;  ///< mean sum of a pattern, file's unit, without the lost ones
  bool from_missing = true;
  std::int64_t no_numbers = 0;  ///< values that are NaN or infinite; each was taken as its neighbours' mean
  std::int64_t alone = 0;       ///< those of them without a sound neighbour, taken as 0
  double negative_share = 0;    ///< sum of the negative values over that of the positive ones
  /// Positions row · width + column whose patterns hold next to nothing (frames that the camera dropped): the images
  /// have their neighbours' mean there. None where they are many: then it is the scan that is so.
  std::vector<int> lost;
  std::string saturation;  ///< a note where readings pile up at the highest value (highest_values.h)
};
HighAngleImage high_angle_image(const Scan& scan, const Registration& registration, double radius_mrad, double cell,
                                const Progress& progress = {});

/// The angle inside which intensity is looked for as missing: two semi-angles, or as far as the detector reaches.
double high_angle_limit_mrad(const ScanInfo& info, const Registration& registration);

/// What each of `count` positions `step` Å apart counts for in a mean over whole cells, in the middle of the scan: a
/// boxcar of one cell, or from two cells on one smoothed by another (which forgives a wrong cell); all alike where
/// there is less than one. The weights sum to 1.
std::vector<double> whole_cell_weights(int count, double step, double cell);

/// The largest circle around the pattern's centre that the detector holds, in mrad.
double detector_reach_mrad(const ScanInfo& info, const Registration& registration);

}  // namespace terrace
