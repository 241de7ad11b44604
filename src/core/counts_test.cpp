#include "core/counts.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace terrace {
namespace {

constexpr int draws = 1 << 20;

class Counts : public testing::TestWithParam<InstructionSet> {};

std::vector<float> counts_of(double mean, InstructionSet set) {
  std::vector<float> counts(draws, static_cast<float>(mean));
  Random random(3, {static_cast<std::uint64_t>(1000 * mean)});
  draw_counts(counts, random, set);
  return counts;
}

TEST_P(Counts, have_poissons_mean_and_variance) {
  for (const double mean : {0.002, 0.1, 0.9, 3.0, 9.9, 10.1, 30.0, 500.0, 1e5}) {
    double sum = 0, squares = 0;
    for (const double count : counts_of(mean, GetParam())) sum += count - mean, squares += std::pow(count - mean, 2);
    // Four standard errors; the fourth central moment of a Poisson count is m + 3m².
    EXPECT_NEAR(sum / draws, 0, 4 * std::sqrt(mean / draws)) << mean;
    EXPECT_NEAR(squares / draws, mean, 4 * std::sqrt((mean + 2 * mean * mean) / draws)) << mean;
  }
}

TEST_P(Counts, are_as_frequent_as_poisson_says) {
  for (const double mean : {0.3, 2.0, 9.9, 10.1, 40.0}) {
    std::vector<double> found(200, 0);
    for (const float count : counts_of(mean, GetParam())) found.at(static_cast<std::size_t>(count)) += 1.0 / draws;
    double share = std::exp(-mean);
    for (int k = 0; k < 200; share *= mean / ++k)
      // Five standard errors of a share, and the expansion's own error above a mean of 10.
      EXPECT_NEAR(found[k], share, 5 * std::sqrt(share / draws) + 2e-4 * (mean > 10) + 1e-6) << mean << " " << k;
  }
}

TEST_P(Counts, of_nothing_are_nothing_and_neighbours_do_not_matter) {
  std::vector<float> means = {0, 1e6f, 0, 3, 20, 0, 0.5f};  // fewer than any block, small and large side by side
  Random random(1);
  draw_counts(means, random, GetParam());
  EXPECT_EQ(means[0], 0);
  EXPECT_EQ(means[2], 0);
  EXPECT_EQ(means[5], 0);
  EXPECT_NEAR(means[1], 1e6, 6e3);  // six deviations
}

TEST_P(Counts, agree_with_the_portable_kernels_but_for_rounding) {
  for (const double mean : {0.4, 8.0, 25.0}) {
    const auto counts = counts_of(mean, GetParam()), portable = counts_of(mean, InstructionSet::portable);
    int different = 0;
    for (int i = 0; i < draws; ++i) different += counts[i] != portable[i];
    // A draw differs where it lies within some float roundings of a limit between two counts, of which there are tens.
    EXPECT_LT(different, draws * 1e-4) << mean;
  }
}

INSTANTIATE_TEST_SUITE_P(Kernels, Counts,
                         testing::ValuesIn(available_instruction_sets().begin(), available_instruction_sets().end()),
                         [](const auto& set) {
                           return set.param == InstructionSet::avx512 ? "avx512"
                                  : set.param == InstructionSet::avx2 ? "avx2"
                                                                      : "portable";
                         });

}  // namespace
}  // namespace terrace
