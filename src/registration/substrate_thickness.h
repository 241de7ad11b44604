// The thickness of a lamella from its substrate's own position-averaged pattern, away from the interface.
#pragma once

#include <optional>

#include "registration/pacbed_fit.h"
#include "registration/registration.h"
#include "specimen/crystal.h"

namespace terrace {

/// The mean over whole cells of the substrate (substrate_region.h); empty where the scan shows none.
std::optional<Array<double, 2>> substrate_pattern(const Scan& scan, const Registration& registration,
                                                  const Progress& progress = {});

/// Thicknesses that are tried.
struct ThicknessRange {
  double thinnest_nm = 4, thickest_nm = 130;
};
/// Where the truth lies when `thickness_nm` is what the user or the file says: a lamella with its amorphous skins, or
/// without.
ThicknessRange thicknesses_near(double thickness_nm);

/// Fits thickness and tilt to that pattern (pacbed_fit.h); `substrate` is seen along its c axis. Empty, with the reason
/// in `reason`, where the registration or the scan does not allow it.
std::optional<PacbedFit> substrate_thickness(const Scan& scan, const Registration& registration,
                                             const Crystal& substrate, int threads, std::string& reason,
                                             const Progress& progress = {}, const ThicknessRange& thicknesses = {});

}  // namespace terrace
