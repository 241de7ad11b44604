#include "registration/substrate_thickness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registration/simulated_scans.h"
#include "specimen/perovskite.h"

namespace terrace {
namespace {

TEST(SubstrateThickness, is_right_to_a_nanometre_beside_an_interface) {
  // One cell of substrate, 1.9 to 2.9 cells from the interface, 8 × 8 positions of 10⁴ electrons; tilted. Four rows a
  // cell would leave interference of beams 4 · 6.4 mrad apart in the mean.
  Microscope microscope;
  microscope.specimen_tilt_y_mrad = 1;
  SimulatedPath path{.rows = 8, .columns = 16, .step_y = 3.905 / 8};
  auto scan = simulate(small_interface(40), {40}, path, microscope)[0];
  add_shot_noise(scan, 1e4, 11);
  RegistrationOptions options;
  options.interface_angstrom = simulated_plane;
  options.column_angstrom = simulated_column;
  options.interface_normal = "x";
  options.film_side = "high";
  std::string reason;
  const auto fit = substrate_thickness(scan, register_scan(scan, options), unit_cell(strontium_titanate()), 2, reason);
  ASSERT_TRUE(fit) << reason;
  EXPECT_NEAR(fit->thickness_nm.value, 40 * 0.3905, 1);
  EXPECT_NEAR(fit->tilt_y_mrad.value, 1, 0.3);
  EXPECT_NEAR(fit->tilt_x_mrad.value, 0, 0.3);
}

TEST(SubstrateThickness, a_scan_of_too_little_substrate_is_told_so) {
  const auto scan = toy_scan({.boundary = 7.0}, {}, 20, 40, 0.5);
  RegistrationOptions options;
  options.interface_angstrom = 7.0;
  options.column_angstrom = 1.3;
  options.film_side = "high";
  std::string reason;
  EXPECT_FALSE(substrate_thickness(scan, register_scan(scan, options), unit_cell(strontium_titanate()), 1, reason));
  EXPECT_THAT(reason, testing::HasSubstr("no whole cell"));
}

TEST(SubstratePattern, holds_substrate_alone) {
  // Patterns that are 1 on the substrate's side and far from the interface, and 100 elsewhere.
  auto scan = toy_scan({}, {}, 16, 60, 0.5);
  for (int y = 0; y < 16; ++y)
    for (int x = 0; x < 60; ++x)
      for (float& value : scan.pattern(y, x)) value = x * 0.5 < 15.62 - 1.5 * 3.905 ? 1 : 100;
  const auto r = register_scan(toy_scan({}, {}, 16, 60, 0.5), {});
  const auto mean = substrate_pattern(scan, r);
  ASSERT_TRUE(mean);
  for (const double value : *mean) EXPECT_NEAR(value, 1, 1e-6);
}

}  // namespace
}  // namespace terrace
