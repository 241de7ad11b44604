// Where columns send the beam: a rough look at how the detector lies on the scan.
#pragma once

#include "core/array.h"

namespace terrace {

/// Centre of mass of each pattern along the detector's rows and columns, [y][x] of the scan.
struct CentresOfMass {
  Array<double, 2> y, x;
};

/// Turn from the detector's axes to the scan's, modulo 180°: it is not known whether columns draw the beam or repel it.
struct DeflectionTurn {
  bool found = false;
  bool mirrored = false;  ///< the detector seems to be; reversing an axis of the crystal does as well as one of its own
  double angle_deg = 0;   ///< (−90, 90]
  double error_deg = -1;  ///< a rough one
};

/// From T_ij = Σ ∂_i(high-angle image) · (centre of mass)_j over the scan. In a crystal of square symmetry T is a
/// multiple of the identity in common axes, in crystals of any thickness and however the scan lies on them; a turned
/// detector turns it, a mirrored one reverses its determinant. Not found where |T| is below 4 times its scatter, every
/// position counting for itself.
DeflectionTurn find_deflection_turn(const Array<double, 2>& high_angle, const CentresOfMass& centres, double step_y,
                                    double step_x);

}  // namespace terrace
