// Areas of rectangles inside a disc.
#include "microscope/aperture.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/constants.h"

namespace terrace {
namespace {

TEST(Aperture, pixels_share_out_the_whole_disc) {
  for (const double radius : {0.1, 0.5, 3.2, 17.77}) {
    double sum = 0;
    for (int y = -20; y < 20; ++y)
      for (int x = -20; x < 20; ++x) sum += area_inside_disc(radius, y + 0.3, y + 1.3, x - 0.2, x + 0.8);
    // 1,600 areas, each a difference of four numbers below πa².
    EXPECT_NEAR(sum, pi * radius * radius, 1600 * 4 * 2.3e-16 * pi * radius * radius) << radius;
  }
}

TEST(Aperture, area_is_that_counted_on_a_fine_lattice) {
  const double radius = 2.3, y0 = -1.1, y1 = 2.1, x0 = 0.7, x1 = 2.4;
  const int fine = 1000;
  double count = 0;
  for (int i = 0; i < fine; ++i)
    for (int j = 0; j < fine; ++j) {
      const double y = y0 + (i + 0.5) * (y1 - y0) / fine, x = x0 + (j + 0.5) * (x1 - x0) / fine;
      if (x * x + y * y < radius * radius) ++count;
    }
  // Only the 2,000 or so lattice cells on the arc can be counted wrongly, half of each at most.
  EXPECT_NEAR(area_inside_disc(radius, y0, y1, x0, x1), count / fine / fine * (y1 - y0) * (x1 - x0), 1e-3 * 5.44);
}

TEST(Aperture, far_inside_is_all_and_far_outside_nothing) {
  EXPECT_NEAR(area_inside_disc(5, -1, 1, 0.5, 2), 3, 1e-13);
  EXPECT_EQ(area_inside_disc(5, 4, 5, 4, 5), 0);
  EXPECT_EQ(area_inside_disc(0, -1, 1, -1, 1), 0);
}

TEST(Aperture, grows_smoothly_with_the_radius) {
  // The derivative by the radius is the length of the arc inside, here all of it or the quarter in one quadrant.
  const double h = 1e-5;
  const auto slope = [&](double radius) {
    return (area_inside_disc(radius + h, 0, 3, 0, 3) - area_inside_disc(radius - h, 0, 3, 0, 3)) / (2 * h);
  };
  EXPECT_NEAR(slope(2), pi, 1e-9);
  // Beyond the side the arc loses 2 arccos(3/a) of its angle.
  EXPECT_NEAR(slope(3.5), 3.5 * (pi / 2 - 2 * std::acos(3 / 3.5)), 1e-6);
}

}  // namespace
}  // namespace terrace
