#include "registration/cell_patterns.h"

#include <algorithm>
#include <cmath>

#include "core/constants.h"
#include "microscope/faulty_pixels.h"
#include "multislice/simulation.h"
#include "registration/pattern_rebinning.h"
#include "registration/substrate_region.h"

namespace terrace {
namespace {

constexpr double slice_angstrom = 1.9525;
/// Coarser than a study's: directions are told apart, not probabilities.
constexpr double pixel_angstrom = 0.11;

/// The registration as PatternRebinning wants it so that kx and ky are the crystal's x and y.
Registration in_crystal_axes(Registration r, const DetectorOrientation& orientation) {
  r.detector_rotation_deg.value = orientation.angle_deg - r.scan_rotation_deg.value;
  r.detector_handedness = orientation.handedness;
  r.interface_normal = "x";
  r.film_side = "high";
  return r;
}

/// The A-plane nearest to a place across the interface: planes as found follow a drift.
double nearest_plane(const Registration& r, double across) {
  double nearest = r.interface_angstrom.value;
  for (const auto& plane : r.planes)
    if (std::abs(plane.position - across) < std::abs(nearest - across)) nearest = plane.position;
  return nearest;
}

/// Which of `count` places in a cell is nearest.
int place_in_cell(double distance, double cell, int count) {
  return ((static_cast<int>(std::lround(distance / cell * count)) % count) + count) % count;
}

Structure repeated(const Structure& cell, int times) {
  Structure all{times * cell.width_x, times * cell.width_y, cell.height_z, {}};
  for (int y = 0; y < times; ++y)
    for (int x = 0; x < times; ++x)
      for (Atom atom : cell.atoms) {
        atom.x += x * cell.width_x;
        atom.y += y * cell.width_y;
        all.atoms.push_back(atom);
      }
  return all;
}

/// `periods` copies of what stands there.
void lengthen(Specimen& specimen, int periods) {
  const auto one = specimen.stack;
  for (int i = 1; i < periods; ++i) specimen.stack.insert(specimen.stack.end(), one.begin(), one.end());
}

std::vector<ProbePosition> places_of(double cell, int count, double shift_y, double shift_x) {
  std::vector<ProbePosition> places;
  for (int y = 0; y < count; ++y)
    for (int x = 0; x < count; ++x) places.push_back({y * cell / count - shift_y, x * cell / count - shift_x});
  return places;
}

}  // namespace

CellPatterns measured_cell_patterns(const Scan& scan, const Registration& r, const DetectorOrientation& orientation,
                                    const CellGrid& grid, const Progress& progress) {
  const auto& info = scan.info();
  const SubstrateRegion region(info, r);
  const StandardGrid standard{.pixels = grid.pixels, .mrad_per_pixel = grid.mrad_per_pixel};
  PatternRebinning rebinning(info, in_crystal_axes(r, orientation), standard);
  const auto axes = r.crystal_axes();
  const bool normal_is_x = r.interface_normal == "x";
  CellPatterns result{Array<double, 4>({grid.count, grid.count, grid.pixels, grid.pixels}),
                      Array<double, 2>({grid.count, grid.count}), Array<double, 2>({grid.pixels, grid.pixels})};
  std::vector<float> pattern(static_cast<std::size_t>(info.detector_height) * info.detector_width);
  std::vector<float> laid(static_cast<std::size_t>(grid.pixels) * grid.pixels);
  double all = 0;
  for (int row = 0; row < info.scan_height; ++row) {
    for (int column = 0; column < info.scan_width; ++column) {
      const Place at = axes.to_crystal({column * r.step_x_angstrom.value, row * r.step_y_angstrom.value});
      if (!region.holds(at)) continue;
      const double across = normal_is_x ? at.x : at.y, along = normal_is_x ? at.y : at.x;
      const int u = place_in_cell(across - nearest_plane(r, across), r.cell_across_angstrom.value, grid.count);
      const int v = place_in_cell(along - r.column_angstrom.value, r.cell_along_angstrom.value, grid.count);
      const int y = normal_is_x ? v : u, x = normal_is_x ? u : v;
      scan.read(row, column, pattern);
      repair(pattern, info.detector_height, info.detector_width, r.faulty_pixels);
      rebinning.apply(pattern, laid);
      double* sum = &result.mean(y, x, 0, 0);
      for (std::size_t k = 0; k < laid.size(); ++k) {
        sum[k] += laid[k];
        result.square.data()[k] += double{laid[k]} * laid[k];
      }
      ++result.taken(y, x);
      ++all;
    }
    if (progress) progress("patterns of the substrate's cell", row + 1, info.scan_height);
  }
  for (int y = 0; y < grid.count; ++y)
    for (int x = 0; x < grid.count; ++x)
      for (std::size_t k = 0; k < laid.size(); ++k) (&result.mean(y, x, 0, 0))[k] /= std::max(1.0, result.taken(y, x));
  for (double& square : result.square) square /= std::max(1.0, all);
  return result;
}

double cell_grid_mrad(double cell_angstrom, double energy_kev) {
  return 1e3 * wavelength(energy_kev) / (cell_repeats * cell_angstrom);
}

std::vector<Array<float, 4>> simulated_cell_patterns(const Crystal& substrate, const CellState& state,
                                                     const CellGrid& grid, int threads, const Progress& progress) {
  const auto box = zone_axis_box(substrate, {0, 0, 1});
  auto specimen = cut_into_slabs(repeated(box, cell_repeats), slice_angstrom);
  const int slabs = specimen.depth_count();
  const double period_nm = box.height_z / 10;
  const auto periods_of = [&](double nm) { return std::max(1, static_cast<int>(std::lround(nm / period_nm))); };
  lengthen(specimen, periods_of(*std::max_element(state.thicknesses_nm.begin(), state.thicknesses_nm.end())));
  Sampling sampling;
  sampling.pixels_y = cell_repeats * fast_transform_size(box.width_y / pixel_angstrom);
  sampling.pixels_x = fast_transform_size(cell_repeats * box.width_x / pixel_angstrom);
  SimulationPlan plan{{specimen}, {}, {}, sampling, grid_for(specimen, sampling)};
  Camera camera;
  camera.pixels = grid.pixels;
  camera.mrad_per_pixel = grid.mrad_per_pixel;
  Microscope microscope;
  microscope.energy_kev = state.energy_kev;
  microscope.semiangle_mrad = state.semiangle_mrad;
  microscope.specimen_tilt_y_mrad = state.tilt_y_mrad;
  microscope.specimen_tilt_x_mrad = state.tilt_x_mrad;
  std::vector<Array<float, 4>> patterns;
  for (const double nm : state.thicknesses_nm) {
    const double lever = 10 * nm / 2 * 1e-3;  // Å per mrad
    const auto places = places_of(box.width_x, grid.count, lever * state.tilt_y_mrad, lever * state.tilt_x_mrad);
    for (const double defocus : state.defoci_nm) {
      microscope.defocus_nm = defocus;
      plan.views.push_back({static_cast<int>(plan.exits.size()), microscope, camera, places});
      patterns.emplace_back(std::array<std::int64_t, 4>{grid.count, grid.count, grid.pixels, grid.pixels});
    }
    plan.exits.push_back({0, slabs * periods_of(nm)});
  }
  const std::int64_t area = std::int64_t{grid.pixels} * grid.pixels;
  simulate(
      plan, threads,
      [&](int view, std::int64_t position) { return patterns[view].span().subspan(position * area, area); }, progress);
  return patterns;
}

}  // namespace terrace
