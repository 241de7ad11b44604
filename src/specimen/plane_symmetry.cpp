#include "specimen/plane_symmetry.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace terrace {
namespace {

constexpr double tolerance = 1e-3;  // Å

Atom operated(Atom atom, PlaneOperation operation) {
  if (operation == PlaneOperation::mirror_x) atom.x = -atom.x;
  if (operation == PlaneOperation::mirror_y) atom.y = -atom.y;
  if (operation == PlaneOperation::exchange) std::swap(atom.x, atom.y);
  return atom;
}

bool same_place(double a, double b, double period) {
  return std::abs(a - b - period * std::round((a - b) / period)) < tolerance;
}

/// A shift along x and y in Å.
struct Shift {
  double x = 0, y = 0;
};

bool maps_onto_itself(const Slab& slab, const Specimen& specimen, PlaneOperation operation, const Shift& shift) {
  // Atoms on top of each other are told apart by counting: each image must meet as many as the atom itself does.
  const auto count_at = [&](const Atom& kind, double x, double y) {
    return std::count_if(slab.atoms.begin(), slab.atoms.end(), [&](const Atom& other) {
      return same_kind(kind, other) && same_place(x, other.x, specimen.width_x) &&
             same_place(y, other.y, specimen.width_y);
    });
  };
  return std::all_of(slab.atoms.begin(), slab.atoms.end(), [&](const Atom& atom) {
    const Atom image = operated(atom, operation);
    return count_at(atom, image.x + shift.x, image.y + shift.y) == count_at(atom, atom.x, atom.y);
  });
}

const Slab* first_with_atoms(const Specimen& specimen) {
  const auto found =
      std::find_if(specimen.slabs.begin(), specimen.slabs.end(), [](const Slab& slab) { return !slab.atoms.empty(); });
  return found == specimen.slabs.end() ? nullptr : &*found;
}

}  // namespace

bool has_symmetry(const Specimen& specimen, PlaneOperation operation) {
  const bool square = std::abs(specimen.width_x - specimen.width_y) < tolerance;
  if (operation == PlaneOperation::exchange && !square) return false;
  const Slab* slab = first_with_atoms(specimen);
  if (!slab) return true;
  // The first atom's image must fall on some atom of its kind: each gives one candidate for the shift.
  const Atom image = operated(slab->atoms.front(), operation);
  return std::any_of(slab->atoms.begin(), slab->atoms.end(), [&](const Atom& onto) {
    if (!same_kind(image, onto)) return false;
    const Shift shift{onto.x - image.x, onto.y - image.y};
    return std::all_of(specimen.slabs.begin(), specimen.slabs.end(),
                       [&](const Slab& each) { return maps_onto_itself(each, specimen, operation, shift); });
  });
}

}  // namespace terrace
