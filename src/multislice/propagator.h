// Free space between two slices.
#pragma once

#include "core/array.h"
#include "multislice/plane_waves.h"

namespace terrace {

/// The Fresnel propagator exp(−iπλΔz k²) over `thickness` Å (Kirkland 2010, eq. 6.65), zero outside the band limit, as
/// [column][row] of `plane_waves`, times 1/pixels of their cell, so that it also undoes the scale of an unnormalised
/// inverse and forward transform. Small-angle approximation; never tilted (tilt shifts the aperture instead).
/// Throws InputError where the slice is too thick for the window's sampling of the phase.
Array<Complex, 2> propagator(const PlaneWaves& plane_waves, double energy_kev, double thickness);

}  // namespace terrace
