// How finely to compute: apart from the experiment itself (Specimen, Microscope), so that the two never mix.
#pragma once

#include <array>

#include "core/grid.h"
#include "core/settings.h"
#include "specimen/specimen.h"

namespace terrace {

struct Sampling {
  int pixels_x = 0, pixels_y = 0;
  double slice_angstrom = 1.9525;
  std::string engine = "auto";
  std::string scattering_factors = "lobato";
  std::string thermal = "absorptive";
  int phonon_configurations = 8;
  int seed = 1;
};

/// The grid for the specimen's window: the pixels asked for, or as many as 0.08 Å wants (at 200 keV and 20 mrad
/// patterns are then within R = 0.002 of converged ones: docs/physics.md), along y the same number in each repeat of
/// the specimen.
Grid grid_for(const Specimen& specimen, const Sampling& sampling);

/// Frozen-phonon configurations to average; 1 for the other thermal models.
inline int configurations(const Sampling& sampling) {
  return sampling.thermal == "frozen_phonon" ? sampling.phonon_configurations : 1;
}

inline auto fields(const Sampling*) {
  using F = Field<Sampling>;
  using S = Sampling;
  return std::array{
      F{"pixels_x", &S::pixels_x, 0, 16384, "pixels across the window; 0 chooses them for 0.08 Å"},
      F{"pixels_y", &S::pixels_y, 0, 16384, "pixels along the window; 0 chooses them for 0.08 Å"},
      F{"slice_angstrom", &S::slice_angstrom, 0.1, 20,
        "slice thickness of a structure file; a built interface is cut at its atomic planes, half a cell apart"},
      F{"engine", &S::engine, "auto|direct|sectors",
        "every probe through the window; or all beams of the aperture through one period along y"},
      F{"scattering_factors", &S::scattering_factors, "lobato|kirkland", "table of electron scattering factors"},
      F{"thermal", &S::thermal, "static|debye_waller|absorptive|frozen_phonon",
        "atoms at rest; Debye-Waller factor alone; with absorption by thermal diffuse scattering; or moving atoms"},
      F{"phonon_configurations", &S::phonon_configurations, 1, 10000, "frozen_phonon: configurations to average"},
      F{"seed", &S::seed, 0, 2147483647, "frozen_phonon: names the displacements"},
  };
}

}  // namespace terrace
