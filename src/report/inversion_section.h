// What an inversion found, and the pictures to judge it by.
#pragma once

#include "inversion/inversion.h"
#include "report/report.h"

namespace terrace {

/// The structures that explain the scan, the circumstances fitted with them, and what the best fit leaves: mean
/// residual of each pixel and of each position in units of the counts' noise.
ReportSection inversion_section(const Inversion& inversion, const StandardGrid& grid);

/// Measured patterns and the best fit, in fractions of the beam, for the page's browser of fits. Pixels that were not
/// compared show the fit.
FittedPatterns fitted_patterns(const Inversion& inversion, const StandardGrid& grid);

}  // namespace terrace
