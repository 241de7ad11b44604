// First half of the lattice fit: the phase along the interface and the contrast of A against B rows across it.
#pragma once

#include <complex>
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

/// Whether the scan holds 2.5 cells along the interface, in 8 rows: then the cell along it can be measured.
bool cell_is_measurable(const ColumnImage& columns, double cell);

/// The cell within ±5 % of `nominal` that leaves least over.
double best_cell(const ColumnImage& columns, double nominal);

/// The coefficient c with image ≈ c0 + Re(c exp(−2πi v / cell)) at every position across, by least squares; v counts
/// from the crystal frame's origin. Empty where the scan has too few rows.
std::vector<std::complex<double>> row_harmonics(const ColumnImage& columns, double cell);

ColumnContrast find_column_contrast(const ColumnImage& columns, const LatticePrior& prior);

}  // namespace terrace
