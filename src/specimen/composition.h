// How much film there is in each cell of an interface: the table between its parameters and its atoms.
#pragma once

#include <span>

#include "core/array.h"

namespace terrace {

struct Interface;

/// The share of film cations (0 substrate, 1 film) on the A site and on the B site of each cell, [depth][column]: depth
/// in cells along the beam, columns in cells along x from the substrate's end. Columns from `first_film_column` on have
/// the film's width.
struct CompositionTable {
  int first_film_column = 0;
  Array<double, 2> film_a, film_b;

  int depth_cells() const { return static_cast<int>(film_a.extent(0)); }
  int columns() const { return static_cast<int>(film_a.extent(1)); }
};

/// The table that the parameters describe. The boundary at a depth is the nominal plane plus the heights of the steps
/// above; cell i holds the profile at its middle, i + ½, so that σ = 0 gives whole cells and the sum over the cells
/// keeps the amount of film. Throws InputError where the parameters contradict each other (see check).
CompositionTable composition(const Interface& interface);

/// The same `film_a` and `film_b` (one number a column) at each of `depth_cells` depths.
CompositionTable uniform_composition(int depth_cells, int first_film_column, std::span<const double> film_a,
                                     std::span<const double> film_b);

/// The matched-projection twin: each column holds its mean over depth, on A and on B. What projects alike and orders
/// differently along the beam; column widths are those of the original.
CompositionTable projected_twin(const CompositionTable& table);

/// The share of film on the A site `cells` from the boundary, cells > 0 inside the film: the distribution function of a
/// normal of variance σ² − L² convolved with an exponential of length L (`la_tail_cells`) towards the substrate, moved
/// so that its mean stays at the boundary (what the tail gains, the film loses). Its second moment is σ², tail
/// included.
double film_share_a(const Interface& interface, double cells);
/// The same on the B site, which has no tail.
double film_share_b(const Interface& interface, double cells);

/// What a table says about position and width of the boundary on one site, in cells. A width is the root of the second
/// moment of the differences between neighbouring cells; a sampled error function of σ > 0.5 has σ² + 1/12.
struct ProfileMoments {
  double mean_boundary = 0;    ///< in cells from the substrate's end, mean over depth
  double width = 0;            ///< within a depth, root mean square over depth
  double projected_width = 0;  ///< of the projection along the beam; ≥ width
};
ProfileMoments profile_moments(const Array<double, 2>& film_share);

}  // namespace terrace
