#include "registration/mirror_lines.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/constants.h"
#include "core/random.h"

namespace terrace {
namespace {

constexpr PatternScale scale{31.7, 32.4, 1.25, 1.25, 20, 38};

/// A disc of 20 mrad on a foot, its fourfold part `depth` deep and turned by `degrees`, and a tilt's onefold part.
Array<double, 2> pattern_of(double degrees, double depth, double onefold = 0.1, double electrons = 0) {
  Array<double, 2> pattern({64, 64});
  Random random(5);
  for (int row = 0; row < 64; ++row)
    for (int column = 0; column < 64; ++column) {
      const double y = (row - scale.centre_row) * scale.mrad_y, x = (column - scale.centre_column) * scale.mrad_x;
      const double r = std::hypot(y, x), angle = std::atan2(y, x) - degrees * pi / 180;
      const double envelope = 1 / (1 + std::exp((r - 20) / 0.8)) + 0.03 * std::exp(-r / 30);
      const double fourfold = std::cos(4 * angle) * std::sin(r / 4) + 0.5 * std::cos(8 * angle) * std::sin(r / 3);
      const double value =
          envelope *
          (1 + r / 20 * (depth * fourfold + onefold * std::cos(angle + 1) + onefold * std::cos(2 * angle + 2)));
      pattern(row, column) = electrons > 0 ? static_cast<double>(random.poisson(value * electrons)) : value;
    }
  return pattern;
}

TEST(MirrorLines, any_angle_is_found_modulo_45_degrees_whatever_odd_harmonics_are_there) {
  for (const double angle : {-80.0, -22.0, -7.0, 0.0, 3.3, 20.0, 51.0}) {
    const auto lines = find_mirror_lines(pattern_of(angle, 0.05), scale);
    EXPECT_TRUE(lines.found) << angle;
    // The goal; a slope across the disc's edge, on square pixels, takes most of it.
    EXPECT_NEAR(std::remainder(lines.angle_deg - angle, 45), 0, 0.3) << angle;
  }
}

TEST(MirrorLines, a_centre_off_by_a_fifth_of_a_pixel_hardly_matters) {
  auto off = scale;
  off.centre_row += 0.2;
  off.centre_column -= 0.2;
  EXPECT_NEAR(find_mirror_lines(pattern_of(7, 0.05), off).angle_deg, 7, 0.3);
}

TEST(MirrorLines, counting_noise_stays_within_the_stated_error) {
  // 1,000 electrons a pixel: the mean pattern of a hundred patterns of 10,000 electrons.
  const auto lines = find_mirror_lines(pattern_of(7, 0.05, 0.1, 1000), scale);
  ASSERT_TRUE(lines.found);
  EXPECT_LT(lines.error_deg, 1);
  EXPECT_NEAR(lines.angle_deg, 7, 4 * lines.error_deg);
}

TEST(MirrorLines, patterns_without_fourfold_structure_have_none) {
  EXPECT_FALSE(find_mirror_lines(pattern_of(0, 0), scale).found);
  for (const double electrons : {5.0, 1000.0})
    EXPECT_FALSE(find_mirror_lines(pattern_of(0, 0, 0.1, electrons), scale).found) << electrons;
  EXPECT_FALSE(find_mirror_lines(Array<double, 2>({64, 64}), scale).found);
}

TEST(MirrorLines, detectors_too_small_for_a_ring_have_none) {
  const Array<double, 2> tiny({2, 3});
  EXPECT_FALSE(find_mirror_lines(tiny, {1, 1, 20, 20, 20, 30}).found);
}

}  // namespace
}  // namespace terrace
