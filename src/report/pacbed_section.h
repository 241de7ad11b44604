// The part of the report that shows how a thickness was found.
#pragma once

#include "registration/pacbed_fit.h"
#include "report/report.h"

namespace terrace {

/// Measured pattern, best fit and difference, and how well each thickness fits.
ReportSection pacbed_section(const PacbedFit& fit);

}  // namespace terrace
