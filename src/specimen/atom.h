// An atom, or a share of one, and a periodic box of them.
#pragma once

#include <vector>

namespace terrace {

/// Position in Å, beam along +z. Mixed sites are several atoms at one position whose occupancies sum to at most 1.
struct Atom {
  int atomic_number = 0;
  double x = 0, y = 0, z = 0;
  double occupancy = 1;  ///< 0 … 1
  double b_factor = 0;  ///< isotropic Debye–Waller B = 8π²⟨u²⟩ in Å², ⟨u²⟩ the mean square displacement along one axis

  bool operator==(const Atom&) const = default;
};

/// Whether two atoms differ in nothing but their place.
inline bool same_kind(const Atom& a, const Atom& b) {
  return a.atomic_number == b.atomic_number && a.occupancy == b.occupancy && a.b_factor == b.b_factor;
}

/// Any orthogonal structure: a box of width_x × width_y × height_z Å with one corner at the origin, periodic along x
/// and y; the beam enters at z = 0.
struct Structure {
  double width_x = 0, width_y = 0, height_z = 0;
  std::vector<Atom> atoms;
};

}  // namespace terrace
