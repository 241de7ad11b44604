#include "registration/square_pixels.h"

#include <gtest/gtest.h>

#include <cmath>

namespace terrace {
namespace {

TEST(SquarePixels, a_round_spot_stays_where_it_is_and_becomes_round) {
  // Pixels of 1 × 1.5 mrad; a Gaussian of 6 mrad on row 30.2, column 20.7.
  Array<double, 2> pattern({60, 44});
  for (int y = 0; y < 60; ++y)
    for (int x = 0; x < 44; ++x)
      pattern(y, x) = std::exp(-(std::pow(y - 30.2, 2) + std::pow(1.5 * (x - 20.7), 2)) / 72);
  const SquarePixels square(1, 1.5);
  ASSERT_TRUE(square.changes());
  EXPECT_EQ(square.mrad_per_pixel(), 1.5);
  const auto laid = square.laid(pattern);
  EXPECT_EQ(laid.extent(0), 40);
  EXPECT_EQ(laid.extent(1), 44);
  double sum = 0, before = 0, y1 = 0, x1 = 0, y2 = 0, x2 = 0;
  for (const double value : pattern) before += value;
  for (int y = 0; y < 40; ++y)
    for (int x = 0; x < 44; ++x) {
      sum += laid(y, x);
      y1 += y * laid(y, x), x1 += x * laid(y, x);
      y2 += y * y * laid(y, x), x2 += x * x * laid(y, x);
    }
  EXPECT_NEAR(sum / before, 1, 1e-5);  // floats
  EXPECT_NEAR(y1 / sum, square.row(30.2), 0.01);
  EXPECT_NEAR(x1 / sum, square.column(20.7), 0.01);
  EXPECT_NEAR(square.detector_row(square.row(30.2)), 30.2, 1e-12);
  // Sharing out adds the variances of the pixels, 1/12 in all, to (6 / 1.5)².
  EXPECT_NEAR(y2 / sum - std::pow(y1 / sum, 2), 16, 0.2);
  EXPECT_NEAR(x2 / sum - std::pow(x1 / sum, 2), 16, 0.2);
}

TEST(SquarePixels, square_and_unknown_pixels_stay_as_they_are) {
  Array<double, 2> pattern({3, 4});
  pattern(1, 2) = 5;
  for (const SquarePixels& square : {SquarePixels(1, 1), SquarePixels(0, 0), SquarePixels(1.005, 1)}) {
    EXPECT_FALSE(square.changes());
    EXPECT_EQ(square.laid(pattern)(1, 2), 5);
    EXPECT_EQ(square.row(1), 1);
  }
}

}  // namespace
}  // namespace terrace
