#include "registration/virtual_images.h"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <numeric>

#include "core/constants.h"

namespace terrace {
namespace {

TEST(WholeCells, weights_sum_to_one_and_leave_nothing_of_the_lattice) {
  for (const double length : {1.0, 1.6, 2.05, 3.3, 7.9}) {
    constexpr double cell = 3.905, step = 0.2;
    const int count = static_cast<int>(std::ceil(length * cell / step));
    const auto weights = whole_cell_weights(count, step, cell);
    ASSERT_EQ(static_cast<int>(weights.size()), count);
    EXPECT_NEAR(std::accumulate(weights.begin(), weights.end(), 0.0), 1, 1e-9);
    std::complex<double> left = 0;
    for (int i = 0; i < count; ++i) left += weights[i] * std::polar(1.0, 2 * pi * i * step / cell);
    // Exact but for positions that stand for the step around them: (π step / cell)² / 6 at worst.
    EXPECT_LT(std::abs(left), 0.005) << length;
  }
}

TEST(WholeCells, less_than_a_cell_counts_as_it_is) {
  for (const double weight : whole_cell_weights(5, 0.5, 3.905)) EXPECT_EQ(weight, 0.2);
}

}  // namespace
}  // namespace terrace
