// Turned and sheared scans are seen as such, by the image of their columns alone.
#include "registration/scan_distortion.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/random.h"
#include "registration/test_scans.h"

namespace terrace {
namespace {

constexpr double cell = 3.905, degree = pi / 180;

Array<double, 2> toy_image(const ToyCrystal& crystal, int height, int width, double step, const ToyPath& path,
                           double noise = 0) {
  Array<double, 2> image({height, width});
  Random random(3);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      const Place place = path.axes.to_crystal({x * step * path.scale, y * step * path.scale});
      image(y, x) = crystal.loss(place.x, place.y) + noise * random.normal();
    }
  return image;
}

void expect_axes(const ScanDistortion& found, const CrystalAxes& axes, double tolerance_deg) {
  EXPECT_TRUE(found.sheared()) << axes.x_angle / degree << ' ' << axes.y_angle / degree << ' ' << found.reason;
  EXPECT_NEAR(found.axes.x_angle / degree, axes.x_angle / degree, tolerance_deg);
  EXPECT_NEAR(found.axes.y_angle / degree, axes.y_angle / degree, tolerance_deg);
}

TEST(ScanDistortion, turns_to_forty_degrees_and_shears_are_found_to_a_fifth_of_a_degree) {
  for (const double turn : {-40.0, -20.0, -15.0, -3.0, 0.0, 1.0, 7.5, 15.0, 30.0})
    for (const double shear : {-2.0, 0.0, 1.2}) {
      const auto axes = CrystalAxes::from_degrees(turn, shear);
      expect_axes(find_scan_distortion(toy_image({}, 40, 60, 0.45, {axes}), 0.45, 0.45, cell), axes, 0.2);
    }
}

TEST(ScanDistortion, a_wrong_scan_step_and_noise_do_not_matter) {
  const auto axes = CrystalAxes::from_degrees(6, 1.2);
  for (const double scale : {0.92, 0.98, 1.02, 1.08})
    // Columns stand 0.3 out of their surroundings; 0.03 is what 1,000 electrons a pattern leave.
    expect_axes(find_scan_distortion(toy_image({}, 40, 60, 0.45, {axes, scale}, 0.03), 0.45, 0.45, cell), axes, 0.3);
}

TEST(ScanDistortion, four_positions_a_cell_are_enough) {
  const auto axes = CrystalAxes::from_degrees(-8, 1);
  expect_axes(find_scan_distortion(toy_image({}, 24, 40, cell / 4, {axes}), cell / 4, cell / 4, cell), axes, 0.3);
}

TEST(ScanDistortion, a_straight_scan_is_left_exactly_straight) {
  for (const double noise : {0.0, 0.01, 0.03})
    EXPECT_TRUE(find_scan_distortion(toy_image({}, 24, 80, 0.4, {}, noise), 0.4, 0.4, cell).axes.straight()) << noise;
}

TEST(ScanDistortion, one_cell_along_the_interface_tells_the_turn_and_says_that_shear_is_unknown) {
  const auto axes = CrystalAxes::from_degrees(3, 0);
  const auto found = find_scan_distortion(toy_image({}, 8, 60, 0.49, {axes}), 0.49, 0.49, cell);
  EXPECT_TRUE(found.turned());
  EXPECT_FALSE(found.sheared());
  EXPECT_NEAR(found.axes.rotation_deg(), 3, 0.3);
  EXPECT_FALSE(found.reason.empty());
}

TEST(ScanDistortion, noise_and_flat_images_are_taken_as_straight_and_it_is_said) {
  ToyCrystal vacuum;
  vacuum.film_a = vacuum.film_b = vacuum.substrate_a = vacuum.substrate_b = 0;
  for (const double noise : {0.0, 0.01})
    for (const int height : {4, 40}) {
      const auto found = find_scan_distortion(toy_image(vacuum, height, 60, 0.5, {}, noise), 0.5, 0.5, cell);
      EXPECT_TRUE(found.axes.straight());
      EXPECT_FALSE(found.turned());
      EXPECT_FALSE(found.reason.empty());
    }
}

TEST(ScanDistortion, scans_of_odd_shapes_are_no_trouble) {
  for (const int height : {1, 2, 3, 7, 200})
    for (const int width : {1, 2, 5, 11}) {
      const auto found = find_scan_distortion(toy_image({}, height, width, 0.5, {}), 0.5, 0.5, cell);
      EXPECT_TRUE(found.turned() || !found.reason.empty()) << height << ' ' << width;
    }
}

}  // namespace
}  // namespace terrace
