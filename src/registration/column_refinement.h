// The phase along the interface on coarse scans, where harmonics beyond the sampling pass for the first one.
#pragma once

#include "registration/lattice.h"
#include "registration/peak_shape.h"

namespace terrace {

/// Moves `column` (Å, good to about a tenth of a cell) to where periodic peaks there and half a cell further, on a
/// level of their own at every position across, leave least of `columns` over. Columns are taken to be round: `shape`
/// is theirs across the interface. `profile`, the contrast at each position across, names the positions worth looking
/// at. Needs four rows.
double refine_column(const ColumnImage& columns, double cell, double column, const std::vector<double>& profile,
                     const PeakShape& shape);

}  // namespace terrace
