// Carries waves through the slabs: the loop that everything else exists to feed.
#pragma once

#include <map>
#include <memory>
#include <span>

#include "core/array.h"
#include "multislice/slices.h"
#include "multislice/waves.h"

namespace terrace {

/// What a slab does to a wave: its transmission function on the cell of the plane waves, then free space.
struct Slice {
  std::shared_ptr<const Transmission> transmission;
  double thickness = 0;  ///< Å
};

/// Conventional multislice (Cowley & Moodie 1957; Kirkland 2010, ch. 6): ψ → P ∗ (t ψ) for each slice, transmission
/// first, then free space over its thickness. Band limit: 2/3 of the Nyquist circle, on t and on P. Waves enter and
/// leave as amplitudes of plane waves; only those inside the band limit are ever transformed.
class Multislice {
 public:
  Multislice(std::shared_ptr<const PlaneWaves> plane_waves, double energy_kev);

  /// Carries `waves` through `slices`, on up to `threads` threads: the same bytes for any number of them.
  void run(Waves& waves, std::span<const Slice> slices, int threads = 1);

 private:
  using Propagator = Array<Complex, 2>;
  const Propagator& propagator_over(double thickness);
  void run_group(float* group, std::span<const Slice> slices) const;
  void to_real_rows(float* group) const;
  void transmit(float* group, const Transmission& transmission, float* scratch) const;
  void propagate(float* group, const Propagator& propagator) const;
  void propagate_and_leave(float* group, const Propagator& propagator) const;

  std::shared_ptr<const PlaneWaves> plane_waves_;
  double energy_kev_;
  const LaneKernels& kernels_;
  std::map<double, Propagator> propagators_;
};

}  // namespace terrace
