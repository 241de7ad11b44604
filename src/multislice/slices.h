// What each slice does to the wave: transmission functions built once per distinct slab, with atoms placed exactly.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>

#include "core/array.h"
#include "core/grid.h"
#include "multislice/sampling.h"
#include "specimen/specimen.h"

namespace terrace {

using Transmission = Array<Complex, 2>;

inline std::int64_t bytes_of(const Transmission& transmission) { return transmission.size() * sizeof(Complex); }

/// What a TransmissionSource keeps of transmission functions, at most.
inline constexpr std::int64_t transmission_cache_bytes = std::int64_t{1} << 30;

/// Turns slabs into band-limited transmission functions exp(iσV) on one grid. For static, debye_waller and absorptive
/// thermal models equal slabs share one (by name), kept in a cache bounded by `cache_bytes`; for frozen phonons every
/// depth has its own displacements, named by (seed, configuration, depth, atom). Thread-safe. Each slab is one slice:
/// cut the specimen accordingly. Approximations: projected potential; independent (Einstein) displacements; periodic
/// along x and y.
class TransmissionSource {
 public:
  TransmissionSource(const Grid& grid, double energy_kev, const Sampling& sampling,
                     std::int64_t cache_bytes = transmission_cache_bytes);
  ~TransmissionSource();

  /// The slab that stands at `depth` (0 = first) in phonon configuration `configuration` (ignored unless
  /// frozen_phonon).
  std::shared_ptr<const Transmission> at(const Slab& slab, int depth, int configuration) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The projected potential of one slab in V Å, on `grid`: real part elastic, imaginary part absorptive (≥ 0 on average;
/// 0 unless thermal = "absorptive"). It holds every frequency of the grid below Nyquist; only exp(iσV) is band-limited.
/// `depth` and `configuration` name frozen-phonon displacements and are ignored for the other thermal models.
Array<std::complex<double>, 2> projected_potential(const Grid& grid, const Slab& slab, double energy_kev,
                                                   const Sampling& sampling, int depth, int configuration);

}  // namespace terrace
