#include "dataset/seam.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "multislice/family_tree.h"

namespace terrace {
namespace {

Interface doubled_window(const Recipe& recipe, const Ranges& ranges) {
  Interface interface;
  interface.substrate = recipe.substrate;
  interface.film = recipe.film;
  interface.substrate_cells = interface.film_cells = recipe.window.columns;
  interface.cells_along = recipe.window.cells_along;
  interface.thickness_cells = ranges.thickness_cells[1];
  return interface;
}

Microscope hardest(const Recipe& recipe, const Ranges& ranges) {
  Microscope microscope;
  microscope.energy_kev =
      ranges.energies_kev.empty() ? recipe.microscope.energy_kev : std::ranges::min(ranges.energies_kev);
  microscope.semiangle_mrad =
      ranges.semiangle_mrad.empty() ? recipe.microscope.semiangle_mrad : ranges.semiangle_mrad[1];
  microscope.source_fwhm_angstrom = 0;
  return microscope;
}

bool is_no_harder(const Ranges& a, const Ranges& b) {
  return a.thickness_cells[1] <= b.thickness_cells[1] && a.energies_kev == b.energies_kev &&
         a.semiangle_mrad == b.semiangle_mrad;
}

/// Of one wave's intensity, the share farther than `reach` (Å, along x) from `middle`.
double share_beyond(const Waves& waves, int wave, double middle, double reach) {
  const auto psi = in_real_space(waves, wave);
  const auto columns = psi.extent(1);
  const double pixel = waves.plane_waves().window().extent_x / static_cast<double>(columns);
  double all = 0, beyond = 0;
  for (std::int64_t i = 0; i < psi.size(); ++i) {
    const double intensity = std::norm(psi.data()[i]);
    all += intensity;
    if (std::abs(static_cast<double>(i % columns) * pixel - middle) > reach) beyond += intensity;
  }
  return beyond / all;
}

double seam_share(const Recipe& recipe, const Ranges& ranges) {
  const auto interface = doubled_window(recipe, ranges);
  const std::vector<Specimen> specimens{build(interface)};
  Sampling sampling = recipe.sampling;
  sampling.pixels_x *= 2;
  const Grid grid = grid_for(specimens[0], sampling);
  const auto microscope = hardest(recipe, ranges);
  const double cell = recipe.substrate.cell_across_angstrom, middle = recipe.window.columns * cell;
  const auto plane_waves = std::make_shared<const PlaneWaves>(grid);
  const ProbeFormer probe(grid, microscope);
  Waves entrance(plane_waves, 2);
  for (const int side : {0, 1}) {
    const double x = middle + (2 * side - 1) * recipe.grid.half_span_cells * cell;
    set_probe(entrance, side, probe, {.y = grid.extent_y / 2, .x = x}, probe.states()[0]);
  }
  Multislice multislice(plane_waves, microscope.energy_kev);
  const TransmissionSource transmissions(grid, microscope.energy_kev, sampling);
  double worst = 0;
  const auto on_exit = [&](int, const Waves& waves) {
    for (const int side : {0, 1}) worst = std::max(worst, share_beyond(waves, side, middle, middle / 2));
  };
  FamilyTree(specimens, {{0, specimens[0].depth_count()}}).run(multislice, transmissions, entrance, 0, on_exit);
  return worst;
}

}  // namespace

double seam_share(const Recipe& recipe) {
  double worst = seam_share(recipe, recipe.ranges);
  for (const auto& set : recipe.held_out)
    if (!is_no_harder(set.ranges, recipe.ranges)) worst = std::max(worst, seam_share(recipe, set.ranges));
  return worst;
}

void check_seam(const Recipe& recipe, double share) {
  if (share <= largest_seam_share) return;
  throw InputError(
      fmt::format("window.columns = {}: {:.0f} % of the beam crosses the window's seam in the thickest lamella, more "
                  "than {:.0f} %. "
                  "Use more columns, a smaller grid.half_span_cells, thinner lamellae or a smaller semi-angle.",
                  recipe.window.columns, 100 * share, 100 * largest_seam_share));
}

}  // namespace terrace
