// The interface as the parameters of the inverse problem, and the specimen that they describe.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "core/config.h"
#include "core/settings.h"
#include "specimen/composition.h"
#include "specimen/perovskite.h"
#include "specimen/site_table.h"
#include "specimen/specimen.h"

namespace terrace {

/// A film on a substrate, seen edge-on: x = interface normal with the substrate at low x, y along the interface, beam
/// along +z. The window is periodic along x, so its edge is a second, abrupt interface (film|substrate).
///
/// The nominal plane lies at x = substrate_cells cells. A cell begins at its A plane, so with termination "n"
/// (TiO2|LaO) the first film plane is the A plane of cell `substrate_cells`; with "p" (SrO|AlO2) the boundary lies half
/// a cell further: that A plane is still the substrate's and the B plane in the middle of the same cell is the film's
/// first.
struct Interface {
  int substrate_cells = 4;
  int film_cells = 4;
  int cells_along = 8;
  int thickness_cells = 40;
  std::string termination = "n";
  std::vector<int> step_depths_cells;
  std::vector<int> step_heights_cells;
  double sigma_a_cells = 0;
  double sigma_b_cells = 0;
  double la_tail_cells = 0;
  int film_loss_entrance_cells = 0, film_loss_exit_cells = 0;
  std::string mixing = "virtual_crystal";
  int seed = 1;
  Perovskite substrate = strontium_titanate();  ///< read from [substrate]
  Perovskite film = lanthanum_aluminate();      ///< read from [film]
};

inline auto fields(const Interface*) {
  using F = Field<Interface>;
  using I = Interface;
  return std::array{
      F{"substrate_cells", &I::substrate_cells, 1, 200, "cells of the substrate across the window"},
      F{"film_cells", &I::film_cells, 1, 200, "cells of the film across the window"},
      F{"cells_along", &I::cells_along, 1, 200, "cells along the interface"},
      F{"thickness_cells", &I::thickness_cells, 1, 2000, "cells along the beam"},
      F{"termination", &I::termination, "n|p", "n: the film begins with its A plane; p: with its B plane"},
      F{"step_depths_cells", &I::step_depths_cells, 1, 1999, "cells between the entrance surface and each step"},
      F{"step_heights_cells", &I::step_heights_cells, -2, 2,
        "height of each step; positive: the substrate advances into the film below it"},
      F{"sigma_a_cells", &I::sigma_a_cells, 0, 50, "width of the profile on the A site (root of its second moment)"},
      F{"sigma_b_cells", &I::sigma_b_cells, 0, 50, "width of the profile on the B site"},
      F{"la_tail_cells", &I::la_tail_cells, 0, 50,
        "length of an exponential tail of the film's A cations into the substrate, part of sigma_a_cells"},
      F{"film_loss_entrance_cells", &I::film_loss_entrance_cells, 0, 2000,
        "cells of the film that milling made amorphous at the entrance surface, beyond the substrate's"},
      F{"film_loss_exit_cells", &I::film_loss_exit_cells, 0, 2000, "the same at the exit surface"},
      F{"mixing", &I::mixing, "virtual_crystal|random_cations",
        "shares of atoms on each mixed site, or whole atoms drawn"},
      F{"seed", &I::seed, 0, 2147483647, "random_cations: names the draw"},
  };
}

/// Reads [interface], [substrate] and [film] over the defaults and checks them. Throws InputError.
Interface read_interface(const Config& config);

/// Throws InputError: steps without height, out of depth or at equal depths; a boundary that leaves the window; a tail
/// longer than its width; a profile that is not pure to 1 % at the window's edges; cells that do not fit each other.
void check(const Interface& interface);

/// Window cells that `interface` needs on either side so that its profile is pure to 1 % at the edges and no boundary
/// leaves; what to set substrate_cells and film_cells to, at least.
struct WindowCells {
  int substrate = 0, film = 0;
};
WindowCells least_window(const Interface& interface);

/// The first film column at `depth` (cells from the entrance surface): the nominal plane and the steps above `depth`.
int boundary_at(const Interface& interface, int depth);
/// The least boundary_at over all depths: columns from here on have the film's width, at every depth, so that columns
/// stay straight along the beam.
int lowest_boundary(const Interface& interface);
/// By how many cells the A site's boundary lies further than the B site's: 0 ("n") or 1 ("p").
int a_site_delay(const Interface& interface);

/// The atoms on the sites, as `mixing` says.
SiteTable sites(const Interface& interface, const CompositionTable& table);

/// The specimen: two slabs of half a cell per cell of depth, the AO plane in the middle of the first and the BO2 plane
/// in the middle of the second. Oxygen is on its sites everywhere, shared between the substrate's B factor and
/// the film's as the cations of its cell are (mean of A and B site). Throws InputError.
///
/// Where milling made the film amorphous before the substrate (film_loss_…), columns that project as film alone keep
/// their atoms with a B factor of `amorphous_b_factor`: a nearly uniform potential of the same mean, which scatters
/// diffusely. Columns with substrate in them stay crystalline, so that matched twins project alike. Our own choice.
Specimen build(const Interface& interface);
/// The same with the film shares, and the thickness, of a table or of sites made by hand or by projected_twin; only the
/// crystals, `cells_along`, `mixing` and `seed` of `interface` are used.
Specimen build(const Interface& interface, const CompositionTable& table);
Specimen build(const Interface& interface, const SiteTable& sites);

/// Å²: atoms 1.4 Å (rms, along each axis) from their sites. The lattice's first reflection keeps 7 % of its potential.
inline constexpr double amorphous_b_factor = 160;

}  // namespace terrace
