// Free space between two slices.
#pragma once

#include "core/array.h"
#include "core/grid.h"

namespace terrace {

/// The Fresnel propagator exp(−iπλΔz k²) over `thickness` Å in FFT order on `grid`, zero outside the circle of
/// `grid.band_limit()` (Kirkland 2010, eq. 6.65), times 1/pixels, so that it also undoes the scale of an unnormalised
/// forward and inverse transform. Small-angle approximation; never tilted (tilt shifts the aperture instead).
Array<Complex, 2> propagator(const Grid& grid, double energy_kev, double thickness);

}  // namespace terrace
