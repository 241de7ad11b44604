// The thickness of a lamella from its substrate's own position-averaged pattern, away from the interface.
#pragma once

#include <optional>

#include "registration/pacbed_fit.h"
#include "registration/registration.h"
#include "specimen/crystal.h"

namespace terrace {

/// Cells of the substrate next to the interface that are left out: the probe's tails and the film's strain end there.
inline constexpr double cells_left_out = 1.5;

/// The mean over whole cells of the substrate beyond those; empty where the scan shows no whole cell of it.
std::optional<Array<double, 2>> substrate_pattern(const Scan& scan, const Registration& registration,
                                                  const Progress& progress = {});

/// Fits thickness and tilt to that pattern (pacbed_fit.h); `substrate` is seen along its c axis. Empty, with the reason
/// in `reason`, where the registration or the scan does not allow it.
std::optional<PacbedFit> substrate_thickness(const Scan& scan, const Registration& registration,
                                             const Crystal& substrate, int threads, std::string& reason,
                                             const Progress& progress = {});

}  // namespace terrace
