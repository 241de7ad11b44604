// Accuracy on scans that Terrace simulates itself: LaAlO3 on SrTiO3, 200 kV, 20 mrad, a camera to 40 mrad.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "registration/registration.h"
#include "registration/simulated_scans.h"
#include "registration/standard_grid.h"

namespace terrace {
namespace {

constexpr double cell = 3.905, true_plane = simulated_plane, true_column = simulated_column;

/// The bounds that docs/registration.md quotes.
void expect_placed(const Registration& r, double plane_tolerance_cells) {
  ASSERT_TRUE(r.usable());
  EXPECT_EQ(r.interface_normal, "x");
  EXPECT_EQ(r.film_side, "high");
  EXPECT_NEAR(r.interface_angstrom.value, true_plane, plane_tolerance_cells * cell);
  EXPECT_NEAR(std::remainder(r.column_angstrom.value - true_column, cell), 0, 0.05);
  EXPECT_EQ(r.scan_rotation_deg.value, 0);
  EXPECT_NEAR(r.detector_rotation_deg.value, 0, 0.3);
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
