// The converged probe: from the operator's settings to the wave that enters the specimen.
#pragma once

#include <complex>
#include <map>
#include <span>
#include <vector>

#include "core/array.h"
#include "core/grid.h"
#include "microscope/microscope.h"
#include "microscope/scan_grid.h"
#include "microscope/source.h"

namespace terrace {

/// One plane wave of the probe: its frequency numbers (k = number / extent, signed) and its amplitude in the aperture,
/// share × exp(−i chi), for a probe at the origin.
struct ApertureBeam {
  int number_y = 0, number_x = 0;
  std::complex<double> amplitude;
};

/// The plane waves inside the aperture, row by row, Σ|amplitude|² = 1, with defocus larger by `extra_defocus` Å. The
/// aperture is a disc of radius semiangle / λ around `aperture_centre` (tilt.h), and chi counts from that centre: the
/// focus moves along the tilted beam, and the position of a probe is where its axis meets the entrance surface. A soft
/// edge makes each amplitude the share of its reciprocal pixel's area inside the disc, a hard edge 1 or 0.
/// Throws InputError where the aperture leaves the band limit or holds no pixel.
std::vector<ApertureBeam> aperture_beams(const Grid& grid, const Microscope& microscope, double extra_defocus = 0);

/// How far from the probe's middle the farthest ray of the aperture lands at the entrance surface, in Å: half of what a
/// window must be wide for the probe not to overlap its periodic images.
double ray_reach(const Microscope& microscope);

/// Forms the probes of one microscope on one grid, as amplitudes of plane waves: ψ(r) = 1/√pixels Σ_k a(k) exp(2πi k·r)
/// with Σ|a|² = 1, here and everywhere, so that Σ|ψ|² = 1 over the pixels.
class ProbeFormer {
 public:
  /// Throws InputError as `aperture_beams` does, and where the probe is wider than the window.
  ProbeFormer(const Grid& grid, const Microscope& microscope);

  /// The coherent states whose weighted intensities make this microscope's patterns.
  const std::vector<CoherentState>& states() const { return states_; }
  /// Those of the defocus spread alone, and the σ in Å of the source's Gaussian: together the same microscope.
  const std::vector<CoherentState>& defocus_states() const { return defocus_states_; }
  double source_sigma() const { return source_sigma_; }
  /// The plane waves that every probe is made of; their amplitudes are those of one of the states.
  const std::vector<ApertureBeam>& beams() const { return beams_.begin()->second; }

  /// amplitudes[i] = that of beams()[which[i]] in the probe of `state` at `position`:
  /// A(k) exp(−i chi) exp(−2πi k·position). Safe from several threads.
  void form(const ProbePosition& position, const CoherentState& state, std::span<const int> which,
            std::span<Complex> amplitudes) const;

  const Grid& grid() const { return grid_; }

  /// As the function of this name.
  double ray_reach() const { return ray_reach_; }

 private:
  const std::vector<ApertureBeam>& beams(double extra_defocus) const;

  Grid grid_;
  std::vector<CoherentState> states_, defocus_states_;
  double source_sigma_;
  std::map<double, std::vector<ApertureBeam>> beams_;  // by extra defocus
  double ray_reach_;
};

/// One probe in real space, for a single use; many probes: ProbeFormer. Σ|ψ|² = 1.
Array<Complex, 2> make_probe(const Grid& grid, const Microscope& microscope, const ProbePosition& position,
                             double extra_defocus = 0);

}  // namespace terrace
