// Second half of the lattice fit: A-planes one by one along the profile of A against B contrast.
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "registration/peak_shape.h"
#include "registration/registration.h"

namespace terrace {

/// P at u = i · step: + at A-planes, − at B-planes half a cell further.
struct ContrastProfile {
  std::vector<double> values;
  double step = 0;
  double noise = 0;  ///< standard deviation of a value

  double length() const { return step * (static_cast<double>(values.size()) - 1); }
};

struct TrackedPlanes {
  std::vector<AtomicPlane> planes;
  PeakShape shape;     ///< of all A and B columns, across the interface
  std::string reason;  ///< why there are none
};

/// Starts where one period of the cell shows best (or at `known`, where that is a number) and walks to both ends, one
/// plane a step, so that a film of another cell does not run out of step (it may differ by up to a fifth). Each
/// position is then refined by a peak of the shape that fits all planes best. None, and a reason, where no period
/// stands out.
TrackedPlanes track_planes(const ContrastProfile& profile, double cell, double known);

}  // namespace terrace
