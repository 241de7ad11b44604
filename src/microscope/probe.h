// The converged probe: from the operator's settings to the wave that enters the specimen.
#pragma once

#include <complex>
#include <map>
#include <span>
#include <vector>

#include "core/array.h"
#include "core/fft.h"
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

/// Forms the probes of one microscope on one grid. Normalisation, here and everywhere: the wave in real space has
/// Σ|ψ|² = 1 over its pixels, so that its unnormalised forward transform has Σ|Ψ|² = pixels.
class ProbeFormer {
 public:
  /// Throws InputError as `aperture_beams` does.
  ProbeFormer(const Grid& grid, const Microscope& microscope);

  /// The coherent states whose weighted intensities make this microscope's patterns.
  const std::vector<CoherentState>& states() const { return states_; }

  /// Writes the probe of `state` at `position` into `wave`, [y][x] in real space, 64-byte aligned:
  /// ψ(r) ∝ Σ_k A(k) exp(−i chi) exp(2πi k·(r − position)). Safe from several threads.
  void form(const ProbePosition& position, const CoherentState& state, std::span<Complex> wave) const;

  const Grid& grid() const { return grid_; }

  /// How far rays from the aperture's edge land from the probe's middle at the entrance surface, in Å. Where it exceeds
  /// half the window the probe overlaps its periodic images.
  double ray_reach() const { return ray_reach_; }

 private:
  const std::vector<ApertureBeam>& beams(double extra_defocus) const;

  Grid grid_;
  std::vector<CoherentState> states_;
  std::map<double, std::vector<ApertureBeam>> beams_;  // by extra defocus
  double ray_reach_;
  Fft2 fft_;  // last: planned only once the settings have proved good
};

/// One probe in real space, for a single use; many probes: ProbeFormer. Σ|ψ|² = 1.
Array<Complex, 2> make_probe(const Grid& grid, const Microscope& microscope, const ProbePosition& position,
                             double extra_defocus = 0);

}  // namespace terrace
