// A point spread moves intensity, makes none, and is as wide as it says.
#include "microscope/point_spread.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <vector>

namespace terrace {
namespace {

constexpr int pixels = 41, middle = 20;

std::vector<float> point(int row, int column) {
  std::vector<float> pattern(pixels * pixels);
  pattern[row * pixels + column] = 1;
  return pattern;
}

double total(const std::vector<float>& pattern) { return std::accumulate(pattern.begin(), pattern.end(), 0.0); }

TEST(PointSpread, conserves_intensity_even_in_a_corner) {
  for (const double sigma : {0.2, 1.0, 7.0, 20.0}) {
    auto pattern = point(0, 3);
    PointSpread(sigma).blur(pixels, pattern);
    EXPECT_NEAR(total(pattern), 1, 1e-5) << sigma;  // float sums of up to 250 kernel values, twice
  }
}

TEST(PointSpread, has_its_variance_along_both_axes_however_narrow) {
  for (const double sigma : {0.1, 0.3, 1.0, 2.5}) {
    auto pattern = point(middle, middle);
    PointSpread(sigma).blur(pixels, pattern);
    double along = 0, across = 0;
    for (int row = 0; row < pixels; ++row)
      for (int column = 0; column < pixels; ++column) {
        along += pattern[row * pixels + column] * std::pow(column - middle, 2);
        across += pattern[row * pixels + column] * std::pow(row - middle, 2);
      }
    EXPECT_NEAR(along / (sigma * sigma), 1, 1e-4) << sigma;
    EXPECT_NEAR(across / (sigma * sigma), 1, 1e-4) << sigma;
  }
}

TEST(PointSpread, two_in_turn_are_one_of_the_summed_variance) {
  auto twice = point(5, 17), once = point(5, 17);
  PointSpread(0.6).blur(pixels, twice);
  PointSpread(0.8).blur(pixels, twice);
  PointSpread(1.0).blur(pixels, once);
  for (int i = 0; i < pixels * pixels; ++i) EXPECT_NEAR(twice[i], once[i], 1e-6);
}

TEST(PointSpread, of_width_zero_changes_nothing) {
  auto pattern = point(3, 4);
  PointSpread(0).blur(pixels, pattern);
  EXPECT_EQ(pattern, point(3, 4));
}

TEST(PointSpread, leaves_a_flat_pattern_flat) {
  std::vector<float> pattern(pixels * pixels, 0.25f);
  PointSpread(1.7).blur(pixels, pattern);
  for (const float value : pattern) EXPECT_NEAR(value, 0.25, 1e-6);
}

}  // namespace
}  // namespace terrace
