// The disc is found where it was put, however lopsided its brightness.
#include "registration/pattern_disc.h"

#include <gtest/gtest.h>

#include "registration/test_scans.h"
#include "registration/virtual_images.h"

namespace terrace {
namespace {

Array<double, 2> mean_of_toy(const ToyCamera& camera) {
  return mean_pattern(toy_scan({}, camera, 8, 16, 0.5), 1 << 20);
}

TEST(PatternDisc, centre_and_radius_are_found_to_a_tenth_of_a_pixel) {
  for (const double lopsided : {0.0, 0.3}) {
    ToyCamera camera;
    camera.lopsided = lopsided;
    const auto disc = find_disc(mean_of_toy(camera), 1);
    ASSERT_TRUE(disc.found);
    EXPECT_NEAR(disc.row, 19.6, 0.1);
    EXPECT_NEAR(disc.column, 20.3, 0.1);
    EXPECT_NEAR(disc.radius, 10, 0.1);
  }
}

TEST(PatternDisc, rectangular_pixels_make_an_ellipse_that_is_fitted_as_a_circle) {
  const ToyCamera camera{
      .height = 60, .width = 40, .mrad_per_pixel_y = 1.4, .mrad_per_pixel_x = 2.1, .row = 31.2, .column = 18.7};
  const auto disc = find_disc(mean_of_toy(camera), 1.4 / 2.1);
  ASSERT_TRUE(disc.found);
  EXPECT_NEAR(disc.row, 31.2, 0.1);
  EXPECT_NEAR(disc.column, 18.7, 0.1);
  EXPECT_NEAR(disc.radius, 20 / 2.1, 0.1);
}

/// A disc of even brightness, every pixel as full as its area is covered.
Array<double, 2> even_disc(double row, double column, double radius) {
  const ToyCamera camera{
      .height = 32, .width = 32, .mrad_per_pixel_y = 1, .mrad_per_pixel_x = 1, .row = row, .column = column};
  Array<double, 2> pattern({camera.height, camera.width});
  for (int y = 0; y < camera.height; ++y)
    for (int x = 0; x < camera.width; ++x) pattern(y, x) = disc_share(camera, y, x, radius);
  return pattern;
}

TEST(PatternDisc, discs_of_three_pixels_and_more_are_found_on_and_off_pixel_centres) {
  for (const double radius : {3.0, 4.0, 5.0, 5.5, 6.0, 6.5, 7.0, 7.5, 8.0})
    for (const double off : {0.0, 0.3, 0.5}) {
      const auto disc = find_disc(even_disc(15 + off, 16 - off / 2, radius), 1);
      ASSERT_TRUE(disc.found) << radius << ' ' << off;
      EXPECT_NEAR(disc.row, 15 + off, 0.1) << radius;
      EXPECT_NEAR(disc.column, 16 - off / 2, 0.1) << radius;
      EXPECT_NEAR(disc.radius, radius, radius < 4 ? 0.2 : 0.1) << off;
      EXPECT_GT(disc.radius_error, 0.002) << radius;
      EXPECT_LT(disc.radius_error, 0.1) << radius;
    }
}

TEST(PatternDisc, a_flat_pattern_has_no_disc) {
  Array<double, 2> flat({30, 30});
  for (double& value : flat) value = 3;
  EXPECT_FALSE(find_disc(flat, 1).found);
  EXPECT_FALSE(find_disc(Array<double, 2>({30, 30}), 1).found);
}

TEST(PatternDisc, patterns_of_other_programs_are_centred_to_a_tenth_of_a_pixel) {
  for (const char* name :
       {"mustem_wk_hard", "fp4_abtem_lobato_soft", "prismatic_kirkland_3dp_soft", "abtem_lobato_soft"}) {
    const auto scan = reference_scan(name);
    if (!scan) GTEST_SKIP() << "the reference stacks are absent";
    const auto& info = scan->info();
    const auto disc = find_disc(mean_pattern(*scan, 1 << 20), info.mrad_per_pixel_y / info.mrad_per_pixel_x);
    ASSERT_TRUE(disc.found);
    EXPECT_NEAR(disc.row, 51, 0.1) << name;
    EXPECT_NEAR(disc.column, 50, 0.1) << name;
    // The aperture's edge lies between pixels of 0.8 mrad.
    EXPECT_NEAR(disc.radius * info.mrad_per_pixel_x, 20, 0.5 * info.mrad_per_pixel_x) << name;
  }
}

}  // namespace
}  // namespace terrace
