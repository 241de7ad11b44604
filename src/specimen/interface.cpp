#include "specimen/interface.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"

namespace terrace {
namespace {

/// A profile is pure where at most this share of the other side is left.
constexpr double pure = 0.01;
constexpr double most_sites = 2e7;

void check_steps(const Interface& interface) {
  const auto& depths = interface.step_depths_cells;
  const auto& heights = interface.step_heights_cells;
  if (depths.size() != heights.size())
    throw InputError(
        fmt::format("[interface] has {} step_depths_cells and {} step_heights_cells (each step has one of "
                    "each). Write lists of equal length.",
                    depths.size(), heights.size()));
  for (std::size_t step = 0; step < depths.size(); ++step) {
    if (depths[step] < 1 || depths[step] >= interface.thickness_cells)
      throw InputError(
          fmt::format("[interface] step_depths_cells: a step at {} cells lies outside the specimen (it is {} "
                      "cells thick). Use 1 to {}.",
                      depths[step], interface.thickness_cells, interface.thickness_cells - 1));
    if (heights[step] == 0 || std::abs(heights[step]) > 2)
      throw InputError(
          fmt::format("[interface] step_heights_cells: {} is no step. Use -2, -1, 1 or 2.", heights[step]));
    if (std::count(depths.begin(), depths.end(), depths[step]) > 1)
      throw InputError(
          fmt::format("[interface] step_depths_cells: two steps at {} cells (they would be one of the summed "
                      "height). Give each its own depth.",
                      depths[step]));
  }
}

int highest_boundary(const Interface& interface) {
  int highest = interface.substrate_cells;
  for (const int depth : interface.step_depths_cells) highest = std::max(highest, boundary_at(interface, depth));
  return highest;
}

/// Both crystals must be left, at every depth and on both sites.
void check_boundaries(const Interface& interface) {
  const int columns = interface.substrate_cells + interface.film_cells;
  const int low = lowest_boundary(interface), high = highest_boundary(interface) + a_site_delay(interface);
  if (low >= 1 && high <= columns - 1) return;
  throw InputError(
      fmt::format("[interface] the steps carry the boundary to column {} of a window of columns 0 to {} (one "
                  "cell of each crystal must be left). Set substrate_cells and film_cells higher.",
                  low < 1 ? low : high, columns - 1));
}

/// How many cells from a boundary hold the profile on the side of `sign` (+1 film, −1 substrate) until it is pure.
template <class Share>
int cells_to_purity(const Share& share, int sign) {
  const auto left = [&](int cells) {
    const double here = share(sign * (cells - 0.5));
    return sign > 0 ? 1 - here : here;
  };
  int cells = 1;
  while (left(cells) > pure) ++cells;
  return cells;
}

void check_widths(const Interface& interface) {
  if (interface.la_tail_cells > interface.sigma_a_cells)
    throw InputError(
        fmt::format("[interface] la_tail_cells = {} is longer than sigma_a_cells = {} (the width is the second "
                    "moment with the tail included). Set sigma_a_cells to {} or more.",
                    interface.la_tail_cells, interface.sigma_a_cells, interface.la_tail_cells));
  const auto need = least_window(interface);
  if (interface.substrate_cells >= need.substrate && interface.film_cells >= need.film) return;
  throw InputError(
      fmt::format("[interface] substrate_cells = {}, film_cells = {} hold no profile of sigma_a_cells = {}, "
                  "sigma_b_cells = {} (it must be pure to 1 % at the window's edges). Set substrate_cells to "
                  "{} and film_cells to {} or more.",
                  interface.substrate_cells, interface.film_cells, interface.sigma_a_cells, interface.sigma_b_cells,
                  need.substrate, need.film));
}

void check_crystals(const Interface& interface) {
  check(interface.substrate, "substrate");
  check(interface.film, "film");
  const double substrate = interface.substrate.cell_angstrom, film = interface.film.cell_angstrom;
  if (std::abs(substrate - film) < 1e-9) return;
  throw InputError(
      fmt::format("[film] cell_angstrom = {} differs from the substrate's {} (the film grows strained to the "
                  "substrate, columns stay straight). Give both the same and put the film's strained "
                  "cell into cell_across_angstrom.",
                  film, substrate));
}

void check_film_loss(const Interface& interface) {
  const int lost = interface.film_loss_entrance_cells + interface.film_loss_exit_cells;
  if (lost < interface.thickness_cells) return;
  throw InputError(fmt::format(
      "[interface] film_loss_entrance_cells + film_loss_exit_cells = {} leave no crystalline film (the lamella is {} "
      "cells thick). Lower them.",
      lost, interface.thickness_cells));
}

void check_size(const Interface& interface) {
  const double sites =
      1.0 * (interface.substrate_cells + interface.film_cells) * interface.cells_along * interface.thickness_cells;
  if (sites <= most_sites) return;
  throw InputError(
      fmt::format("[interface] has {:.3g} cells (at most {:.3g} fit). Make the window smaller.", sites, most_sites));
}

}  // namespace

Interface read_interface(const Config& config) {
  auto interface = read_settings<Interface>(config, "interface");
  interface.substrate = read_settings<Perovskite>(config, "substrate", interface.substrate);
  interface.film = read_settings<Perovskite>(config, "film", interface.film);
  check(interface);
  return interface;
}

void check(const Interface& interface) {
  check_crystals(interface);
  check_size(interface);
  check_steps(interface);
  check_boundaries(interface);
  check_widths(interface);
  check_film_loss(interface);
}

WindowCells least_window(const Interface& interface) {
  const auto share_a = [&](double cells) { return film_share_a(interface, cells); };
  const auto share_b = [&](double cells) { return film_share_b(interface, cells); };
  const int retreat = interface.substrate_cells - lowest_boundary(interface);
  const int advance = highest_boundary(interface) - interface.substrate_cells;
  const int delay = a_site_delay(interface);
  return {retreat + std::max(cells_to_purity(share_a, -1) - delay, cells_to_purity(share_b, -1)),
          advance + std::max(cells_to_purity(share_a, +1) + delay, cells_to_purity(share_b, +1))};
}

int boundary_at(const Interface& interface, int depth) {
  int boundary = interface.substrate_cells;
  for (std::size_t step = 0; step < interface.step_depths_cells.size(); ++step)
    if (interface.step_depths_cells[step] <= depth) boundary += interface.step_heights_cells[step];
  return boundary;
}

int lowest_boundary(const Interface& interface) {
  int lowest = interface.substrate_cells;
  for (const int depth : interface.step_depths_cells) lowest = std::min(lowest, boundary_at(interface, depth));
  return lowest;
}

int a_site_delay(const Interface& interface) { return interface.termination == "p" ? 1 : 0; }

}  // namespace terrace
