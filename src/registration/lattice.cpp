#include "registration/lattice.h"

#include <cmath>
#include <utility>

#include "registration/column_contrast.h"
#include "registration/column_refinement.h"
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
  auto tracked = track_planes({contrast.profile, columns.step_across, contrast.noise}, prior.cell,
                              prior.plane - columns.start_across);
  lattice.across_found = !tracked.planes.empty();
  if (!lattice.across_found) lattice.reasons.push_back(tracked.reason);
  lattice.planes = std::move(tracked.planes);
  for (auto& plane : lattice.planes) plane.position += columns.start_across;
  // With few rows a cell, the third harmonic of sharp columns passes for the first; their shape is known by now.
  const bool coarse = lattice.cell_along / columns.step_along < 6.5;
  if (lattice.across_found && coarse && !std::isfinite(prior.column))
    lattice.column = refine_column(columns, lattice.cell_along, lattice.column, contrast.profile, tracked.shape);
  return lattice;
}

}  // namespace terrace
