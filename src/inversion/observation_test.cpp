#include "inversion/observation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "core/error.h"
#include "core/random.h"
#include "inversion/count_likelihood.h"

namespace terrace {
namespace {

constexpr int side = 12, positions = 6;

/// A smooth pattern that sums to nearly one.
float fraction_at(int pixel) {
  const double y = pixel / side - 5.5, x = pixel % side - 5.5;
  return static_cast<float>(std::exp(-(x * x + y * y) / 18) / 56);
}

Patterns smooth_patterns() {
  Patterns patterns({positions, side * side});
  for (int p = 0; p < positions; ++p)
    for (int i = 0; i < side * side; ++i) patterns(p, i) = fraction_at(i);
  return patterns;
}

Sample counted_sample(double electrons, std::uint64_t draw = 0) {
  Sample sample{.patterns = Array<float, 4>({2, 3, side, side}),
                .covered = Array<std::uint8_t, 2>({2, 3}),
                .labels = {},
                .conditions = {.electrons_per_pattern = electrons},
                .origin = {},
                .projected_profile = {}};
  std::fill(sample.covered.begin(), sample.covered.end(), 1);
  Random random(9, {draw});
  const auto expected = smooth_patterns();
  const auto counts = draw_counts(expected.span(), electrons, random);
  for (std::int64_t i = 0; i < sample.patterns.size(); ++i)
    sample.patterns.data()[i] = counts[i] / static_cast<float>(electrons);
  return sample;
}

TEST(Observation, every_covered_pixel_of_a_good_camera_is_compared) {
  auto sample = counted_sample(5000);
  sample.covered(1, 2) = 0;
  EXPECT_EQ(observe(sample).compared_count(), (positions - 1) * side * side);
}

TEST(Observation, dead_and_hot_pixels_are_left_out_in_every_pattern) {
  auto sample = counted_sample(5000);
  for (int row = 0; row < 2; ++row)
    for (int column = 0; column < 3; ++column) {
      sample.patterns(row, column, 5, 5) = 0;
      sample.patterns(row, column, 2, 8) = 0.5f;
    }
  const auto observed = observe(sample);
  EXPECT_EQ(observed.compared_count(), positions * (side * side - 2));
  EXPECT_FALSE(observed.compared(0, 5 * side + 5));
  EXPECT_FALSE(observed.compared(3, 2 * side + 8));
}

TEST(Observation, without_a_dose_or_an_electron_or_a_number_there_is_none) {
  auto sample = counted_sample(5000);
  sample.conditions.electrons_per_pattern = 0;
  EXPECT_THROW(observe(sample), InputError);
  EXPECT_EQ(observe(sample, 700).electrons_per_pattern, 700);
  auto broken = counted_sample(5000);
  broken.patterns(0, 0, 1, 1) = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW(observe(broken), InputError);
  auto empty = counted_sample(5000);
  std::fill(empty.patterns.begin(), empty.patterns.end(), 0.0f);
  EXPECT_THROW(observe(empty), InputError);
  auto uncovered = counted_sample(5000);
  std::fill(uncovered.covered.begin(), uncovered.covered.end(), 0);
  uncovered.conditions.electrons_per_pattern = 0;  // as the mean of no patterns has
  try {
    observe(uncovered);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("covers no position"), std::string::npos) << error.what();
  }
}

TEST(Observation, the_likelihood_is_largest_at_what_was_counted) {
  const auto observed = observe(counted_sample(20000));
  Patterns counted = observed.electrons;
  for (auto& value : counted) value /= 20000;
  const double most = log_likelihood(observed, counted);
  EXPECT_GT(most, log_likelihood(observed, smooth_patterns()));
  for (auto& value : counted) value *= 1.01f;
  EXPECT_GT(most, log_likelihood(observed, counted));
}

TEST(Observation, pearsons_sum_of_the_truth_is_that_of_chance_at_any_dose) {
  const auto expected = smooth_patterns();
  for (const double electrons : {30.0, 300.0, 30000.0}) {
    double sum = 0, square = 0;
    const int draws = 200;
    for (int draw = 0; draw < draws; ++draw) {
      const auto fit = goodness_of_fit(observe(counted_sample(electrons, draw)), expected);
      sum += fit.deviations / draws;
      square += fit.deviations * fit.deviations / draws;
    }
    // Mean of 200 standard deviates: 0.07, four of them allowed; their variance: 1 ± 0.1, four allowed.
    EXPECT_NEAR(sum, 0, 0.28) << electrons;
    EXPECT_NEAR(square, 1, 0.4) << electrons;
  }
}

TEST(Observation, a_misfit_that_many_values_share_is_seen_in_their_sums) {
  const auto observed = observe(counted_sample(3000));
  const auto right = smooth_patterns();
  EXPECT_EQ(goodness_of_fit(observed, right).coherent, 1);
  // Every pattern is wrong in the same way, from block to block; or each value in a way of its own.
  auto shared = right, scattered = right;
  for (std::int64_t i = 0; i < right.size(); ++i) {
    shared.data()[i] *= i % side < side / 2 ? 1.06f : 0.94f;
    scattered.data()[i] *= i * 2654435761 % 97 < 48 ? 1.06f : 0.94f;
  }
  const auto one = goodness_of_fit(observed, shared), other = goodness_of_fit(observed, scattered);
  EXPECT_GT(one.coherent - 1, 5 * (one.ratio - 1));
  EXPECT_LT(other.coherent - 1, (one.coherent - 1) / 2);
}

TEST(Observation, a_wrong_model_leaves_more_than_chance) {
  auto wrong = smooth_patterns();
  for (std::int64_t i = 0; i < wrong.size(); ++i) wrong.data()[i] *= i % 2 ? 1.1f : 0.9f;
  EXPECT_GT(goodness_of_fit(observe(counted_sample(30000)), wrong).deviations, 10);
}

}  // namespace
}  // namespace terrace
