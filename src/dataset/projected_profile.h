// What a perfect dark-field image would show of a specimen: the baseline that knows the projection and nothing else.
#pragma once

#include <span>
#include <vector>

#include "specimen/specimen.h"

namespace terrace {

/// Σ Z^1.7 of the atoms in the first `depth_count` slabs, blurred along x by a Gaussian of `blur` Å (standard
/// deviation) at each of `positions_x` Å, divided by the mean over the window: one number a position. Z^1.7 is the
/// usual rule for high-angle annular dark field (Hartel, Rose & Dinges, Ultramicroscopy 63 (1996) 93). Blind to order
/// along the beam by construction.
std::vector<float> projected_profile(const Specimen& specimen, int depth_count, std::span<const double> positions_x,
                                     double blur);

/// The Gaussian that is as wide as the Airy disc at half its height (FWHM 0.514 λ/α), in Å.
double airy_blur(double energy_kev, double semiangle_mrad);

}  // namespace terrace
