// Which cation sits on each site of an interface: shares of atoms, or whole atoms drawn at random.
#pragma once

#include <cstdint>

#include "specimen/composition.h"

namespace terrace {

/// The share of film on the A and on the B site of each cell, [depth][row][column]; rows run along y. One row means
/// that all cells along y are alike. Whole atoms are shares of 0 and 1.
struct SiteTable {
  int first_film_column = 0;
  Array<double, 3> film_a, film_b;

  int depth_cells() const { return static_cast<int>(film_a.extent(0)); }
  int rows() const { return static_cast<int>(film_a.extent(1)); }
  int columns() const { return static_cast<int>(film_a.extent(2)); }
};

/// Virtual crystal: every cell along y holds the table's shares.
SiteTable virtual_sites(const CompositionTable& table);

/// Random cations: each site draws its atom from the table's share, by a number named by (seed, depth, site) alone, so
/// that equal beginnings of two tables become equal beginnings of two specimens. `rows` = cells along y.
SiteTable drawn_sites(const CompositionTable& table, int rows, std::uint64_t seed);

/// Random cations of exact number: every column of atoms along the beam (one row, one column, A or B) holds
/// round(mean share · depth cells) film atoms, at random depths.
SiteTable counted_sites(const CompositionTable& table, int rows, std::uint64_t seed);

/// The first `depth_cells` depths.
SiteTable cut_off(const SiteTable& sites, int depth_cells);

/// The matched-projection twin in whole atoms: every column of atoms along the beam keeps exactly its atoms and gets
/// them in a random order, A and B each. One row becomes `rows` rows, each with its own order.
SiteTable projected_twin(const SiteTable& sites, int rows, std::uint64_t seed);

}  // namespace terrace
