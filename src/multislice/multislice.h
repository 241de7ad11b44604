// Carries waves through the slabs: the loop that everything else exists to feed.
#pragma once

#include <map>
#include <span>

#include "core/array.h"
#include "core/fft.h"
#include "core/grid.h"
#include "multislice/slices.h"
#include "specimen/specimen.h"

namespace terrace {

/// A stack of waves [wave][y][x] in real space.
using Waves = Array<Complex, 3>;

/// Conventional multislice (Cowley & Moodie 1957; Kirkland 2010, ch. 6): ψ → P ∗ (t ψ) for each slab, transmission
/// first, then free space over the slab's thickness. Band limit: 2/3 of the Nyquist circle, on t and on P. One thread:
/// give each thread its own (plans are shared) and share out probes, phonon configurations or families.
class Multislice {
 public:
  Multislice(const Grid& grid, double energy_kev);

  /// One slab: `waves` enter and leave in real space.
  void step(Waves& waves, const Transmission& transmission, double thickness);

  const Grid& grid() const { return grid_; }

 private:
  std::span<const Complex> propagator_over(double thickness);

  Grid grid_;
  double energy_kev_;
  Fft2 fft_;
  std::map<double, Array<Complex, 2>> propagators_;
};

}  // namespace terrace
