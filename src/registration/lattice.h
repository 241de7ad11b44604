// The perovskite lattice in an image of the scan: rows of A columns along the interface, A-planes across it.
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "registration/column_image.h"
#include "registration/registration.h"

namespace terrace {

/// What is known before: the cell (Å), and where a number, the position of an A column along the interface and of an
/// A-plane across it. `sign` −1 says that the B columns are the brighter ones.
struct LatticePrior {
  double cell = 3.905;
  double column = std::numeric_limits<double>::quiet_NaN();
  double plane = std::numeric_limits<double>::quiet_NaN();
  double sign = 1;
};

struct Lattice {
  bool along_found = false, across_found = false;
  double column = 0, column_error = 0;          ///< an A column along the interface, Å, within the first cell
  double cell_along = 0, cell_along_error = 0;  ///< Å as the scan shows it
  bool cell_along_measured = false;
  std::vector<AtomicPlane> planes;  ///< A-planes across it
  std::vector<std::string> reasons;
};

/// How much brighter the A rows are than the rows half a cell beside them, for each position across: the Fourier
/// coefficient at one cell along the interface, which is + at A-planes and − at B-planes (both carry their cations on
/// mirror lines) and blind to everything smooth. Method: least squares of (1, cos, sin) per column of the image, so any
/// length and step do; the common phase from Σ c², its sign from Σ P³ (A scatters more than B).
Lattice find_lattice(const ColumnImage& columns, const LatticePrior& prior);

}  // namespace terrace
