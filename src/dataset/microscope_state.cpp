#include "dataset/microscope_state.h"

#include <algorithm>
#include <cmath>
#include <complex>

#include "core/constants.h"

namespace terrace {
namespace {

double draw(Random& random, const std::vector<double>& range) { return random.uniform(range[0], range[1]); }
double draw_error(Random& random, double largest) { return random.uniform(-largest, largest); }

/// As what it is, a vector of twice the azimuth; to nothing, bit by bit what was drawn.
void add_astigmatism(double C12_nm, double phi12_deg, Microscope& microscope) {
  if (microscope.C12_nm == 0) {
    microscope.C12_nm = C12_nm, microscope.phi12_deg = phi12_deg;
    return;
  }
  const auto vector = [](double length, double azimuth_deg) { return std::polar(length, 2 * azimuth_deg * pi / 180); };
  const auto sum = vector(microscope.C12_nm, microscope.phi12_deg) + vector(C12_nm, phi12_deg);
  microscope.C12_nm = std::abs(sum);
  microscope.phi12_deg = std::arg(sum) / 2 * 180 / pi;
}

void draw_optics(const Ranges& ranges, Random& random, Microscope& microscope) {
  microscope.semiangle_mrad *= 1 + draw_error(random, ranges.semiangle_error_share);
  microscope.defocus_nm += draw(random, ranges.defocus_nm) - draw(random, ranges.amorphous_nm);
  const double drawn_C12 = draw(random, ranges.astigmatism_nm), drawn_phi12 = random.uniform(0, 180);
  add_astigmatism(drawn_C12, drawn_phi12, microscope);
  microscope.C30_um += draw(random, ranges.C30_um);
  const double low = ranges.specimen_tilt_mrad[0], high = ranges.specimen_tilt_mrad[1];
  const double tilt = std::sqrt(random.uniform(low * low, high * high)), azimuth = random.uniform(0, 2 * pi);
  microscope.specimen_tilt_x_mrad += tilt * std::cos(azimuth);
  microscope.specimen_tilt_y_mrad += tilt * std::sin(azimuth);
  if (!ranges.source_fwhm_angstrom.empty()) microscope.source_fwhm_angstrom = draw(random, ranges.source_fwhm_angstrom);
}

/// Its scale follows the given semi-angle where the grid wants that; set later.
Camera draw_camera(const StandardGrid& grid, const Ranges& ranges, Random& random) {
  Camera camera{.pixels = grid.pixels, .mrad_per_pixel = 1 + draw(random, ranges.pattern_scale_error_share)};
  camera.centre_y_pixels = draw_error(random, ranges.pattern_centre_error_pixels);
  camera.centre_x_pixels = draw_error(random, ranges.pattern_centre_error_pixels);
  return camera;
}

/// The standard grid as a real scan meets it: moved, stretched, sheared by drift, each line starting a little off.
std::vector<ProbePosition> draw_positions(const Recipe& recipe, const Ranges& ranges, Random& random) {
  const double origin_x = draw_error(random, ranges.position_error_angstrom);
  const double origin_y = draw_error(random, ranges.position_error_angstrom);
  const double stretch_x = 1 + draw_error(random, ranges.scan_step_error_share);
  const double stretch_y = 1 + draw_error(random, ranges.scan_step_error_share);
  const double drift_x = draw_error(random, ranges.scan_drift_share),
               drift_y = draw_error(random, ranges.scan_drift_share);
  const auto& grid = recipe.grid;
  std::vector<ProbePosition> positions;
  for (int row = 0; row < grid.along; ++row) {
    const double start = draw_error(random, ranges.fly_back_error_angstrom);
    const double y = grid.offset_y(row) * recipe.substrate.cell_angstrom;
    for (int column = 0; column < grid.across; ++column) {
      const double x = grid.offset_x(column) * recipe.substrate.cell_across_angstrom;
      positions.push_back({origin_y + stretch_y * y + drift_y * x, origin_x + start + stretch_x * x + drift_x * y});
    }
  }
  return positions;
}

}  // namespace

Microscope draw_family_microscope(const Recipe& recipe, const Ranges& ranges, Random& random) {
  Microscope microscope = recipe.microscope;
  if (!ranges.energies_kev.empty())
    microscope.energy_kev = ranges.energies_kev[random.below(std::ssize(ranges.energies_kev))];
  if (!ranges.semiangle_mrad.empty()) microscope.semiangle_mrad = draw(random, ranges.semiangle_mrad);
  return microscope;
}

MicroscopeState draw_state(const Recipe& recipe, const Ranges& ranges, const Microscope& of_family, Random& random) {
  MicroscopeState state{.microscope = of_family, .camera = draw_camera(recipe.grid, ranges, random), .offsets = {}};
  if (!ranges.semiangle_mrad.empty()) {
    const double widest = of_family.semiangle_mrad;
    state.microscope.semiangle_mrad = random.uniform(std::max(ranges.semiangle_mrad[0], widest * 2 / 3), widest);
  }
  state.nominal_semiangle_mrad = state.microscope.semiangle_mrad;
  state.camera.mrad_per_pixel *= recipe.grid.mrad_per_pixel_at(state.nominal_semiangle_mrad);
  draw_optics(ranges, random, state.microscope);
  state.offsets = draw_positions(recipe, ranges, random);
  state.thickness_error_nm = draw_error(random, ranges.thickness_error_nm);
  // No number is drawn where nothing is asked for, so that recipes without it stay what they were.
  if (ranges.pattern_rotation_error_deg > 0)
    state.camera.rotation_deg = draw_error(random, ranges.pattern_rotation_error_deg);
  return state;
}

}  // namespace terrace
