// A scan's length along the interface in stretches, each to be answered for by itself: where a map comes from.
#pragma once

#include <limits>
#include <utility>
#include <vector>

#include "dataset/sample.h"
#include "formats/scan.h"
#include "registration/registration.h"

namespace terrace {

/// from ≤ position < to, in Å along the interface, crystal frame (crystal_axes.h). The default is the whole scan.
struct Stretch {
  double from_angstrom = -std::numeric_limits<double>::infinity();
  double to_angstrom = std::numeric_limits<double>::infinity();

  bool holds(double angstrom) const { return angstrom >= from_angstrom && angstrom < to_angstrom; }
};

/// From where to where the scan reaches along the interface, in Å of the crystal frame, half a step beyond its
/// outermost positions included.
std::pair<double, double> reach_along(const ScanInfo& info, const Registration& registration);

/// Substrate cells that the scan shows along the interface, half a step beyond its outermost positions included.
double cells_along(const ScanInfo& info, const Registration& registration);

/// As many equal stretches of at least `cells` cells as the scan holds, side by side from end to end; one where it
/// holds no two. Throws InputError where `cells` is below 1 (each needs every position of the grid).
std::vector<Stretch> stretches_of(const ScanInfo& info, const Registration& registration, double cells);

/// How long stretches should be, in whole cells, and why in words: "for 10000 electrons a pattern".
struct StretchChoice {
  int cells = 1;
  std::string why;
};

/// The fewest cells over which a pattern of the standard grid gathers `electrons`; one cell where there is no noise, an
/// eighth of the scan where the dose is unknown.
StretchChoice choose_stretch_cells(const ScanInfo& info, const Registration& registration, const StandardGrid& grid,
                                   double electrons);

}  // namespace terrace
