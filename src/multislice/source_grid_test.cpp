// A grid of positions knows an intensity, and its blur, at every position.
#include "multislice/source_grid.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/constants.h"
#include "core/random.h"

namespace terrace {
namespace {

/// Σ_Δ (cosine cos + sine sin)(2πΔ r / length), Δ = 0 … reach: whatever an aperture can make.
struct Series {
  double length;
  std::vector<double> cosines, sines;

  /// As seen from a Gaussian source: each term times the Gaussian's transform.
  double blurred(double r, double sigma) const {
    double sum = 0;
    for (std::size_t i = 0; i < cosines.size(); ++i) {
      const double k = 2 * pi * static_cast<double>(i) / length;
      sum += (cosines[i] * std::cos(k * r) + sines[i] * std::sin(k * r)) * std::exp(-k * k * sigma * sigma / 2);
    }
    return sum;
  }
};

Series any_series(int reach, double length) {
  Random random(3);
  Series series{length, {}, {}};
  for (int i = 0; i <= reach; ++i) {
    series.cosines.push_back(random.uniform(-1, 1));
    series.sines.push_back(random.uniform(-1, 1));
  }
  return series;
}

const std::vector<double> positions = {0, 0.37, 4.2, -1.1, 25};  // beyond one period too

double by_weights(const std::vector<double>& weights, const Series& series, const SourceGridAxis& axis, std::size_t p) {
  double sum = 0;
  for (int point = 0; point < axis.points; ++point)
    sum += weights[point * positions.size() + p] * series.blurred(axis.length * point / axis.points, 0);
  return sum;
}

TEST(SourceGrid, weights_blur_and_interpolate_what_the_grid_can_hold_exactly) {
  const auto series = any_series(7, 11.7);
  for (const int multiple : {1, 8})
    for (const double sigma : {0.0, 0.2, 0.6}) {
      const auto axis = SourceGridAxis::holding(7, 11.7, multiple);
      const auto weights = source_weights(axis, positions, sigma);
      for (std::size_t p = 0; p < positions.size(); ++p)  // some hundred terms of about 1, in double
        EXPECT_NEAR(by_weights(weights, series, axis, p), series.blurred(positions[p], sigma), 1e-12);
    }
}

TEST(SourceGrid, a_grid_of_fewer_points_would_not_do) {
  const auto series = any_series(7, 11.7);
  const SourceGridAxis coarse{7, 11.7, 14};
  const auto weights = source_weights(coarse, positions, 0);
  EXPECT_GT(std::abs(by_weights(weights, series, coarse, 1) - series.blurred(positions[1], 0)), 1e-3);
}

TEST(SourceGrid, weights_of_each_position_sum_to_one) {
  const auto axis = SourceGridAxis::holding(9, 5.0);
  const auto weights = source_weights(axis, positions, 0.3);
  for (std::size_t p = 0; p < positions.size(); ++p) {
    double sum = 0;
    for (int point = 0; point < axis.points; ++point) sum += weights[point * positions.size() + p];
    EXPECT_NEAR(sum, 1, 1e-13);
  }
}

}  // namespace
}  // namespace terrace
