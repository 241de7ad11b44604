// The part of a page that shows how often the inversion was right: over dose, by source size, beside the bound.
#pragma once

#include <vector>

#include "inversion/trial.h"
#include "report/report.h"

namespace terrace {

/// Charts of all doses, then a table for each of three groups of equal numbers of structures, by the size of their
/// source (one group where there are too few). `cell_nm`: of the substrate, along the beam.
std::vector<ReportSection> trials_sections(const std::vector<TrialOutcome>& outcomes,
                                           const std::vector<double>& electrons_per_pattern, double cell_nm);

}  // namespace terrace
