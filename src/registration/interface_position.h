// Which A-plane is the interface, and on which side the film lies: a profile through the brightness of the columns.
#pragma once

#include <string>
#include <vector>

#include "registration/registration.h"

namespace terrace {

/// With fewer planes than this one cannot tell a level from a step.
inline constexpr int few_planes = 5;

/// Positions in Å along the normal, scan frame. `significance` = contrast of film and substrate columns over what the
/// fitted profile leaves unexplained (standard deviation); below about 4 there is no interface to be seen.
struct InterfacePosition {
  bool found = false;
  bool film_high = true;  ///< the film lies at high position
  bool begins_with_b =
      false;  ///< SrO|AlO2: the A site changes a cell later; the boundary is then counted on the B site
  double boundary = 0, boundary_error = 0;               ///< projected mean boundary
  double plane = 0, plane_error = 0;                     ///< the A-plane nearest to it
  double substrate_cell = 0, substrate_cell_error = -1;  ///< error < 0: too few planes to measure it
  double film_cell = 0, film_cell_error = -1;
  double significance = 0;
  std::vector<std::string> reasons;
};

enum class FilmSide { find, high, low };

/// Fits both cation sites with one error-function profile (own levels for A and B), then sums occupancies for the mean
/// boundary. For LaAlO3 on SrTiO3 the film has the brighter A columns (La 57, Sr 38) and the darker B columns (Al 13,
/// Ti 22); `side` overrides that. The A-plane's position comes from straight lines through the planes of each side.
InterfacePosition find_interface(const std::vector<AtomicPlane>& planes, double cell, FilmSide side);

}  // namespace terrace
