#include "inversion/circumstances.h"

#include <cmath>

#include "core/constants.h"

namespace terrace {

Microscope microscope_of(const Recipe& recipe, const Conditions& conditions, const Circumstances& c) {
  Microscope microscope = recipe.microscope;
  microscope.energy_kev = conditions.energy_kev;
  microscope.semiangle_mrad = c.semiangle_mrad;
  microscope.defocus_nm = c.defocus_nm;
  microscope.C12_nm = std::hypot(c.C12_a_nm, c.C12_b_nm);
  microscope.phi12_deg = std::atan2(c.C12_b_nm, c.C12_a_nm) / 2 * 180 / pi;
  microscope.C30_um = c.C30_um;
  microscope.specimen_tilt_x_mrad = c.tilt_x_mrad;
  microscope.specimen_tilt_y_mrad = c.tilt_y_mrad;
  microscope.source_fwhm_angstrom = c.source_fwhm_angstrom;
  return microscope;
}

Camera camera_of(const Recipe& recipe, const Conditions& conditions, const Circumstances& c) {
  Camera camera{.pixels = recipe.grid.pixels};
  camera.mrad_per_pixel = recipe.grid.mrad_per_pixel_at(conditions.semiangle_mrad) * (1 + c.pattern_scale_share);
  camera.centre_x_pixels = c.centre_x_pixels;
  camera.centre_y_pixels = c.centre_y_pixels;
  camera.rotation_deg = c.rotation_deg;
  return camera;
}

std::vector<ProbePosition> positions_of(const Recipe& recipe, const Circumstances& c, double middle_y,
                                        double registered_x, const Spreads& spreads) {
  std::vector<ProbePosition> positions;
  for (int row = 0; row < recipe.grid.along; ++row)
    for (int column = 0; column < recipe.grid.across; ++column) {
      const double x = recipe.grid.offset_x(column) * recipe.substrate.cell_across_angstrom;
      const double y = recipe.grid.offset_y(row) * recipe.substrate.cell_angstrom;
      positions.push_back({middle_y + y * (1 + c.stretch_y_share) + c.slant_share * x + c.shift_y_angstrom,
                           registered_x + x * (1 + c.stretch_x_share) + c.skew_share * y + c.shift_x_angstrom});
      if (!spreads.empty()) positions.back().spread = spreads[positions.size() - 1];
    }
  return positions;
}

Spreads spreads_of(const Recipe& recipe, const Sample& sample) {
  Spreads spreads;
  for (const auto& places : sample.seen_from) {
    Spread spread;
    for (const auto& place : places)
      spread.push_back({place.along_cells * recipe.substrate.cell_angstrom,
                        place.across_cells * recipe.substrate.cell_across_angstrom, place.weight});
    spreads.push_back(spread.empty() ? nullptr : std::make_shared<const Spread>(std::move(spread)));
  }
  return spreads;
}

Interface crystal_of(const Recipe& recipe, const Circumstances& c) {
  Interface interface;
  interface.substrate_cells = interface.film_cells = recipe.window.columns / 2;
  interface.cells_along = recipe.window.cells_along;
  interface.substrate = recipe.substrate;
  interface.film = recipe.film;
  interface.film.cell_across_angstrom = c.film_cell_angstrom;
  for (double* b : {&interface.film.b_factor_a, &interface.film.b_factor_b, &interface.film.b_factor_o})
    *b *= c.film_b_scale;
  interface.film_loss_entrance_cells = static_cast<int>(std::lround(c.film_loss_entrance_cells));
  interface.film_loss_exit_cells = static_cast<int>(std::lround(c.film_loss_exit_cells));
  return interface;
}

HalfBeam half_beam_mrad(const Recipe& recipe, double energy_kev) {
  const double of_one_cell = 1e3 * wavelength(energy_kev) / recipe.substrate.cell_angstrom / 2;
  return {of_one_cell / recipe.window.columns, of_one_cell / recipe.window.cells_along};
}

}  // namespace terrace
