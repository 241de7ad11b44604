// Patterns of the substrate by where in its cell the probe stood: what turns with the detector and mirrors with it.
#pragma once

#include <cmath>
#include <vector>

#include "core/array.h"
#include "registration/detector_orientation.h"
#include "registration/registration.h"
#include "specimen/crystal.h"

namespace terrace {

/// `count` × `count` places evenly spread over a square cell, the first on an A column; patterns on square pixels in
/// the crystal's axes, the beam in the middle of pixel [pixels/2][pixels/2].
struct CellGrid {
  int count = 8;
  int pixels = 32;
  double mrad_per_pixel = 2;

  int places() const { return count * count; }
};

/// Patterns [place y][place x][ky][kx] and what they were made of.
struct CellPatterns {
  Array<double, 4> mean;    ///< 0 where no position fell
  Array<double, 2> taken;   ///< positions at each place
  Array<double, 2> square;  ///< mean over positions of the squared pixel [ky][kx]
};

/// Every position of the substrate's region goes to the place nearest to it, counted from the nearest A-plane and A
/// column as registered; its pattern is laid on the grid as `orientation` says.
CellPatterns measured_cell_patterns(const Scan& scan, const Registration& registration,
                                    const DetectorOrientation& orientation, const CellGrid& grid,
                                    const Progress& progress = {});

/// How the substrate stood in the beam, in the crystal's axes.
struct CellState {
  double energy_kev = 200, semiangle_mrad = 20;
  double tilt_y_mrad = 0, tilt_x_mrad = 0;
  std::vector<double> thicknesses_nm;
  std::vector<double> defoci_nm;
};

/// One period of `substrate` (seen along c, an A column at its origin, square) repeated `repeats` times each way: the
/// reciprocal pixel is the grid's mrad_per_pixel.
inline constexpr int cell_repeats = 3;
double cell_grid_mrad(double cell_angstrom, double energy_kev);

/// Noise-free patterns [place y][place x][ky][kx] of each thickness and defocus. Places are as the scan shows them: a
/// tilted crystal's columns appear shifted by half its thickness times the tilt.
std::vector<Array<float, 4>> simulated_cell_patterns(const Crystal& substrate, const CellState& state,
                                                     const CellGrid& grid, int threads, const Progress& progress = {});

}  // namespace terrace
