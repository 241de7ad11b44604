#include "inversion/truth.h"

#include <cmath>

#include "core/constants.h"

namespace terrace {
namespace {

constexpr double rounding = 1e-9;

void set_optics(const PlannedSample& sample, Circumstances& c) {
  const auto& m = sample.microscope;
  c.defocus_nm = m.defocus_nm;
  c.C12_a_nm = m.C12_nm * std::cos(2 * m.phi12_deg * pi / 180);
  c.C12_b_nm = m.C12_nm * std::sin(2 * m.phi12_deg * pi / 180);
  c.C30_um = m.C30_um;
  c.tilt_x_mrad = m.specimen_tilt_x_mrad;
  c.tilt_y_mrad = m.specimen_tilt_y_mrad;
  c.semiangle_mrad = m.semiangle_mrad;
  c.source_fwhm_angstrom = m.source_fwhm_angstrom;
}

void set_camera(const Recipe& recipe, const PlannedSample& sample, const Detection& detection, Circumstances& c) {
  const double nominal = recipe.grid.mrad_per_pixel_at(sample.conditions.semiangle_mrad);
  c.pattern_scale_share = sample.camera.mrad_per_pixel / nominal - 1;
  c.centre_x_pixels = sample.camera.centre_x_pixels;
  c.centre_y_pixels = sample.camera.centre_y_pixels;
  c.rotation_deg = sample.camera.rotation_deg;
  c.background_share = detection.background_share;
  c.psf_pixels = detection.psf_pixels;
}

void set_scan(const Recipe& recipe, const PlannedStructure& structure, const PlannedSample& sample, Circumstances& c) {
  const int across = recipe.grid.across, last = across - 1;
  const double cell_x = recipe.substrate.cell_across_angstrom, cell_y = recipe.substrate.cell_angstrom;
  const double first_x = recipe.grid.offset_x(0) * cell_x, width = recipe.grid.offset_x(last) * cell_x - first_x;
  const auto& p = sample.positions;
  const double middle_y = structure.interface.cells_along / 2 * structure.interface.substrate.cell_angstrom;
  c.stretch_x_share = (p[last].x - p[0].x) / width - 1;
  c.slant_share = (p[last].y - p[0].y) / width;
  c.shift_x_angstrom = p[0].x - structure.registered_x - first_x * (1 + c.stretch_x_share);
  c.shift_y_angstrom = p[0].y - middle_y - first_x * c.slant_share;
  if (recipe.grid.along < 2) return;
  const double line_y = recipe.grid.offset_y(1) * cell_y;
  c.skew_share = (p[across].x - p[0].x) / line_y;
  c.stretch_y_share = (p[across].y - p[0].y) / line_y - 1;
}

void set_crystal(const Recipe& recipe, const Interface& interface, Circumstances& c) {
  c.film_cell_angstrom = interface.film.cell_across_angstrom;
  c.film_b_scale = interface.film.b_factor_a / recipe.film.b_factor_a;
  c.film_loss_entrance_cells = interface.film_loss_entrance_cells;
  c.film_loss_exit_cells = interface.film_loss_exit_cells;
}

/// The film in the one column that is mixed; −1 where not one alone is.
double film_in_mixed_column(const SiteTable& sites, int& column) {
  column = -1;
  for (int i = 0; i < sites.columns(); ++i) {
    const double share = sites.film_a(0, 0, i);
    if (share < rounding || share > 1 - rounding) continue;
    if (column >= 0) return -1;
    column = i;
  }
  return column >= 0 ? sites.film_a(0, 0, column) : -1;
}

bool set_steps(const Interface& interface, int thickness, Hypothesis& h) {
  for (std::size_t i = 0; i < interface.step_depths_cells.size(); ++i) {
    const int depth = interface.step_depths_cells[i], height = interface.step_heights_cells[i];
    if (depth >= thickness) continue;  // below the exit
    if (!h.has_step()) {
      h.step_depth_cells = depth;
      h.step_height_cells = height;
    } else if (h.second_step_depth_cells <= 0) {
      h.second_step_depth_cells = depth;
      h.second_step_height_cells = height;
    } else {
      return false;
    }
  }
  return true;
}

std::optional<Hypothesis> structure_as_hypothesis(const PlannedStructure& structure, const PlannedSample& sample) {
  const auto& interface = structure.interface;
  const int middle = structure.sites.columns() / 2;
  if (structure.sites.rows() > 1) return std::nullopt;
  Hypothesis h{.interface_class = sample.labels.interface_class,
               .thickness_cells = sample.thickness_cells,
               .plane = interface.substrate_cells - middle};
  const bool has_profile = interface.sigma_a_cells > 0 || interface.sigma_b_cells > 0;
  if (!set_steps(interface, sample.thickness_cells, h)) return std::nullopt;
  if (has_profile) {
    h.sigma_a_cells = interface.sigma_a_cells;
    h.sigma_b_cells = interface.sigma_b_cells;
    if (!h.has_step()) h.shift_cells = sample.labels.interface_offset_cells - h.plane;
  } else if (int column = 0; !h.has_step() && film_in_mixed_column(structure.sites, column) > 0) {
    h.interface_class = InterfaceClass::diffuse;
    h.plane = column - middle;
    h.film_cells = film_in_mixed_column(structure.sites, column) * sample.thickness_cells;
  } else if (h.interface_class == InterfaceClass::diffuse) {
    return std::nullopt;  // two mixed columns
  }
  return h;
}

}  // namespace

std::optional<Explanation> truth_of(const Recipe& recipe, const FamilyPlan& plan, const PlannedSample& sample,
                                    const Detection& detection) {
  const auto& structure = plan.structures[sample.structure];
  const auto hypothesis = structure_as_hypothesis(structure, sample);
  if (!hypothesis) return std::nullopt;
  Explanation truth{*hypothesis, expected_circumstances(recipe, sample.conditions)};
  set_optics(sample, truth.circumstances);
  set_camera(recipe, sample, detection, truth.circumstances);
  set_scan(recipe, structure, sample, truth.circumstances);
  set_crystal(recipe, structure.interface, truth.circumstances);
  return truth;
}

}  // namespace terrace
