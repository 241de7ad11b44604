// Thickness and tilt of a crystal from its position-averaged pattern: which simulated pattern it looks like.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/array.h"
#include "registration/pacbed_series.h"
#include "registration/registration.h"

namespace terrace {

/// What is known of a pattern before it is fitted; what is not (NaN, 0) is found.
struct PacbedKnown {
  double semiangle_mrad = 0;                   ///< 0: fitted as well
  double mrad_per_pixel = 0;                   ///< start of the fit; 0: from the disc's radius
  double centre_row = -1, centre_column = -1;  ///< start of the fit; −1: from the disc
  double most_tilt_mrad = 4;
  double thinnest_nm = 0, thickest_nm = 1e4;  ///< thicknesses of the series to look at
};

/// A pattern that no thickness fits better than this is of something else.
inline constexpr double least_correlation = 0.9;

/// How well one thickness fits, everything else fitted to it.
struct PacbedMatch {
  double thickness_nm = 0;
  double correlation = 0;  ///< √(1 − unexplained share of the pattern's variance)
};

struct PacbedFit {
  Estimate thickness_nm;
  Estimate tilt_y_mrad, tilt_x_mrad;  ///< of the beam against the zone axis, in the detector's axes (rows, columns)
  Estimate semiangle_mrad, mrad_per_pixel;
  Estimate centre_row, centre_column;
  Estimate rotation_deg;  ///< from the detector's axes to the crystal box's: k_x = kx' cos a − ky' sin a
  double correlation = 0;
  std::vector<PacbedMatch> matches;  ///< of every thickness
  Image measured, fitted;            ///< the compared part of the pattern and its best fit, NaN where not compared
  std::vector<std::string> reasons;  ///< what to be wary of
};

/// Compares `pattern` (any linear scale; [row][column]) with every thickness of `series` by least squares over a disc
/// of 1.3 semi-angles, all pixels with equal weight; fitted beside the thickness: centre, scale, rotation, tilt, the
/// semi-angle where unknown, brightness, and a background that is constant or falls with k². The thickness is the
/// vertex of a parabola through the best and its neighbours. Its standard error takes the residual as noise with the
/// correlation that it has; what the simulation lacks (phonons' own structure, strain, inelastic scattering) is beyond
/// it. Throws InputError where no bright disc is found and not all of it is known, saying what to give.
PacbedFit fit_pacbed(const Array<double, 2>& pattern, const PacbedSeries& series, const PacbedKnown& known,
                     int threads = 1);

nlohmann::ordered_json to_json(const PacbedFit& fit);

/// The radius of the bright disc in pixels, for the choice of a series; throws as fit_pacbed.
double disc_radius_pixels(const Array<double, 2>& pattern, const PacbedKnown& known);

}  // namespace terrace
