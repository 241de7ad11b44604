#include "inversion/count_likelihood.h"

#include <gtest/gtest.h>

#include <cmath>

namespace terrace {
namespace {

/// A pattern of fractions that sum to about 0.8, different for each `number`.
std::vector<float> pattern(std::uint64_t number, int pixels = 300) {
  Random random(11, {number});
  std::vector<float> fractions;
  for (int i = 0; i < pixels; ++i) fractions.push_back(static_cast<float>(random.uniform(0.2, 1.4) / pixels));
  return fractions;
}

struct Prepared {
  std::vector<float> values;
  LogPattern logs;
  explicit Prepared(std::vector<float> fractions) : values(std::move(fractions)), logs(take_logarithms(values)) {}
};

double poisson_log_probability(double count, double mean) {
  return count * std::log(mean) - mean - std::lgamma(count + 1);
}

TEST(CountLikelihood, ratios_are_those_of_independent_poisson_counts) {
  const auto truth = pattern(1), rival = pattern(2);
  const double electrons = 5000;
  Random random(3);
  const auto counts = draw_counts(truth, electrons, random);
  double expected = 0;
  for (std::size_t i = 0; i < counts.size(); ++i)
    expected += poisson_log_probability(counts[i], electrons * truth[i]) -
                poisson_log_probability(counts[i], electrons * rival[i]);
  const double ratio =
      log_likelihood(counts, Prepared(truth).logs, electrons) - log_likelihood(counts, Prepared(rival).logs, electrons);
  // Each logarithm, near 6, is a float: 300 roundings of 4e-7, each times some 13 counts, as a random walk 1e-4.
  EXPECT_NEAR(ratio, expected, 5e-4);
  EXPECT_GT(ratio, 100);
}

TEST(CountLikelihood, the_divergence_is_the_expected_gain_of_one_electron) {
  const auto truth = pattern(1), rival = pattern(2);
  const Prepared log_truth(truth), log_rival(rival);
  const double per_electron = divergence(truth, log_truth.logs, log_rival.logs), electrons = 200;
  const int draws = 2000;
  double sum = 0, squares = 0;
  for (int draw = 0; draw < draws; ++draw) {
    Random random(4, {static_cast<std::uint64_t>(draw)});
    const auto counts = draw_counts(truth, electrons, random);
    const double gain =
        (log_likelihood(counts, log_truth.logs, electrons) - log_likelihood(counts, log_rival.logs, electrons)) /
        electrons;
    sum += gain, squares += gain * gain;
  }
  const double mean = sum / draws, error = std::sqrt((squares / draws - mean * mean) / draws);
  EXPECT_NEAR(mean, per_electron, 4 * error);
  EXPECT_LT(error, 0.02 * per_electron);
}

TEST(CountLikelihood, a_factor_in_dose_is_a_factor_in_the_expected_log_ratio) {
  const auto truth = pattern(1);
  const Prepared log_truth(truth), log_rival(pattern(2));
  const auto ratio_at = [&](double electrons) {
    std::vector<float> expected;
    for (const float fraction : truth) expected.push_back(static_cast<float>(electrons * fraction));
    return log_likelihood(expected, log_truth.logs, electrons) - log_likelihood(expected, log_rival.logs, electrons);
  };
  // Powers of two are exact in float.
  EXPECT_NEAR(ratio_at(1024 * 64), 64 * ratio_at(1024), 1e-6 * ratio_at(1024 * 64));
}

TEST(CountLikelihood, nothing_diverges_from_itself_and_all_else_does) {
  const auto truth = pattern(1);
  EXPECT_EQ(divergence(truth, Prepared(truth).logs, Prepared(truth).logs), 0);
  for (std::uint64_t other = 2; other < 20; ++other)
    EXPECT_GT(divergence(truth, Prepared(truth).logs, Prepared(pattern(other)).logs), 0);
}

TEST(CountLikelihood, an_electron_where_none_is_expected_is_improbable_and_not_impossible) {
  const auto truth = pattern(1);
  auto dark = truth;
  dark[7] = 0;
  std::vector<float> counts(truth.size());
  counts[7] = 1;
  const double with = log_likelihood(counts, Prepared(truth).logs, 10);
  const double without = log_likelihood(counts, Prepared(dark).logs, 10);
  EXPECT_TRUE(std::isfinite(without));
  EXPECT_GT(with - without, 15);
}

}  // namespace
}  // namespace terrace
