#include "core/random.h"

#include <gtest/gtest.h>

#include <cmath>

namespace terrace {
namespace {

TEST(Random, the_same_key_gives_the_same_numbers_whatever_was_drawn_before) {
  Random first(7, {1, 2, 3});
  Random(7, {9}).uniform();
  Random second(7, {1, 2, 3});
  for (int i = 0; i < 100; ++i) EXPECT_EQ(first.bits(), second.bits());
}

TEST(Random, different_keys_give_different_streams) {
  EXPECT_NE(Random(7, {1, 2}).bits(), Random(7, {2, 1}).bits());
  EXPECT_NE(Random(7, {1}).bits(), Random(8, {1}).bits());
  EXPECT_NE(Random(7, {0}).bits(), Random(7, {}).bits());
}

TEST(Random, uniform_and_normal_have_their_moments) {
  Random random(3);
  const int n = 200000;
  double sum = 0, square = 0, flat = 0;
  for (int i = 0; i < n; ++i) {
    const double z = random.normal();
    sum += z;
    square += z * z;
    flat += random.uniform();
  }
  // Five standard errors: σ/√n for the means, √(2/n) for the variance.
  EXPECT_NEAR(sum / n, 0, 5 / std::sqrt(n));
  EXPECT_NEAR(square / n, 1, 5 * std::sqrt(2.0 / n));
  EXPECT_NEAR(flat / n, 0.5, 5 * std::sqrt(1.0 / 12 / n));
}

TEST(Random, poisson_counts_have_mean_and_variance_equal) {
  for (const double mean : {0.01, 0.7, 12.0, 29.9, 30.1, 400.0, 1e6}) {
    Random random(11, {static_cast<std::uint64_t>(mean * 1000)});
    const int n = 40000;
    double sum = 0, square = 0;
    for (int i = 0; i < n; ++i) {
      const double k = static_cast<double>(random.poisson(mean)) - mean;
      sum += k;
      square += k * k;
    }
    // Five standard errors; the fourth central moment of a Poisson count is m + 3m².
    EXPECT_NEAR(sum / n, 0, 5 * std::sqrt(mean / n));
    EXPECT_NEAR(square / n, mean, 5 * std::sqrt((mean + 2 * mean * mean) / n));
  }
  EXPECT_EQ(Random(1).poisson(0), 0);
}

TEST(Random, hash_is_fixed_for_all_machines) {
  EXPECT_EQ(stable_hash("", 0), stable_hash("", 0));
  EXPECT_NE(stable_hash("ab", 2), stable_hash("ba", 2));
  EXPECT_NE(stable_hash("ab", 2, 1), stable_hash("ab", 2, 2));
}

}  // namespace
}  // namespace terrace
