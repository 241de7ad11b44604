// First half of the lattice fit: the phase along the interface and the contrast of A against B rows across it.
#pragma once

#include <string>
#include <vector>

#include "registration/lattice.h"

namespace terrace {

struct ColumnContrast {
  bool found = false;
  double column = 0, column_error = 0;  ///< A column along the interface, Å, 0 ≤ column < cell
  double cell = 0, cell_error = 0;      ///< along the interface, Å
  bool cell_measured = false;
  std::vector<double> profile;  ///< P at every position across: + at A-planes, − at B-planes
  double noise = 0;             ///< standard deviation of one value of `profile`
  std::string reason;           ///< why nothing was found
};

ColumnContrast find_column_contrast(const ColumnImage& columns, const LatticePrior& prior);

}  // namespace terrace
