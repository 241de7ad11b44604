// A crystal's unit cell of any shape, and the right-angled box that stands along one of its zone axes: what the beam
// sees.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "specimen/atom.h"

namespace terrace {

using Vector3 = std::array<double, 3>;
/// The vectors a, b, c in Å.
using CellVectors = std::array<Vector3, 3>;

/// Edges in Å and the angles between them in degrees, as a CIF gives them: a along x, b in the plane of x and y.
/// Throws InputError where no cell has such angles.
CellVectors cell_vectors(const Vector3& edges, const Vector3& angles_deg);

struct Crystal {
  CellVectors cell;
  std::vector<Atom> sites;  ///< x, y, z in fractions of the cell
};

/// The crystal whose unit cell is this box.
Crystal crystal_of(const Structure& structure);

/// [u v w], the direction u a + v b + w c.
using ZoneAxis = std::array<int, 3>;

/// How far a box may be from right angles, as the cosine of an angle: orthorhombic perovskites along their
/// pseudo-cubic axes are within it.
inline constexpr double most_shear = 0.02;

/// One period of `crystal` along `axis`, that axis along +z, in the smallest right-angled box of lattice vectors
/// (centrings counted). Where no three lattice vectors are at right angles, the nearest within `most_shear` are taken
/// as right-angled, and `note`, where given, says so. Throws InputError where there are none, the axis is [0 0 0], or
/// the cell is a large supercell.
Structure zone_axis_box(const Crystal& crystal, const ZoneAxis& axis, std::string* note = nullptr);

}  // namespace terrace
