// Accuracy on scans that Terrace simulates itself: LaAlO3 on SrTiO3, 200 kV, 20 mrad, a camera to 40 mrad.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "microscope/probe.h"
#include "multislice/detector.h"
#include "multislice/simulation.h"
#include "multislice/slices.h"
#include "registration/registration.h"
#include "registration/standard_grid.h"
#include "registration/test_scans.h"
#include "specimen/interface.h"

namespace terrace {
namespace {

constexpr double cell = 3.905;
constexpr double first_x = 1.1 * cell;  ///< where the scan begins, 2.9 cells before the interface

/// 48 × 4 positions over 5.8 cells across and one along the interface, at every exit depth asked for.
std::vector<MemoryScan> simulate(const Interface& interface, const std::vector<int>& exit_cells) {
  const Specimen specimen = build(interface);
  const Grid grid{128, 256, specimen.width_y, specimen.width_x};
  const Microscope microscope;
  const Camera camera;

  ScanInfo info;
  info.scan_height = 4;
  info.scan_width = 48;
  info.detector_height = info.detector_width = camera.pixels;
  info.step_y_angstrom = cell / 4;
  info.step_x_angstrom = 0.47;
  info.mrad_per_pixel_y = info.mrad_per_pixel_x = camera.mrad_per_pixel;
  info.energy_kev = microscope.energy_kev;
  info.semiangle_mrad = microscope.semiangle_mrad;
  info.intensity_unit = "fraction";
  std::vector<MemoryScan> scans;
  for (std::size_t i = 0; i < exit_cells.size(); ++i) scans.emplace_back(info);

  SimulationPlan plan{.specimens = {specimen}, .exits = {}, .views = {}, .sampling = {}, .grid = grid};
  std::vector<ProbePosition> positions;
  for (int y = 0; y < info.scan_height; ++y)
    for (int x = 0; x < info.scan_width; ++x)
      positions.push_back({cell + 0.6 + y * info.step_y_angstrom, first_x + x * info.step_x_angstrom});
  for (const int cells : exit_cells) {
    plan.views.push_back({static_cast<int>(plan.exits.size()), microscope, camera, positions});
    plan.exits.push_back({0, 2 * cells});
  }
  terrace::simulate(plan, 1, [&](int view, std::int64_t position) {
    return scans[view].pattern(static_cast<int>(position / info.scan_width),
                               static_cast<int>(position % info.scan_width));
  });
  return scans;
}

constexpr double true_plane = 4 * cell - first_x;  ///< scan frame
constexpr double true_column = cell - 0.6;

Interface small_interface(int thickness_cells) {
  Interface interface;
  interface.cells_along = 4;
  interface.thickness_cells = thickness_cells;
  return interface;
}

/// The bounds that docs/registration.md quotes.
void expect_placed(const Registration& r, double plane_tolerance_cells) {
  ASSERT_TRUE(r.usable());
  EXPECT_EQ(r.interface_normal, "x");
  EXPECT_EQ(r.film_side, "high");
  EXPECT_NEAR(r.interface_angstrom.value, true_plane, plane_tolerance_cells * cell);
  EXPECT_NEAR(std::remainder(r.column_angstrom.value - true_column, cell), 0, 0.05);
  EXPECT_NEAR(r.centre_row.value, 32, 0.1);
  EXPECT_NEAR(r.centre_column.value, 32, 0.1);
}

TEST(SimulatedScan, an_abrupt_interface_is_placed_to_a_fiftieth_of_a_cell) {
  for (const auto& scan : simulate(small_interface(12), {5, 12})) {
    const auto r = register_scan(scan, {});
    expect_placed(r, 0.02);
    EXPECT_EQ(r.termination, "n");
    EXPECT_NEAR(r.boundary_angstrom.value, true_plane, 0.1 * cell);
    EXPECT_NEAR(r.film_cell_angstrom.value, 3.73, 0.02);
    EXPECT_NEAR(r.cell_across_angstrom.value, cell, 0.02);
  }
}

TEST(SimulatedScan, ten_thousand_electrons_a_pattern_keep_a_twentieth_of_a_cell) {
  auto scan = simulate(small_interface(12), {12})[0];
  add_shot_noise(scan, 1e4, 5);
  expect_placed(register_scan(scan, {}), 0.05);
}

TEST(SimulatedScan, a_film_that_begins_with_its_b_plane_is_told) {
  auto interface = small_interface(12);
  interface.termination = std::string("p");
  const auto r = register_scan(simulate(interface, {12})[0], {});
  expect_placed(r, 0.02);
  EXPECT_EQ(r.termination, "p");
}

TEST(SimulatedScan, a_buried_step_moves_the_mean_boundary) {
  auto interface = small_interface(12);
  interface.step_depths_cells = {4};
  interface.step_heights_cells = {1};
  const auto r = register_scan(simulate(interface, {12})[0], {});
  // Substrate in 8 of 12 cells of depth, over a column of the film's width.
  EXPECT_NEAR(r.boundary_angstrom.value, true_plane + 3.73 * 8 / 12, 0.15 * cell);
}

TEST(SimulatedScan, measured_places_give_nearly_the_patterns_of_exact_ones) {
  const auto scan = simulate(small_interface(12), {12})[0];
  RegistrationOptions exact;
  exact.interface_angstrom = true_plane;
  exact.column_angstrom = true_column;
  exact.film_side = "high";
  exact.centre_row = exact.centre_column = 32;
  auto at = register_scan(scan, exact);
  at.cell_across_angstrom.value = cell;
  const auto wanted = to_standard_grid(scan, at, {}), got = to_standard_grid(scan, register_scan(scan, {}), {});
  double difference = 0, total = 0;
  for (std::int64_t i = 0; i < wanted.patterns.size(); ++i) {
    difference += std::abs(wanted.patterns.data()[i] - got.patterns.data()[i]);
    total += wanted.patterns.data()[i];
  }
  EXPECT_LT(difference, 0.03 * total);
}

}  // namespace
}  // namespace terrace
