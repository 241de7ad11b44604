// Accuracy on simulated scans that are turned, sheared and stretched, with a turned detector.
#include <gtest/gtest.h>

#include <cmath>

#include "registration/registration.h"
#include "registration/simulated_scans.h"
#include "registration/standard_grid.h"

namespace terrace {
namespace {

constexpr double cell = 3.905;

/// 5.6 × 2.8 cells; turned by 3°, sheared by 2 %, counted 2 % short.
SimulatedPath turned_path(double detector_deg) {
  SimulatedPath path{.rows = 20, .columns = 40, .step_y = 0.55, .step_x = 0.55};
  path.path = {CrystalAxes::from_degrees(3, 1.15), 1.02};
  path.detector_deg = detector_deg + 3;
  return path;
}

/// The bounds that docs/registration.md quotes.
void expect_placed(const Registration& r, double detector_deg) {
  ASSERT_TRUE(r.usable());
  EXPECT_EQ(r.interface_normal, "x");
  EXPECT_EQ(r.film_side, "high");
  EXPECT_NEAR(r.centre_row.value, 32, 0.1);
  EXPECT_NEAR(r.centre_column.value, 32, 0.1);
  EXPECT_NEAR(r.scan_rotation_deg.value, 3, 0.3);
  EXPECT_NEAR(r.scan_shear_deg.value, 1.15, 0.5);
  EXPECT_NEAR(r.detector_rotation_deg.value, detector_deg, 0.3);
  EXPECT_NEAR(r.interface_angstrom.value * 1.02, simulated_plane, 0.1 * cell);
  EXPECT_NEAR(std::remainder(r.column_angstrom.value * 1.02 - simulated_column, cell), 0, 0.1 * cell);
  EXPECT_NEAR(r.cell_across_angstrom.value * 1.02, cell, 0.02 * cell);
  EXPECT_NEAR(r.cell_along_angstrom.value * 1.02, cell, 0.02 * cell);
}

double difference(const Sample& a, const Sample& b) {
  double sum = 0, total = 0;
  for (std::int64_t i = 0; i < a.patterns.size(); ++i) {
    sum += std::abs(a.patterns.data()[i] - b.patterns.data()[i]);
    total += b.patterns.data()[i];
  }
  return sum / total;
}

TEST(TurnedScan, turn_shear_and_a_turned_detector_are_found_at_ten_thousand_electrons_a_pattern) {
  for (auto& scan : simulate(small_interface(25), {12, 25}, turned_path(7))) {
    expect_placed(register_scan(scan, {}), 7);
    add_shot_noise(scan, 1e4, 11);
    expect_placed(register_scan(scan, {}), 7);
  }
}

/// Everything by hand, as it truly is.
Sample laid_exactly(const MemoryScan& scan, double detector_deg) {
  RegistrationOptions exact;
  exact.centre_row = exact.centre_column = 32;
  exact.interface_angstrom = simulated_plane / 1.02;
  exact.column_angstrom = simulated_column / 1.02;
  exact.film_side = "high";
  exact.interface_normal = "x";
  exact.scan_rotation_deg = 3;
  exact.scan_shear_deg = 1.15;
  exact.detector_rotation_deg = detector_deg;
  auto r = register_scan(scan, exact);
  r.cell_across_angstrom.value = r.cell_along_angstrom.value = cell / 1.02;
  return to_standard_grid(scan, r, {});
}

TEST(TurnedScan, measured_places_and_turns_give_nearly_the_patterns_of_exact_ones_on_a_straight_detector) {
  const auto turned = simulate(small_interface(12), {12}, turned_path(7))[0];
  // A detector at −3° against the scan is straight against the crystal: its pixels are shared out exactly.
  const auto straight = simulate(small_interface(12), {12}, turned_path(-3))[0];
  EXPECT_LT(difference(to_standard_grid(turned, register_scan(turned, {}), {}), laid_exactly(straight, -3)), 0.03);
}

/// Where a turned scan's patterns were seen, laid back on the scan, is where the probe stopped.
TEST(TurnedScan, says_which_scan_positions_a_pattern_is_the_mean_of) {
  const auto scan = simulate(small_interface(5), {5}, turned_path(-3))[0];
  const auto r = register_scan(scan, {});
  const StandardGrid grid;
  const auto sample = to_standard_grid(scan, r, grid);
  const auto is_whole = [](double steps) { return std::abs(steps - std::round(steps)) < 0.01; };
  int seen = 0;
  for (int row = 0; row < grid.along; ++row)
    for (int column = 0; column < grid.across; ++column)
      for (const auto& place : sample.seen_from[row * grid.across + column]) {
        int matches = 0;  // the cell along the interface is not told
        for (int n = -4; n <= 4; ++n) {
          const Place at = r.crystal_axes().to_scan(
              {r.interface_angstrom.value + (grid.offset_x(column) + place.across_cells) * r.cell_across_angstrom.value,
               r.column_angstrom.value + (grid.offset_y(row) + place.along_cells + n) * r.cell_along_angstrom.value});
          matches += is_whole(at.x / r.step_x_angstrom.value) && is_whole(at.y / r.step_y_angstrom.value);
        }
        EXPECT_GE(matches, 1);
        ++seen;
      }
  EXPECT_GT(seen, 4 * grid.positions());
}

TEST(TurnedScan, a_tilted_specimen_turns_the_mirror_lines_by_less_than_a_degree_and_within_the_stated_error) {
  Microscope microscope;
  microscope.specimen_tilt_x_mrad = 4;
  microscope.specimen_tilt_y_mrad = 2;
  SimulatedPath path;
  path.detector_deg = -10;
  for (const auto& scan : simulate(small_interface(40), {12, 40}, path, microscope)) {
    const auto r = register_scan(scan, {});
    EXPECT_NEAR(r.detector_rotation_deg.value, -10, 1);
    EXPECT_NEAR(r.detector_rotation_deg.value, -10, 3 * r.detector_rotation_deg.error);
  }
}

TEST(TurnedScan, a_detector_turned_by_more_than_half_a_right_angle_is_told_by_where_columns_send_the_beam) {
  auto path = turned_path(64);
  for (const auto& scan : simulate(small_interface(12), {12}, path)) {
    const auto r = register_scan(scan, {});
    EXPECT_NEAR(r.detector_rotation_deg.value, 64, 0.3);
  }
}

}  // namespace
}  // namespace terrace
