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

const std::vector<double> spread_out = {0, 0.37, 4.2, -1.1, 25};  // beyond one period too
const std::vector<double> together = {2.1, 2.15, 3.3};

double by_weights(const SourceGridAxis& axis, const std::vector<double>& positions, const Series& series,
                  std::size_t p) {
  const auto weights = axis.weights(positions);
  double sum = 0;
  for (int point = 0; point < axis.points(); ++point)
    sum += weights[point * positions.size() + p] * series.blurred(axis.position(point), 0);
  return sum;
}

TEST(SourceGrid, a_grid_all_around_blurs_and_interpolates_exactly) {
  const auto series = any_series(7, 11.7);
  for (const double sigma : {0.0, 0.2, 0.6}) {
    const SourceGridAxis axis({7, 11.7}, spread_out, sigma);
    EXPECT_EQ(axis.points(), 16);                        // 2 · 7 + 1, in whole eights
    for (std::size_t p = 0; p < spread_out.size(); ++p)  // some hundred terms of about 1, in double
      EXPECT_NEAR(by_weights(axis, spread_out, series, p), series.blurred(spread_out[p], sigma), 1e-12);
  }
}

TEST(SourceGrid, a_grid_around_the_positions_alone_does_so_to_float_rounding) {
  const auto series = any_series(60, 38);
  for (const double sigma : {0.17, 0.5}) {
    const SourceGridAxis axis({60, 38}, together, sigma);
    EXPECT_LT(axis.points(), 64);  // all around takes 128
    // source_grid.h: 1e-7 of each of 61 terms of about 1 by aliasing; less than that beyond the margins.
    for (std::size_t p = 0; p < together.size(); ++p)
      EXPECT_NEAR(by_weights(axis, together, series, p), series.blurred(together[p], sigma), 61e-7);
  }
}

TEST(SourceGrid, a_point_source_needs_interpolation_alone) {
  const auto series = any_series(60, 38);
  const SourceGridAxis axis({60, 38}, together, 0);
  EXPECT_EQ(axis.points(), 128);
  EXPECT_NEAR(by_weights(axis, together, series, 1), series.blurred(together[1], 0), 1e-11);
}

}  // namespace
}  // namespace terrace
