// The phase that the probe-forming lens adds to the beam: chi(α), the first thing that shapes a probe.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "microscope/microscope.h"

namespace terrace {

/// One line of the aberration table: C_nm of a Microscope, where it is kept and in which unit. Round terms (m = 0) have
/// no azimuth. Defocus stands in the table as C10 = −defocus, by a negative unit.
struct AberrationTerm {
  std::string_view name;
  int n, m;
  double Microscope::*coefficient;
  double angstrom_per_unit;
  double Microscope::*azimuth_deg = nullptr;
};

/// All 14 terms from first to fifth order, lowest order first.
std::span<const AberrationTerm> aberration_terms();

/// One aberration that is present: C_nm in Å and its azimuth in rad.
struct Aberration {
  int n = 1, m = 0;
  double coefficient = 0, azimuth = 0;
};

/// The aberrations of `microscope` whose coefficients are not 0.
std::vector<Aberration> aberrations(const Microscope& microscope);

/// chi in rad at the angle (alpha_y, alpha_x) rad from the aperture's centre: (2π/λ) Σ C α^(n+1) cos(m(φ − azimuth)) /
/// (n+1), φ from +x towards +y. The wave in the aperture is exp(−i chi). `wavelength` in Å. Krivanek, Dellby & Lupini,
/// Ultramicroscopy 78 (1999) 1; sign as in Kirkland (2010), eq. 2.10, where C10 = −defocus.
double chi(std::span<const Aberration> aberrations, double wavelength, double alpha_y, double alpha_x);

}  // namespace terrace
