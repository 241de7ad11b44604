#include "registration/lattice.h"

#include "registration/column_contrast.h"
#include "registration/plane_tracking.h"

namespace terrace {

Lattice find_lattice(const ColumnImage& columns, const LatticePrior& prior) {
  Lattice lattice;
  const auto contrast = find_column_contrast(columns, prior);
  lattice.along_found = contrast.found;
  lattice.column = contrast.column;
  lattice.column_error = contrast.column_error;
  lattice.cell_along = contrast.cell;
  lattice.cell_along_error = contrast.cell_error;
  lattice.cell_along_measured = contrast.cell_measured;
  if (!contrast.found) {
    lattice.reasons.push_back(contrast.reason);
    return lattice;
  }
  std::string reason;
  lattice.planes =
      track_planes({contrast.profile, columns.step_across, contrast.noise}, prior.cell, prior.plane, reason);
  lattice.across_found = !lattice.planes.empty();
  if (!reason.empty()) lattice.reasons.push_back(reason);
  return lattice;
}

}  // namespace terrace
