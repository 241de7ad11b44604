#include "core/bilinear.h"

#include <gtest/gtest.h>

namespace terrace {
namespace {

TEST(Bilinear, gives_back_a_function_that_is_bilinear) {
  const auto value = [](double y, double x) { return 3 - 2 * y + 0.5 * x + 0.25 * x * y; };
  Array<double, 2> image({4, 5});
  for (int y = 0; y < 4; ++y)
    for (int x = 0; x < 5; ++x) image(y, x) = value(y, x);
  for (const double fy : {0.0, 0.3, 1.0})
    for (const double fx : {0.0, 0.7, 1.0})
      EXPECT_NEAR(bilinear(image, 2, 3, fy, fx), value(2 + fy, 3 + fx), 1e-14);  // a few roundings of numbers below 10
}

}  // namespace
}  // namespace terrace
