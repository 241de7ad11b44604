#include "registration/detector_orientation.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/random.h"

namespace terrace {
namespace {

/// Columns of a square crystal turned by `crystal_deg`, and the beam's centre as a detector turned by `detector_deg`
/// reads it: drawn to the columns (`pull` 1) or repelled by them (−1).
DeflectionTurn look(double detector_deg, double crystal_deg, double pull, double mirror = 1, double noise = 0) {
  constexpr int height = 24, width = 40;
  constexpr double step = 0.5, k = 2 * pi / 3.905;
  Array<double, 2> image({height, width});
  CentresOfMass centres{image, image};
  Random random(9);
  const CrystalAxes axes = CrystalAxes::from_degrees(-crystal_deg, 0);
  const double c = std::cos(detector_deg * pi / 180), s = std::sin(detector_deg * pi / 180);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      const Place at = axes.to_crystal({x * step, y * step});
      image(y, x) = std::cos(k * at.x) + std::cos(k * at.y) + 3 * std::cos(k * at.x) * std::cos(k * at.y);
      const Place push = axes.to_scan({-pull * std::sin(k * at.x) * (1 + 3 * std::cos(k * at.y)),
                                       -pull * std::sin(k * at.y) * (1 + 3 * std::cos(k * at.x))});
      centres.x(y, x) = c * push.x + s * push.y + noise * random.normal();
      centres.y(y, x) = mirror * (c * push.y - s * push.x) + noise * random.normal();
    }
  return find_deflection_turn(image, centres, step, step);
}

TEST(DetectorOrientation, the_deflection_says_the_turn_modulo_half_a_turn_however_the_crystal_lies) {
  for (const double detector : {-80.0, -10.0, 0.0, 33.0, 88.0})
    for (const double pull : {1.0, -1.0}) {
      const auto turn = look(detector, 12, pull);
      EXPECT_TRUE(turn.found);
      EXPECT_FALSE(turn.mirrored);
      // Differences over 1 Å of periods of 3.9 Å, alike in both directions but for the edges.
      EXPECT_NEAR(std::remainder(turn.angle_deg - detector, 180), 0, 3);
    }
}

TEST(DetectorOrientation, a_mirrored_detector_is_seen) {
  const auto turn = look(20, 0, 1, -1);
  EXPECT_TRUE(turn.found);
  EXPECT_TRUE(turn.mirrored);
  // Reversing the detector's rows after a turn by −20° is a turn by 20° of the reversed detector.
  EXPECT_NEAR(std::abs(turn.angle_deg), 20, 3);
}

TEST(DetectorOrientation, of_noise_no_deflection_is_read) {
  for (int height : {1, 2, 3, 24}) {
    Array<double, 2> image({height, 40});
    CentresOfMass centres{image, image};
    Random random(static_cast<std::uint64_t>(height));
    for (auto* one : {&image, &centres.x, &centres.y})
      for (double& value : *one) value = random.normal();
    EXPECT_FALSE(find_deflection_turn(image, centres, 0.5, 0.5).found) << height;
  }
}

TEST(DetectorOrientation, of_the_mirror_lines_the_one_nearest_to_zero_is_taken_unless_the_deflection_excludes_it) {
  const MirrorLines lines{.found = true, .angle_deg = 10, .error_deg = 0.1};
  EXPECT_NEAR(find_detector_turn(lines, {}, 0).angle_deg, -10, 1e-9);
  EXPECT_NEAR(find_detector_turn(lines, {}, -4).angle_deg, -6, 1e-9);
  EXPECT_NEAR(find_detector_turn(lines, {true, false, 7, 8}, 0).angle_deg, -10, 1e-9);
  EXPECT_NEAR(find_detector_turn(lines, {true, false, 30, 8}, 0).angle_deg, 35, 1e-9);
  EXPECT_NEAR(find_detector_turn(lines, {true, false, 85, 8}, 0).angle_deg, 80, 1e-9);
  EXPECT_FALSE(find_detector_turn(lines, {}, 0).reason.empty());
}

TEST(DetectorOrientation, an_open_turn_is_said_as_rounded) {
  const auto turn = find_detector_turn({.found = true, .angle_deg = -7.96, .error_deg = 0.1}, {}, 0);
  EXPECT_NE(turn.reason.find("turned by 8.0°"), std::string::npos) << turn.reason;
}

TEST(DetectorOrientation, without_mirror_lines_no_turn_is_claimed_and_it_is_said) {
  const auto turn = find_detector_turn({}, {true, false, 40, 5}, 0);
  EXPECT_FALSE(turn.found);
  EXPECT_EQ(turn.angle_deg, 0);
  EXPECT_FALSE(turn.reason.empty());
}

TEST(DetectorOrientation, turns_within_the_error_are_none) {
  EXPECT_EQ(find_detector_turn({.found = true, .angle_deg = 0.3, .error_deg = 0.2}, {}, 0).angle_deg, 0);
  EXPECT_NE(find_detector_turn({.found = true, .angle_deg = 0.3, .error_deg = 0.1}, {}, 0).angle_deg, 0);
}

}  // namespace
}  // namespace terrace
