// Whether a recipe's window is wide enough: how much of the beam leaves it before the lamella ends.
#pragma once

#include "dataset/recipe.h"

namespace terrace {

/// The window is periodic along x, so its edge (the seam) is a second interface that no scan has. Of the intensity that
/// leaves the lamella, the share beyond the seam, at worst: the outermost positions of the grid on either side, the
/// widest aperture, the lowest energy, the thickest lamella, of [ranges] or of a held-out set, an abrupt interface
/// without aberrations; seen in a window twice as wide. Along y the structure repeats in truth as well (except random
/// cations).
double seam_share(const Recipe& recipe);

/// Throws InputError where more than `largest_seam_share` of the beam crosses the seam.
inline constexpr double largest_seam_share = 0.2;
void check_seam(const Recipe& recipe, double share);

}  // namespace terrace
