// One state of the instrument and of the scan, drawn from a recipe's ranges: a structure is seen in several.
#pragma once

#include <vector>

#include "core/random.h"
#include "dataset/recipe.h"
#include "microscope/camera.h"
#include "microscope/scan_grid.h"

namespace terrace {

struct MicroscopeState {
  Microscope microscope;
  Camera camera;
  double nominal_semiangle_mrad = 0;   ///< the one that is given; the microscope's own is off by its error
  std::vector<ProbePosition> offsets;  ///< Å from the registered A column, in the order of the standard grid
  double thickness_error_nm = 0;       ///< the thickness that is given, minus the true one
};

/// What a family shares: energy and the widest nominal semi-angle.
Microscope draw_family_microscope(const Recipe& recipe, const Ranges& ranges, Random& random);

/// A nominal semi-angle from two thirds of the family's widest up to it (where the recipe has a range: every aperture
/// is part of the widest one's scattering matrix, and costs nothing), and errors on top of that: tilt, focus,
/// astigmatism, C30, source, aperture, scan, camera. An amorphous layer on the entrance surface is a uniform potential
/// (approximation): it only lets the probe travel on before it meets the crystal, as if focused so much higher.
MicroscopeState draw_state(const Recipe& recipe, const Ranges& ranges, const Microscope& of_family, Random& random);

}  // namespace terrace
