#include "learning/preprocessing.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "learning/synthetic_samples.h"

namespace terrace {
namespace {

Preprocessing fitted(const std::vector<Sample>& samples, int components = 12) {
  return fit_preprocessing(samples, synthetic::small_grid(), components, 0);
}

TEST(Preprocessing, leading_components_have_unit_variance_over_the_training_samples) {
  const auto samples = synthetic::samples(200);
  const auto preprocessing = fitted(samples, 3);
  double sum = 0, squares = 0, n = 0;
  for (const auto& sample : samples) {
    const auto features = preprocessing.apply(sample);
    for (int position = 0; position < 8; ++position, ++n) {
      sum += features.components(position, 0);
      squares += std::pow(features.components(position, 0), 2);
    }
  }
  EXPECT_NEAR(sum / n, 0, 1e-3);
  // The floor is 1e-3 of this component's width: it takes 1e-6 of the variance.
  EXPECT_NEAR(squares / n, 1, 1e-3);
}

TEST(Preprocessing, counts_and_fractions_of_one_scan_look_the_same) {
  const auto samples = synthetic::samples(60);
  const auto preprocessing = fitted(samples);
  Sample counts = samples[5];
  for (auto& value : counts.patterns) value *= 12345;
  const auto a = preprocessing.apply(samples[5]), b = preprocessing.apply(counts);
  for (std::int64_t i = 0; i < a.components.size(); ++i)
    EXPECT_NEAR(a.components.data()[i], b.components.data()[i], 2e-3);  // float rounding, blown up by the whitening
}

TEST(Preprocessing, restricting_features_equals_preprocessing_the_smaller_scan) {
  const auto samples = synthetic::samples(60);
  const auto preprocessing = fitted(samples);
  Sample part = samples[7];
  std::vector<float> window = {1, 1, 0, 1, 0, 1, 0, 1};
  for (int position = 0; position < 8; ++position) {
    if (window[position] != 0) continue;
    part.covered.data()[position] = 0;
    std::fill_n(part.patterns.data() + position * 64, 64, 0.0f);
  }
  const auto direct = preprocessing.apply(part);
  const auto restricted = preprocessing.restrict_to(preprocessing.apply(samples[7]), window);
  EXPECT_EQ(direct.covered, restricted.covered);
  for (std::int64_t i = 0; i < direct.components.size(); ++i)
    EXPECT_NEAR(direct.components.data()[i], restricted.components.data()[i], 5e-3);
}

TEST(Preprocessing, positions_that_were_not_scanned_are_zero) {
  const auto samples = synthetic::samples(60);
  const auto preprocessing = fitted(samples);
  Sample part = samples[3];
  part.covered(1, 2) = 0;
  const auto features = preprocessing.apply(part);
  EXPECT_EQ(features.covered[6], 0);
  for (const float value : features.components[6]) EXPECT_EQ(value, 0);
}

TEST(Preprocessing, a_pattern_like_none_before_leaves_a_large_residual) {
  const auto samples = synthetic::samples(100);
  const auto preprocessing = fitted(samples, 10);
  Sample strange = samples[0];
  for (int position = 0; position < 8; ++position) strange.patterns.data()[position * 64 + 37] *= 20;
  EXPECT_GT(preprocessing.apply(strange).residual, preprocessing.apply(samples[0]).residual + 2);
}

TEST(Preprocessing, another_grid_is_refused) {
  const auto preprocessing = fitted(synthetic::samples(40));
  Sample other;
  other.patterns = Array<float, 4>({2, 4, 16, 16});
  other.covered = Array<std::uint8_t, 2>({2, 4});
  EXPECT_THROW(preprocessing.apply(other), InputError);
}

TEST(Preprocessing, numbers_that_are_no_intensities_are_refused) {
  const auto samples = synthetic::samples(40);
  const auto preprocessing = fitted(samples);
  for (const float wrong : {-1.0f, NAN, INFINITY}) {
    Sample bad = samples[0];
    bad.patterns(0, 1, 2, 3) = wrong;
    EXPECT_THROW(preprocessing.apply(bad), InputError);
  }
  Sample empty = samples[0];
  std::fill(empty.covered.begin(), empty.covered.end(), std::uint8_t{0});
  EXPECT_THROW(preprocessing.apply(empty), InputError);
}

}  // namespace
}  // namespace terrace
