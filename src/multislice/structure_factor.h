// Sums of plane waves over atoms, frequency by frequency: how a slab's atoms are placed exactly, between pixels too.
#pragma once

#include <span>

#include "core/array.h"
#include "core/grid.h"

namespace terrace {

/// A point and how much of an atom stands there. Å.
struct Scatterer {
  double x = 0, y = 0, weight = 1;
};

/// Frequencies of one quadrant come in strips of this many along x, a whole number of vector registers.
inline constexpr int strip_width = 8;

/// A real, even weight for each frequency number ky ≥ 0, kx ≥ 0 below Nyquist, as [ky][strip][kx within the strip].
using Quadrant = Array<double, 3>;
/// The spectrum of a real field F(k) = Σ w exp(−2πi k·r), as [ky][strip][product][kx within the strip] with the four
/// products cos·cos, cos·sin, sin·cos, sin·sin of (2πk_y y)·(2πk_x x): one quadrant of them makes the whole plane.
using QuadrantSpectrum = Array<double, 4>;

/// How many frequency numbers 0, 1, … lie below Nyquist on an axis of `count` pixels. Nyquist's own has no partner of
/// the other sign, so that a real field could not be shifted by half a pixel: it is left out.
inline int frequencies_below_nyquist(int count) { return (count + 1) / 2; }

Quadrant make_quadrant(const Grid& grid);
QuadrantSpectrum make_quadrant_spectrum(const Grid& grid);

/// `spectrum` += `weight`(k) × structure factor of the scatterers.
struct WeightedSum {
  const Quadrant* weight;
  QuadrantSpectrum* spectrum;
};

/// Adds the structure factor of `scatterers` (periodic over the grid's extents) to each of `sums`. Separable in x and
/// y, so it is one real matrix product whose inner length is the number of distinct x or of distinct y, the lesser;
/// columns of atoms cost little, 160 atoms anywhere about a millisecond on a 256 × 256 grid.
void add_structure_factor(std::span<const Scatterer> scatterers, const Grid& grid, std::span<const WeightedSum> sums);

/// Writes the spectrum of `real` + i·`imaginary` to the whole plane in FFT order; `imaginary` may be null. Nyquist
/// frequencies are left alone.
void unfold(const QuadrantSpectrum& real, const QuadrantSpectrum* imaginary, const Grid& grid,
            std::span<Complex> plane);

}  // namespace terrace
