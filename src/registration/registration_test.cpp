// A scan is laid on its crystal by its patterns alone: toy crystals with known answers, and other programs' stacks.
#include "registration/registration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "registration/test_scans.h"

namespace terrace {
namespace {

using testing::HasSubstr;

constexpr double cell = 3.905;

std::string all_reasons(const Registration& registration) {
  std::string text;
  for (const auto& reason : registration.reasons) text += reason + "\n";
  return text;
}

/// Distance from `position` to the nearest place equal to `column` up to whole cells.
double off_column(double position, double column) { return std::remainder(position - column, cell); }

void expect_toy_found(const Registration& r, double plane, const std::string& side, double tolerance) {
  EXPECT_TRUE(r.usable()) << all_reasons(r);
  EXPECT_EQ(r.film_side, side);
  EXPECT_NEAR(r.interface_angstrom.value, plane, tolerance);
  EXPECT_NEAR(off_column(r.column_angstrom.value, 1.3), 0, tolerance);
}

TEST(Registration, fine_scans_are_placed_to_a_hundredth_of_a_cell) {
  const auto r = register_scan(toy_scan({}, {}, 24, 80, 0.4), {});
  expect_toy_found(r, 15.62, "high", 0.01 * cell);
  EXPECT_NEAR(r.cell_along_angstrom.value, cell, 0.01);
  EXPECT_NEAR(r.cell_across_angstrom.value, cell, 0.02);
  EXPECT_NEAR(r.film_cell_angstrom.value, 3.73, 0.02);
  EXPECT_NEAR(r.boundary_angstrom.value, 15.62, 0.1 * cell);
}

TEST(Registration, four_positions_a_cell_are_enough_for_a_twentieth_of_a_cell) {
  expect_toy_found(register_scan(toy_scan({}, {}, 12, 32, 0.97625), {}), 15.62, "high", 0.05 * cell);
}

TEST(Registration, counting_noise_of_1000_electrons_keeps_a_tenth_of_a_cell) {
  for (int seed = 1; seed <= 3; ++seed) {
    auto scan = toy_scan({}, {}, 24, 64, 0.5);
    add_shot_noise(scan, 1000, seed);
    expect_toy_found(register_scan(scan, {}), 15.62, "high", 0.1 * cell);
  }
}

TEST(Registration, a_film_at_the_other_end_is_seen_there) {
  const auto scan = mirrored(toy_scan({}, {}, 24, 80, 0.4));
  expect_toy_found(register_scan(scan, {}), 79 * 0.4 - 15.62, "low", 0.02 * cell);
}

TEST(Registration, an_interface_along_the_other_axis_is_seen) {
  const auto r = register_scan(transposed(toy_scan({}, {}, 40, 80, 0.4)), {});
  EXPECT_EQ(r.interface_normal, "y");
  expect_toy_found(r, 15.62, "high", 0.02 * cell);
}

TEST(Registration, turned_sheared_and_stretched_scans_are_placed_to_a_twentieth_of_a_cell) {
  for (const double turn : {-12.0, 3.0, 15.0})
    for (const double shear : {0.0, 1.2}) {
      const ToyPath path{CrystalAxes::from_degrees(turn, shear), 1.02};
      const auto r = register_scan(toy_scan({}, {}, 40, 80, 0.4, path), {});
      ASSERT_TRUE(r.usable()) << turn << ' ' << shear << ' ' << all_reasons(r);
      EXPECT_NEAR(r.scan_rotation_deg.value, turn, 0.3);
      EXPECT_NEAR(r.scan_shear_deg.value, shear, 0.3);
      EXPECT_NEAR(r.interface_angstrom.value * 1.02, 15.62, 0.05 * cell) << turn << ' ' << shear;
      EXPECT_NEAR(off_column(r.column_angstrom.value * 1.02, 1.3), 0, 0.05 * cell);
      EXPECT_NEAR(r.cell_across_angstrom.value * 1.02, cell, 0.02 * cell);
      EXPECT_NEAR(r.cell_along_angstrom.value * 1.02, cell, 0.01 * cell);
    }
}

TEST(Registration, a_turned_scan_along_the_other_axis_or_with_the_film_low_is_placed_as_well) {
  const auto scan = toy_scan({}, {}, 40, 80, 0.4, {CrystalAxes::from_degrees(6, 1)});
  const auto turned = register_scan(transposed(scan), {});
  EXPECT_EQ(turned.interface_normal, "y");
  EXPECT_NEAR(turned.scan_rotation_deg.value, -6, 0.3);
  EXPECT_NEAR(turned.scan_shear_deg.value, 1, 0.3);
  expect_toy_found(turned, 15.62, "high", 0.05 * cell);
  const auto back = register_scan(mirrored(scan), {});
  EXPECT_EQ(back.film_side, "low");
  EXPECT_NEAR(back.scan_rotation_deg.value, -6, 0.3);
}

TEST(Registration, a_given_turn_and_shear_are_taken) {
  RegistrationOptions options;
  options.scan_rotation_deg = 95;
  options.scan_shear_deg = 0;
  const auto r = register_scan(toy_scan({}, {}, 24, 80, 0.4, {CrystalAxes::from_degrees(5, 0)}), options);
  EXPECT_EQ(r.scan_rotation_deg.value, 5);
  EXPECT_EQ(r.scan_rotation_deg.source, "given");
  expect_toy_found(r, 15.62, "high", 0.05 * cell);
}

TEST(Registration, a_buried_step_moves_the_mean_boundary_by_its_share) {
  for (const double share : {0.25, 0.75}) {
    ToyCrystal crystal;
    crystal.converted_share = share;
    const auto r = register_scan(toy_scan(crystal, {}, 24, 80, 0.4), {});
    EXPECT_NEAR(r.boundary_angstrom.value, 15.62 + share * 3.73, 0.15 * cell);
    // The plane's position comes from lines through both sides, which kink one cell earlier than the plane that is
    // nearest to the boundary: half of 3.905 − 3.73 Å.
    EXPECT_NEAR(r.interface_angstrom.value, share < 0.5 ? 15.62 : 15.62 + 3.73, 0.1);
  }
}

TEST(Registration, a_diffuse_interface_keeps_its_middle) {
  ToyCrystal crystal;
  crystal.mixed_cells = 1.2;
  const auto r = register_scan(toy_scan(crystal, {}, 24, 80, 0.4), {});
  EXPECT_NEAR(r.interface_angstrom.value, 15.62, 0.03 * cell);
  EXPECT_NEAR(r.boundary_angstrom.value, 15.62, 0.3 * cell);
}

TEST(Registration, a_uniform_crystal_has_no_interface_and_says_so) {
  ToyCrystal crystal;
  crystal.film_a = crystal.substrate_a;
  crystal.film_b = crystal.substrate_b;
  crystal.film_cell = crystal.substrate_cell;
  for (int seed = 0; seed <= 4; ++seed) {
    auto scan = toy_scan(crystal, {}, 24, 80, 0.4);
    if (seed) add_shot_noise(scan, 1e4, seed);
    const auto r = register_scan(scan, {});
    EXPECT_FALSE(r.usable()) << seed << ' ' << r.interface_angstrom.value;
    EXPECT_TRUE(r.column_angstrom.known());
    EXPECT_THAT(all_reasons(r), HasSubstr("no interface"));
  }
}

TEST(Registration, a_turned_crystal_without_interface_has_none_either) {
  ToyCrystal crystal;
  crystal.film_a = crystal.substrate_a;
  crystal.film_b = crystal.substrate_b;
  crystal.film_cell = crystal.substrate_cell;
  for (const double turn : {-14.0, 5.0}) {
    auto scan = toy_scan(crystal, {}, 40, 60, 0.45, {CrystalAxes::from_degrees(turn, 1.5), 0.98});
    add_shot_noise(scan, 1e4, 2);
    const auto r = register_scan(scan, {});
    EXPECT_FALSE(r.usable()) << turn << ' ' << r.interface_angstrom.value;
    EXPECT_NEAR(r.scan_rotation_deg.value, turn, 0.3);
    EXPECT_THAT(all_reasons(r), HasSubstr("no interface"));
  }
}

TEST(Registration, a_turned_scan_of_1000_electrons_keeps_a_tenth_of_a_cell) {
  auto scan = toy_scan({}, {}, 40, 64, 0.5, {CrystalAxes::from_degrees(-7, 0.8)});
  add_shot_noise(scan, 1000, 4);
  expect_toy_found(register_scan(scan, {}), 15.62, "high", 0.1 * cell);
}

TEST(Registration, a_specimen_without_lattice_is_not_given_one) {
  ToyCrystal vacuum;
  vacuum.film_a = vacuum.film_b = vacuum.substrate_a = vacuum.substrate_b = 0;
  for (int seed = 0; seed <= 4; ++seed) {
    auto scan = toy_scan(vacuum, {}, 24, 64, 0.5);
    if (seed) add_shot_noise(scan, 1e4, seed);
    const auto r = register_scan(scan, {});
    EXPECT_FALSE(r.usable()) << seed;
    EXPECT_FALSE(r.interface_angstrom.known()) << seed;
    EXPECT_FALSE(r.reasons.empty());
  }
}

TEST(Registration, what_is_given_is_taken) {
  RegistrationOptions options;
  options.centre_row = 19;
  options.centre_column = 21;
  options.interface_angstrom = 11.715;
  options.column_angstrom = 1.25;
  options.film_side = "low";
  options.interface_normal = "x";
  const auto r = register_scan(toy_scan({}, {}, 24, 80, 0.4), options);
  EXPECT_TRUE(r.usable());
  EXPECT_EQ(r.centre_row.value, 19);
  EXPECT_EQ(r.centre_column.value, 21);
  EXPECT_EQ(r.interface_angstrom.value, 11.715);
  EXPECT_EQ(r.interface_angstrom.source, "given");
  EXPECT_EQ(r.column_angstrom.value, 1.25);
  EXPECT_EQ(r.film_side, "low");
}

TEST(Registration, one_given_coordinate_of_the_beam_is_taken_and_the_other_measured) {
  const auto scan = toy_scan({}, {}, 12, 40, 0.5);
  RegistrationOptions row_given, column_given;
  row_given.centre_row = 19;
  column_given.centre_column = 21;
  auto r = register_scan(scan, row_given);
  EXPECT_EQ(r.centre_row.value, 19);
  EXPECT_EQ(r.centre_row.source, "given");
  EXPECT_NEAR(r.centre_column.value, 20.3, 0.1);
  EXPECT_EQ(r.centre_column.source, "measured");
  r = register_scan(scan, column_given);
  EXPECT_NEAR(r.centre_row.value, 19.6, 0.1);
  EXPECT_EQ(r.centre_column.value, 21);
}

TEST(Registration, numbers_in_reasons_are_rounded) {
  auto scan = toy_scan({}, {}, 12, 40, 0.5);
  scan.info().centre_row = 25.678;
  scan.info().centre_column = 20;
  EXPECT_THAT(all_reasons(register_scan(scan, {})), HasSubstr("at row 25.68, column 20.00"));
}

TEST(Registration, too_few_rows_are_named_with_what_is_needed) {
  EXPECT_THAT(all_reasons(register_scan(toy_scan({}, {}, 2, 40, 0.5), {})),
              HasSubstr("0.6 cells and 3 rows are needed"));
}

TEST(Registration, the_disc_gives_whichever_of_scale_and_semiangle_is_missing) {
  auto scan = toy_scan({}, {}, 12, 40, 0.5);
  scan.info().mrad_per_pixel_x = scan.info().mrad_per_pixel_y = 0;
  EXPECT_NEAR(register_scan(scan, {}).mrad_per_pixel_x.value, 2, 0.02);
  scan.info().mrad_per_pixel_x = 2;
  scan.info().semiangle_mrad = 0;
  EXPECT_NEAR(register_scan(scan, {}).semiangle_mrad.value, 20, 0.2);
}

TEST(Registration, patterns_without_intensity_are_named_before_what_they_cannot_give) {
  auto scan = toy_scan({}, {}, 4, 8, 0.97625);
  scan.info().semiangle_mrad = 0;
  for (float& value : scan.patterns) value = -1;
  EXPECT_THAT(register_scan(scan, {}).missing(), HasSubstr("no intensity"));
}

TEST(Registration, a_calibration_that_contradicts_the_disc_is_named) {
  auto scan = toy_scan({}, {}, 12, 40, 0.5);
  scan.info().semiangle_mrad = 25;
  EXPECT_THAT(all_reasons(register_scan(scan, {})), HasSubstr("bright-field disc"));
}

TEST(Registration, an_uncalibrated_scan_is_refused_with_what_to_give) {
  auto scan = toy_scan({}, {}, 4, 8, 0.5);
  auto bare = scan.info();
  scan.info().mrad_per_pixel_x = scan.info().mrad_per_pixel_y = scan.info().semiangle_mrad = 0;
  try {
    register_scan(scan, {});
    FAIL() << "an uncalibrated scan was registered";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("semiangle_mrad"));
  }
  bare.step_x_angstrom = bare.step_y_angstrom = 0;
  scan.info() = bare;
  EXPECT_THROW(register_scan(scan, {}), InputError);
}

TEST(Registration, faulty_pixels_do_not_move_the_answer) {
  auto scan = toy_scan({}, {}, 24, 80, 0.4);
  for (int y = 0; y < 24; ++y)
    for (int x = 0; x < 80; ++x) {
      scan.pattern(y, x)[18 * 40 + 15] = 0;
      scan.pattern(y, x)[6 * 40 + 30] = 0.5f * ((x * 7 + y) % 5);
    }
  const auto r = register_scan(scan, {});
  EXPECT_EQ(r.faulty_pixels.size(), 2u);
  expect_toy_found(r, 15.62, "high", 0.02 * cell);
}

// The stacks cover 1.8 cells across with a step buried half-way, so that the mean boundary lies half-way between the
// two planes they show: the lattice can be found to a few hundredths of a cell, the interface cannot, and that is said.
TEST(Registration, in_other_programs_stacks_the_lattice_is_found_and_the_interface_doubted) {
  for (const char* name :
       {"mustem_wk_hard", "fp4_abtem_lobato_soft", "prismatic_kirkland_3dp_soft", "abtem_lobato_soft"}) {
    const auto scan = reference_scan(name);
    if (!scan) GTEST_SKIP() << "the reference stacks are absent";
    const auto r = register_scan(*scan, {});
    EXPECT_NEAR(off_column(r.column_angstrom.value, 0), 0, 0.02) << name;
    ASSERT_EQ(r.planes.size(), 3u) << name;
    EXPECT_NEAR(r.planes[1].position, 15.62 - 13.36125, 0.05) << name;
    EXPECT_NEAR(r.planes[2].position, 15.62 + 3.73 - 13.36125, 0.05) << name;
    EXPECT_EQ(r.film_side, "high") << name;
    EXPECT_GT(r.boundary_angstrom.error, cell) << name;
    EXPECT_THAT(all_reasons(r), HasSubstr("a cell off")) << name;
  }
}

}  // namespace
}  // namespace terrace
