// What stands under the beam: a stack of named slabs, so that equal slabs and equal beginnings are recognised.
#pragma once

#include <string>
#include <vector>

#include "specimen/atom.h"

namespace terrace {

/// What lies between two depths. Two slabs with the same name hold the same atoms (the name hashes thickness and
/// content). Atom z counts from the slab's top, 0 ≤ z < thickness.
struct Slab {
  std::string name;
  double thickness = 0;  ///< Å
  std::vector<Atom> atoms;
};

/// A stack of slabs in beam order over the lateral period width_x × width_y Å (x = interface normal, y = along it).
/// `slabs` holds each distinct one once; `stack` says which follows which.
struct Specimen {
  double width_x = 0, width_y = 0;
  std::vector<Slab> slabs;
  std::vector<int> stack;

  int depth_count() const { return static_cast<int>(stack.size()); }
  const Slab& slab_at(int depth) const { return slabs[stack[depth]]; }
  double thickness() const;

  /// Puts `atoms` (z from the slab's top) under what is there; an equal slab is recognised and stored once.
  void add_slab(double thickness, std::vector<Atom> atoms);
};

/// Cuts `structure` into slabs of equal thickness, the nearest to `slab_thickness` Å that divides the box; an atom
/// belongs to the slab that holds its z, atoms at z = height_z to the first. Throws InputError where an atom lies
/// outside.
Specimen cut_into_slabs(const Structure& structure, double slab_thickness);

/// The whole stack as one box of atoms.
Structure to_structure(const Specimen& specimen);

}  // namespace terrace
