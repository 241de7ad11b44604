// Normal equations settle what the equations settle, and say so where they do not.
#include "registration/least_squares.h"

#include <gtest/gtest.h>

#include <cmath>

namespace terrace {
namespace {

TEST(LeastSquares, exact_equations_give_back_their_unknowns) {
  LeastSquares equations(3);
  for (int i = 0; i < 9; ++i) {
    const double t = 0.4 * i;
    equations.add({1, std::cos(t), std::sin(t)}, 2 - 3 * std::cos(t) + 0.5 * std::sin(t), 1 + i % 2);
  }
  const auto fit = equations.solve();
  ASSERT_EQ(fit.size(), 3u);
  EXPECT_NEAR(fit[0], 2, 1e-12);
  EXPECT_NEAR(fit[1], -3, 1e-12);
  EXPECT_NEAR(fit[2], 0.5, 1e-12);
}

TEST(LeastSquares, the_mean_of_n_values_has_variance_one_over_n) {
  LeastSquares equations(1);
  for (int i = 0; i < 16; ++i) equations.add({1}, i);
  EXPECT_NEAR(equations.variances().at(0), 1.0 / 16, 1e-15);
}

TEST(LeastSquares, equations_that_do_not_settle_the_unknowns_give_none) {
  LeastSquares equations(2);
  for (int i = 0; i < 5; ++i) equations.add({1, 2}, i);
  EXPECT_TRUE(equations.solve().empty());
}

}  // namespace
}  // namespace terrace
