#include "learning/preprocessing.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "dataset/detection.h"
#include "learning/pattern_differences.h"
#include "learning/synthetic_samples.h"

namespace terrace {
namespace {

Preprocessing fitted(const std::vector<Sample>& samples, int components = 12) {
  return fit_preprocessing(samples, synthetic::small_grid(), {.components = components});
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

TEST(Preprocessing, shot_noise_about_the_mean_is_one_electron_wide_in_every_component) {
  const auto samples = synthetic::samples(200);
  const auto preprocessing = fitted(samples, 8);
  const double electrons = 800;
  const auto scale = preprocessing.scale(electrons);  // the totals of the mean patterns are 1
  Sample sample = samples[0];
  for (std::int64_t i = 0; i < 512; ++i) sample.patterns.data()[i] = preprocessing.mean.data()[i];  // its totals are 1
  double squares = 0;
  const int draws = 400;
  for (std::uint64_t draw = 0; draw < draws; ++draw) {
    Sample noisy = sample;
    Random random(2, {draw});
    detect({.electrons_per_pattern = electrons}, 10, noisy, random);
    const auto features = preprocessing.apply(noisy);
    for (int position = 0; position < 8; ++position)
      for (int i = 0; i < 8; ++i) squares += std::pow(features.components(position, i) * scale[i], 2);
  }
  // The floor, a fiftieth of an even pattern's pixel, takes 2 to 10 % of the variance; dividing by the scan's own total
  // takes one direction's share, 1 in 512; 25,600 squares know their mean to 0.9 %.
  EXPECT_NEAR(squares / (draws * 64) * electrons, 0.96, 0.06);
}

TEST(Preprocessing, pixels_that_read_nothing_anywhere_say_nothing) {
  const auto samples = synthetic::samples(60);
  const auto preprocessing = fitted(samples);
  Sample blind = samples[5];
  std::vector<float> totals;
  for (int position = 0; position < 8; ++position) blind.patterns.data()[64 * position + 11] = 0;
  const auto seen = preprocessing.apply(blind);
  Image differences = normalised_patterns(blind, totals);
  for (int position = 0; position < 8; ++position) {
    // The same by hand: this pixel at its mean, the others as they are.
    double component = 0;
    for (int i = 0; i < 64; ++i)
      if (i != 11)
        component += (differences(position, i) - preprocessing.mean(position, i)) * preprocessing.weight(position, i) *
                     preprocessing.basis(2, i);
    EXPECT_NEAR(seen.components(position, 2), component / preprocessing.scale(0)[2], 2e-3);
  }
}

TEST(Preprocessing, of_totals_sees_nothing_but_the_sums) {
  const auto samples = synthetic::samples(60);
  const auto preprocessing = fit_preprocessing(samples, synthetic::small_grid(), {.components = 4, .input = "totals"});
  Sample moved = samples[5];
  for (int position = 0; position < 8; ++position)
    std::reverse(moved.patterns.data() + 64 * position, moved.patterns.data() + 64 * (position + 1));
  const auto a = preprocessing.apply(samples[5]), b = preprocessing.apply(moved);
  for (std::int64_t i = 0; i < a.components.size(); ++i)
    EXPECT_NEAR(a.components.data()[i], b.components.data()[i], 1e-2);  // sums in another order, whitened
}

TEST(Preprocessing, without_conditions_they_make_no_difference) {
  const auto samples = synthetic::samples(60);
  const auto preprocessing =
      fit_preprocessing(samples, synthetic::small_grid(), {.components = 4, .use_conditions = "none"});
  Sample other = samples[5];
  other.conditions.thickness_nm += 7;
  other.conditions.energy_kev = 300;
  const auto a = preprocessing.apply(samples[5]), b = preprocessing.apply(other);
  EXPECT_EQ(a.conditions, b.conditions);
  EXPECT_EQ(a.depth_limit_cells, b.depth_limit_cells);
}

/// Depths are shares of the thickest lamella that was possible in training: a scan whose thickness is known better
/// would have all of them too shallow.
TEST(Preprocessing, no_step_lies_deeper_than_the_thickest_lamella_that_was_possible_in_training) {
  auto samples = synthetic::samples(60);
  for (auto& sample : samples) sample.conditions.thickness_error_nm = 2 * depth_cell_nm;
  const auto preprocessing = fitted(samples);
  Sample sample = samples[0];
  sample.conditions.thickness_nm = 10 * depth_cell_nm;
  const auto as_trained = preprocessing.apply(sample);
  EXPECT_NEAR(as_trained.depth_limit_cells, 12, 1e-9);
  sample.conditions.thickness_error_nm = 0;
  const auto known_better = preprocessing.apply(sample);
  EXPECT_EQ(known_better.depth_limit_cells, as_trained.depth_limit_cells);
  EXPECT_EQ(known_better.conditions, as_trained.conditions);
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
