// From the cations on the sites to atoms in slabs: the last step of an Interface on its way to a Specimen.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "core/error.h"
#include "specimen/element.h"
#include "specimen/interface.h"

namespace terrace {
namespace {

/// The two species that share a site, with their B factors. Oxygen shares its sites with itself: a mixed cell holds
/// some that moves as in the substrate and some as in the film, so that any order of the same cells projects alike.
struct SharedSite {
  int substrate_number, film_number;
  double substrate_b, film_b;
};

/// All that stays the same from slab to slab. Lengths in Å.
struct Lattice {
  std::vector<double> left, width;  ///< of each column along x
  double cell = 0;                  ///< along y and z
  int rows = 0;
  SharedSite a, b, oxygen;

  double width_x() const { return left.back() + width.back(); }
};

Lattice lattice_of(const Interface& interface, int columns, int first_film_column) {
  const auto& substrate = interface.substrate;
  const auto& film = interface.film;
  Lattice lattice;
  double left = 0;
  for (int column = 0; column < columns; ++column) {
    const auto& side = column < first_film_column ? substrate : film;
    lattice.left.push_back(left);
    lattice.width.push_back(side.cell_across_angstrom);
    left += side.cell_across_angstrom;
  }
  lattice.cell = substrate.cell_angstrom;
  lattice.rows = interface.cells_along;
  lattice.a = {atomic_number(substrate.a_site), atomic_number(film.a_site), substrate.b_factor_a, film.b_factor_a};
  lattice.b = {atomic_number(substrate.b_site), atomic_number(film.b_site), substrate.b_factor_b, film.b_factor_b};
  lattice.oxygen = {atomic_number("O"), atomic_number("O"), substrate.b_factor_o, film.b_factor_o};
  return lattice;
}

struct Place {
  double x, y, z;
};

/// A pure site is one atom, a mixed one two that share it.
void add_site(std::vector<Atom>& atoms, const SharedSite& site, double film_share, Place at) {
  if (film_share < 1) atoms.push_back({site.substrate_number, at.x, at.y, at.z, 1 - film_share, site.substrate_b});
  if (film_share > 0) atoms.push_back({site.film_number, at.x, at.y, at.z, film_share, site.film_b});
}

/// Calls add(column, row, film shares on A and B) for each cell at `depth`.
template <class Add>
void for_each_cell(const SiteTable& sites, int depth, int rows, const Add& add) {
  for (int row = 0; row < rows; ++row)
    for (int column = 0; column < sites.columns(); ++column)
      add(column, row, sites.film_a(depth, row % sites.rows(), column),
          sites.film_b(depth, row % sites.rows(), column));
}

/// The plane z = 0 of the cells: A (0,0) and O (½,½).
std::vector<Atom> ao_plane(const Lattice& lattice, const SiteTable& sites, int depth) {
  std::vector<Atom> atoms;
  const double z = lattice.cell / 4;
  for_each_cell(sites, depth, lattice.rows, [&](int column, int row, double film_a, double film_b) {
    const double x = lattice.left[column], y = row * lattice.cell;
    add_site(atoms, lattice.a, film_a, {x, y, z});
    add_site(atoms, lattice.oxygen, (film_a + film_b) / 2, {x + lattice.width[column] / 2, y + lattice.cell / 2, z});
  });
  return atoms;
}

/// The plane z = ½ of the cells: B (½,½) and O (0,½), (½,0).
std::vector<Atom> bo2_plane(const Lattice& lattice, const SiteTable& sites, int depth) {
  std::vector<Atom> atoms;
  const double z = lattice.cell / 4;
  for_each_cell(sites, depth, lattice.rows, [&](int column, int row, double film_a, double film_b) {
    const double x = lattice.left[column], y = row * lattice.cell;
    const double middle_x = x + lattice.width[column] / 2, middle_y = y + lattice.cell / 2;
    add_site(atoms, lattice.b, film_b, {middle_x, middle_y, z});
    add_site(atoms, lattice.oxygen, (film_a + film_b) / 2, {x, middle_y, z});
    add_site(atoms, lattice.oxygen, (film_a + film_b) / 2, {middle_x, y, z});
  });
  return atoms;
}

/// The columns that project as film alone, to 1.5 % (what a profile's tail leaves).
std::vector<bool> pure_film_columns(const SiteTable& sites) {
  constexpr double pure = 0.985;
  const double cells = 1.0 * sites.depth_cells() * sites.rows();
  std::vector<bool> result;
  for (int column = 0; column < sites.columns(); ++column) {
    double film_a = 0, film_b = 0;
    for (int depth = 0; depth < sites.depth_cells(); ++depth)
      for (int row = 0; row < sites.rows(); ++row)
        film_a += sites.film_a(depth, row, column), film_b += sites.film_b(depth, row, column);
    result.push_back(std::min(film_a, film_b) >= pure * cells);
  }
  return result;
}

/// The atoms of amorphous columns, displaced at random.
void make_amorphous(std::vector<Atom>& atoms, const Lattice& lattice, const std::vector<bool>& columns) {
  for (auto& atom : atoms) {
    const auto right = std::upper_bound(lattice.left.begin(), lattice.left.end(), atom.x + 1e-6);
    if (columns[right - lattice.left.begin() - 1]) atom.b_factor = amorphous_b_factor;
  }
}

void check_rows(const SiteTable& sites, int cells_along) {
  if (sites.rows() == 1 || sites.rows() == cells_along) return;
  throw InputError(
      fmt::format("The sites have {} rows, the interface has {} cells along it. Draw the sites with as many "
                  "rows as cells.",
                  sites.rows(), cells_along));
}

}  // namespace

SiteTable sites(const Interface& interface, const CompositionTable& table) {
  if (interface.mixing == "random_cations") return drawn_sites(table, interface.cells_along, interface.seed);
  return virtual_sites(table);
}

Specimen build(const Interface& interface) { return build(interface, composition(interface)); }

Specimen build(const Interface& interface, const CompositionTable& table) {
  return build(interface, sites(interface, table));
}

Specimen build(const Interface& interface, const SiteTable& sites) {
  check_rows(sites, interface.cells_along);
  const auto lattice = lattice_of(interface, sites.columns(), sites.first_film_column);
  Specimen specimen{lattice.width_x(), lattice.rows * lattice.cell, {}, {}};
  const auto film = pure_film_columns(sites);
  const int first = interface.film_loss_entrance_cells, last = sites.depth_cells() - interface.film_loss_exit_cells;
  for (int depth = 0; depth < sites.depth_cells(); ++depth)
    for (auto atoms : {ao_plane(lattice, sites, depth), bo2_plane(lattice, sites, depth)}) {
      if (depth < first || depth >= last) make_amorphous(atoms, lattice, film);
      specimen.add_slab(lattice.cell / 2, std::move(atoms));
    }
  return specimen;
}

}  // namespace terrace
