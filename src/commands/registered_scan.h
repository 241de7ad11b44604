// What predict and invert do alike with a user's scan before they answer, and say of it on the terminal.
#pragma once

#include <optional>

#include "core/progress.h"
#include "registration/registration.h"
#include "registration/substrate_thickness.h"
#include "specimen/perovskite.h"

namespace terrace {

void print_registration(const Registration& found);

void print_thickness(const PacbedFit& fit);

/// When the thickness is fitted to the substrate's patterns.
enum class MeasureThickness { where_unknown, always };

/// Thickness and tilt from the substrate, taken into `registration` where the thickness was unknown; a reason goes
/// there where that fails.
std::optional<PacbedFit> measure_thickness(const Scan& scan, Registration& registration, Perovskite substrate,
                                           double substrate_cell_angstrom, MeasureThickness when, int threads,
                                           const Progress& progress);

}  // namespace terrace
