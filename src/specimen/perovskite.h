// One side of the interface: a cubic (or tetragonally strained) perovskite ABO3, as the [substrate] and [film] tables
// say.
#pragma once

#include <array>
#include <string>

#include "core/settings.h"
#include "specimen/crystal.h"

namespace terrace {

/// A at (0,0,0), B at (½,½,½), O at (0,½,½), (½,0,½), (½,½,0). `cell_angstrom` is the cell in the plane of the
/// interface (y, and z along the beam), `cell_across_angstrom` the one along x, the interface normal. Defaults: SrTiO3,
/// a = 3.905 Å; B = 8π²⟨u²⟩ of muSTEM's SrTiO3 file.
struct Perovskite {
  std::string a_site = "Sr";
  std::string b_site = "Ti";
  double cell_angstrom = 3.905;
  double cell_across_angstrom = 3.905;
  double b_factor_a = 0.621;
  double b_factor_b = 0.440;
  double b_factor_o = 0.732;
};

inline auto fields(const Perovskite*) {
  using F = Field<Perovskite>;
  using P = Perovskite;
  return std::array{
      F{"a_site", &P::a_site, "", "chemical symbol on the A site (cell corner)"},
      F{"b_site", &P::b_site, "", "chemical symbol on the B site (cell centre)"},
      F{"cell_angstrom", &P::cell_angstrom, 2, 10, "cell along the interface and along the beam; one for both sides"},
      F{"cell_across_angstrom", &P::cell_across_angstrom, 2, 10, "cell across the interface"},
      F{"b_factor_a", &P::b_factor_a, 0, 20, "Debye-Waller B of the A site in Å² (8π² times ⟨u²⟩ along one axis)"},
      F{"b_factor_b", &P::b_factor_b, 0, 20, "Debye-Waller B of the B site in Å²"},
      F{"b_factor_o", &P::b_factor_o, 0, 20, "Debye-Waller B of oxygen in Å²"},
  };
}

Perovskite strontium_titanate();

/// Strained to SrTiO3 in the plane, 3.73 Å across. Its B factors are our own choice (no source found): vary them by 30
/// %.
Perovskite lanthanum_aluminate();

/// The cubic (or tetragonal: `cell_across_angstrom` along a) cell, A sites at its corners. Throws InputError for a
/// symbol that is no element.
Crystal unit_cell(const Perovskite& perovskite);

/// Throws InputError where a site's symbol is no element; `section` is named in it.
void check(const Perovskite& perovskite, const std::string& section);

}  // namespace terrace
