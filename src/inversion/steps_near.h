// Stepped structures that projection allows: those of one mean boundary.
#pragma once

#include <vector>

#include "inversion/hypotheses.h"

namespace terrace {

/// A step of one cell either way at every depth, in whichever column within two of the registered plane gives it a mean
/// boundary (cells from that plane) within `tolerance_cells` of `boundary_cells`.
std::vector<Hypothesis> steps_near(double boundary_cells, double tolerance_cells, int thickness_cells);

/// Pairs of such steps, the first at `first_depths` depths (or a few more), the second where it gives the mean boundary
/// to half a cell of depth. At least so many cells lie between the steps, and between each and its surface.
std::vector<Hypothesis> pairs_near(double boundary_cells, int first_depths, int thickness_cells,
                                   int least_terrace_cells);

/// Moves of one cell in either depth, or both.
std::vector<Hypothesis> neighbours_of_pair(const Hypothesis& pair, int least_terrace_cells);

}  // namespace terrace
