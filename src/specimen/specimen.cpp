#include "specimen/specimen.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "core/error.h"
#include "core/random.h"

namespace terrace {
namespace {

/// Depths are rounded to this (a power of two, 1.2e-10 Å), so that slabs which differ only by the rounding of a
/// subtraction are equal. Far above that rounding (3e-14 Å at 150 Å), far below anything a beam sees.
constexpr double depth_quantum = 0x1p-33;
/// An atom so close above a cut belongs to the slab below it.
constexpr double cut_tolerance = 1e-9;
constexpr double most_slabs = 1e6;

double rounded_depth(double z) { return std::round(z / depth_quantum) * depth_quantum; }

auto key(const Atom& atom) {
  return std::tuple(atom.z, atom.y, atom.x, atom.atomic_number, atom.occupancy, atom.b_factor);
}

/// The same atoms in the same order whoever wrote them: a negative zero is a zero, depths are rounded, then sorted.
void make_canonical(std::vector<Atom>& atoms) {
  for (auto& atom : atoms) {
    atom.x += 0.0;
    atom.y += 0.0;
    atom.z = rounded_depth(atom.z) + 0.0;
  }
  std::sort(atoms.begin(), atoms.end(), [](const Atom& a, const Atom& b) { return key(a) < key(b); });
}

std::string name_of(double thickness, const std::vector<Atom>& atoms) {
  std::vector<double> content{thickness};
  content.reserve(1 + 6 * atoms.size());
  for (const auto& atom : atoms)
    content.insert(content.end(),
                   {static_cast<double>(atom.atomic_number), atom.x, atom.y, atom.z, atom.occupancy, atom.b_factor});
  return fmt::format("slab-{:016x}", stable_hash(content.data(), content.size() * sizeof(double)));
}

int count_of_cuts(const Structure& structure, double slab_thickness) {
  if (!(slab_thickness > 0))
    throw InputError(
        fmt::format("A slab of {} Å cannot be cut (a thickness is positive). Try half a cell.", slab_thickness));
  const double count = std::max(1.0, std::round(structure.height_z / slab_thickness));
  if (!(structure.height_z > 0) || !(count <= most_slabs))
    throw InputError(
        fmt::format("A box {} Å high cannot be cut into slabs of {} Å (1 to {} slabs are possible). Is "
                    "the height right?",
                    structure.height_z, slab_thickness, most_slabs));
  return static_cast<int>(count);
}

/// Which slab of thickness `thickness` holds depth `z`; the lower end of the box is the upper end of the next.
int slab_of(double z, double thickness, int count) {
  return static_cast<int>(std::floor((z + cut_tolerance) / thickness)) % count;
}

void check_inside(const Atom& atom, const Structure& structure) {
  const bool inside = atom.z >= -cut_tolerance && atom.z <= structure.height_z + cut_tolerance;
  if (inside && std::isfinite(atom.x) && std::isfinite(atom.y)) return;
  throw InputError(
      fmt::format("The atom at ({}, {}, {}) Å lies outside the box (0 to {} Å along the beam). Shift it or "
                  "enlarge the box.",
                  atom.x, atom.y, atom.z, structure.height_z));
}

}  // namespace

double Specimen::thickness() const {
  double sum = 0;
  for (const int slab : stack) sum += slabs[slab].thickness;
  return sum;
}

void Specimen::add_slab(double thickness, std::vector<Atom> atoms) {
  make_canonical(atoms);
  auto name = name_of(thickness, atoms);
  const auto found = std::find_if(slabs.begin(), slabs.end(), [&](const Slab& slab) { return slab.name == name; });
  stack.push_back(static_cast<int>(found - slabs.begin()));
  if (found == slabs.end()) slabs.push_back({std::move(name), thickness, std::move(atoms)});
}

Specimen cut_into_slabs(const Structure& structure, double slab_thickness) {
  const int count = count_of_cuts(structure, slab_thickness);
  const double thickness = structure.height_z / count;
  std::vector<std::vector<Atom>> content(count);
  for (auto atom : structure.atoms) {
    check_inside(atom, structure);
    const int slab = slab_of(atom.z, thickness, count);
    // An atom at the box's end is the periodic image of one at its beginning.
    const bool wraps = atom.z + cut_tolerance >= structure.height_z;
    atom.z = std::max(0.0, wraps ? atom.z - structure.height_z : atom.z - slab * thickness);
    content[slab].push_back(atom);
  }
  Specimen specimen{structure.width_x, structure.width_y, {}, {}};
  for (auto& atoms : content) specimen.add_slab(thickness, std::move(atoms));
  return specimen;
}

Structure to_structure(const Specimen& specimen) {
  Structure structure{specimen.width_x, specimen.width_y, 0, {}};
  for (int depth = 0; depth < specimen.depth_count(); ++depth) {
    const auto& slab = specimen.slab_at(depth);
    for (auto atom : slab.atoms) {
      atom.z += structure.height_z;
      structure.atoms.push_back(atom);
    }
    structure.height_z += slab.thickness;
  }
  return structure;
}

}  // namespace terrace
