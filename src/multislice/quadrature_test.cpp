#include "multislice/quadrature.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/constants.h"

namespace terrace {
namespace {

TEST(Quadrature, polynomials_of_degree_31_are_exact) {
  double sum = 0;
  for (const auto& [x, weight] : gauss_legendre_panels({0, 2})) sum += weight * std::pow(x, 31);
  EXPECT_NEAR(sum / (std::pow(2.0, 32) / 32), 1, 1e-13);
}

TEST(Quadrature, four_periods_a_panel_are_resolved) {
  double sum = 0;
  // Not a whole number of periods, or symmetry alone would give the answer.
  for (const auto& [x, weight] : gauss_legendre_panels({0, 1})) sum += weight * std::cos(2 * pi * 3.9 * x);
  EXPECT_NEAR(sum, std::sin(2 * pi * 3.9) / (2 * pi * 3.9), 1e-8);
}

TEST(Quadrature, graded_panels_integrate_a_logarithm) {
  double sum = 0;
  for (const auto& [r, weight] : gauss_legendre_panels(graded_edges(1e-3, 0.5, 1)))
    sum += weight * r * std::log(r) * std::log(r);
  // ∫ r ln²r over 0 … 1 = 1/4; only the first panel holds the singularity, and r there is below 1e-3.
  EXPECT_NEAR(sum, 0.25, 1e-8);
}

}  // namespace
}  // namespace terrace
