#include "multislice/structure_factor.h"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <vector>

#include "core/constants.h"
#include "core/random.h"

namespace terrace {
namespace {

const Grid grid{48, 80, 7.81, 11.3};

std::vector<Scatterer> anywhere(int count) {
  std::vector<Scatterer> scatterers;
  Random random(7);
  for (int i = 0; i < count; ++i)
    scatterers.push_back({random.uniform(-2, 13), random.uniform(-2, 9), random.uniform(0.1, 1)});
  return scatterers;
}

Quadrant ones() {
  auto quadrant = make_quadrant(grid);
  for (auto& value : quadrant) value = 1;
  return quadrant;
}

Array<Complex, 2> plane_of(const std::vector<Scatterer>& scatterers) {
  const auto weight = ones();
  auto spectrum = make_quadrant_spectrum(grid);
  const WeightedSum sum{&weight, &spectrum};
  add_structure_factor(scatterers, grid, {&sum, 1});
  Array<Complex, 2> plane({grid.height, grid.width});
  unfold(spectrum, nullptr, grid, plane.span());
  return plane;
}

std::complex<double> direct_sum(const std::vector<Scatterer>& scatterers, double ky, double kx) {
  std::complex<double> sum = 0;
  for (const auto& [x, y, weight] : scatterers) sum += weight * std::polar(1.0, -2 * pi * (kx * x + ky * y));
  return sum;
}

void expect_equals_direct_sum(const std::vector<Scatterer>& scatterers) {
  const auto plane = plane_of(scatterers);
  for (int y = 0; y < grid.height; ++y)
    for (int x = 0; x < grid.width; ++x) {
      const double ky = grid.frequency_y(y), kx = grid.frequency_x(x);
      const bool nyquist = 2 * y == grid.height || 2 * x == grid.width;
      const auto expected = nyquist ? 0 : direct_sum(scatterers, ky, kx);
      // The sum is rounded once to float: 6e-8 of at most `count`.
      EXPECT_NEAR(std::abs(std::complex<double>(plane(y, x)) - expected), 0, 1e-7 * scatterers.size()) << y << ' ' << x;
    }
}

TEST(StructureFactor, equals_the_sum_over_atoms_anywhere) {
  for (const int count : {1, 2, 17}) expect_equals_direct_sum(anywhere(count));
}

TEST(StructureFactor, equals_the_sum_over_atoms_in_columns) {
  std::vector<Scatterer> rows, columns;
  for (const auto& [x, y, weight] : anywhere(12))
    for (const double other : {0.3, 1.7, 5.2}) {
      rows.push_back({x, other, weight});
      columns.push_back({other, y, weight});
    }
  expect_equals_direct_sum(rows);
  expect_equals_direct_sum(columns);
}

TEST(StructureFactor, two_fields_share_one_plane_as_real_and_imaginary_part) {
  const auto weight = ones();
  auto first = make_quadrant_spectrum(grid), second = make_quadrant_spectrum(grid);
  const auto scatterers = anywhere(5), others = anywhere(9);
  const WeightedSum sum_first{&weight, &first}, sum_second{&weight, &second};
  add_structure_factor(scatterers, grid, {&sum_first, 1});
  add_structure_factor(others, grid, {&sum_second, 1});
  Array<Complex, 2> both({grid.height, grid.width});
  unfold(first, &second, grid, both.span());
  const auto real = plane_of(scatterers), imaginary = plane_of(others);
  for (std::int64_t i = 0; i < both.size(); ++i)
    EXPECT_NEAR(std::abs(both.data()[i] - (real.data()[i] + Complex(0, 1) * imaginary.data()[i])), 0, 3e-6);
}

}  // namespace
}  // namespace terrace
