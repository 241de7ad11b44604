// What predict and invert do alike with a user's scan before they answer, and say of it on the terminal.
#pragma once

#include <optional>

#include "core/progress.h"
#include "formats/scan_overrides.h"
#include "registration/registration.h"
#include "registration/substrate_thickness.h"
#include "specimen/perovskite.h"

namespace terrace {

void print_registration(const Registration& found);

void print_thickness(const PacbedFit& fit);

/// When the thickness is fitted to the substrate's patterns.
enum class MeasureThickness { where_unknown, always };

/// What the substrate's patterns say, taken into `registration`: thickness and tilt, where the thickness is not known
/// or was asked for, and how the detector lies, where that is not given. A reason goes there where that fails. Returns
/// the fit of the thickness that was wanted.
std::optional<PacbedFit> read_substrate(const Scan& scan, Registration& registration, Perovskite substrate,
                                        double substrate_cell_angstrom, MeasureThickness when, int threads,
                                        const Progress& progress);

/// What the user says instead of the file is given, not the file's; one who turns the detector's rows or columns round
/// says how it lies.
RegistrationOptions registration_options(RegistrationOptions options, const ScanOverrides& overrides);

}  // namespace terrace
