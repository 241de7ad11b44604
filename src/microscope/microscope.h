// What the operator sets. Units are in the names; docs/conventions.md gives the signs.
#pragma once

#include <array>
#include <string>

#include "core/settings.h"

namespace terrace {

/// Aberrations in Krivanek's notation: chi(α, φ) = (2π/λ) Σ C_nm α^(n+1) cos(m(φ − phi_nm)) / (n+1), the probe's wave
/// in the aperture is exp(−iχ) (Krivanek, Dellby & Lupini, Ultramicroscopy 78 (1999) 1). C10 = −defocus.
struct Microscope {
  double energy_kev = 200;
  double semiangle_mrad = 20;
  std::string aperture_edge = "soft";
  double defocus_nm = 0;
  double C12_nm = 0, phi12_deg = 0;
  double C21_nm = 0, phi21_deg = 0;
  double C23_nm = 0, phi23_deg = 0;
  double C30_um = 0;
  double C32_um = 0, phi32_deg = 0;
  double C34_um = 0, phi34_deg = 0;
  double C41_um = 0, phi41_deg = 0;
  double C43_um = 0, phi43_deg = 0;
  double C45_um = 0, phi45_deg = 0;
  double C50_mm = 0;
  double C52_mm = 0, phi52_deg = 0;
  double C54_mm = 0, phi54_deg = 0;
  double C56_mm = 0, phi56_deg = 0;
  double beam_tilt_x_mrad = 0, beam_tilt_y_mrad = 0;
  double specimen_tilt_x_mrad = 0, specimen_tilt_y_mrad = 0;
  double source_fwhm_angstrom = 0;
  double defocus_spread_nm = 0;

  bool operator==(const Microscope&) const = default;
};

/// The only list of these fields. To add a setting, add a member above and a line here.
inline auto fields(const Microscope*) {
  using F = Field<Microscope>;
  using M = Microscope;
  return std::array{
      F{"energy_kev", &M::energy_kev, 1, 3000, "beam energy"},
      F{"semiangle_mrad", &M::semiangle_mrad, 0.1, 100, "convergence semi-angle"},
      F{"aperture_edge", &M::aperture_edge, "soft|hard", "soft weighs edge pixels by their area inside the aperture"},
      F{"defocus_nm", &M::defocus_nm, -1e4, 1e4,
        "positive is underfocus: the probe focuses below the entrance surface"},
      F{"C12_nm", &M::C12_nm, -1e4, 1e4, "twofold astigmatism"},
      F{"phi12_deg", &M::phi12_deg, -360, 360, "its azimuth"},
      F{"C21_nm", &M::C21_nm, -1e5, 1e5, "axial coma"},
      F{"phi21_deg", &M::phi21_deg, -360, 360, "its azimuth"},
      F{"C23_nm", &M::C23_nm, -1e5, 1e5, "threefold astigmatism"},
      F{"phi23_deg", &M::phi23_deg, -360, 360, "its azimuth"},
      F{"C30_um", &M::C30_um, -1e4, 1e4, "spherical aberration"},
      F{"C32_um", &M::C32_um, -1e4, 1e4, "axial star"},
      F{"phi32_deg", &M::phi32_deg, -360, 360, "its azimuth"},
      F{"C34_um", &M::C34_um, -1e4, 1e4, "fourfold astigmatism"},
      F{"phi34_deg", &M::phi34_deg, -360, 360, "its azimuth"},
      F{"C41_um", &M::C41_um, -1e5, 1e5, "fourth-order axial coma"},
      F{"phi41_deg", &M::phi41_deg, -360, 360, "its azimuth"},
      F{"C43_um", &M::C43_um, -1e5, 1e5, "three-lobe aberration"},
      F{"phi43_deg", &M::phi43_deg, -360, 360, "its azimuth"},
      F{"C45_um", &M::C45_um, -1e5, 1e5, "fivefold astigmatism"},
      F{"phi45_deg", &M::phi45_deg, -360, 360, "its azimuth"},
      F{"C50_mm", &M::C50_mm, -1e4, 1e4, "fifth-order spherical aberration"},
      F{"C52_mm", &M::C52_mm, -1e4, 1e4, "fifth-order axial star"},
      F{"phi52_deg", &M::phi52_deg, -360, 360, "its azimuth"},
      F{"C54_mm", &M::C54_mm, -1e4, 1e4, "fifth-order rosette"},
      F{"phi54_deg", &M::phi54_deg, -360, 360, "its azimuth"},
      F{"C56_mm", &M::C56_mm, -1e4, 1e4, "sixfold astigmatism"},
      F{"phi56_deg", &M::phi56_deg, -360, 360, "its azimuth"},
      F{"beam_tilt_x_mrad", &M::beam_tilt_x_mrad, -50, 50,
        "shift of the aperture along x; patterns stay where they fall"},
      F{"beam_tilt_y_mrad", &M::beam_tilt_y_mrad, -50, 50, "the same along y"},
      F{"specimen_tilt_x_mrad", &M::specimen_tilt_x_mrad, -50, 50,
        "angle of the beam against the zone axis along x: shifts the aperture, and the pattern is recentred"},
      F{"specimen_tilt_y_mrad", &M::specimen_tilt_y_mrad, -50, 50, "the same along y"},
      F{"source_fwhm_angstrom", &M::source_fwhm_angstrom, 0, 10, "Gaussian source size at the specimen"},
      F{"defocus_spread_nm", &M::defocus_spread_nm, 0, 100, "standard deviation of the defocus (chromatic)"},
  };
}

}  // namespace terrace
