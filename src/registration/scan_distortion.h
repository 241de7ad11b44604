// How the scan is turned and sheared against the crystal, from the image of its columns.
#pragma once

#include <string>

#include "core/array.h"
#include "registration/crystal_axes.h"

namespace terrace {

/// Angles of the crystal's axes in the scan with their standard errors (rad; < 0: not measured). Where the scan holds
/// too little to tell one of the axes, the crystal is taken as square; where it tells neither, as straight.
struct ScanDistortion {
  CrystalAxes axes;
  double x_error = -1, y_error = -1;
  std::string reason;  ///< what could not be told; empty where all could

  bool turned() const { return x_error >= 0 || y_error >= 0; }
  bool sheared() const { return x_error >= 0 && y_error >= 0; }
};

/// A first turn where a square lattice's four first frequencies are strongest in windows of eight cells at
/// most; then each axis by the phase of its rows: the coefficient c at one cell along them is real along a mirror line
/// up to a common phase, so that c² keeps its phase from one end of the rows to the other where the axis is right. The
/// film, whose cell differs across the interface but not along it, does not disturb either. An axis is told by rows of
/// 2.5 cells, of which there is one cell beside each other at least. `cell` is the substrate's, in Å; the scan may be
/// off by a tenth. Turns that move nothing by more than a twentieth of a cell, or lie within 3 standard errors, are 0.
ScanDistortion find_scan_distortion(const Array<double, 2>& image, double step_y, double step_x, double cell);

}  // namespace terrace
