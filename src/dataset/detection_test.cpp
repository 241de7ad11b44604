#include "dataset/detection.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "microscope/faulty_pixels.h"

namespace terrace {
namespace {

constexpr int pixels = 32;
constexpr double mrad_per_pixel = 2.5;

/// A bright disc on faint surroundings, the same at every position; half of the beam reaches the camera.
Sample disc() {
  Sample sample;
  sample.patterns = Array<float, 4>({2, 4, pixels, pixels});
  sample.covered = Array<std::uint8_t, 2>({2, 4});
  std::ranges::fill(sample.covered, std::uint8_t{1});
  for (std::int64_t i = 0; i < sample.patterns.size(); ++i) {
    const auto y = i / pixels % pixels - pixels / 2, x = i % pixels - pixels / 2;
    sample.patterns.data()[i] = y * y + x * x < 64 ? 2e-3f : 1e-4f;
  }
  return sample;
}

double total(const Sample& sample) { return std::accumulate(sample.patterns.begin(), sample.patterns.end(), 0.0); }

Sample seen(const Sample& sample, const Detection& detection, std::uint64_t draw = 0) {
  Sample changed = sample;
  Random random(7, {draw});
  detect(detection, mrad_per_pixel, changed, random);
  return changed;
}

TEST(Detection, of_an_ideal_camera_changes_nothing) {
  EXPECT_TRUE(std::ranges::equal(seen(disc(), {}).patterns, disc().patterns));
  EXPECT_EQ(seen(disc(), {}).conditions.electrons_per_pattern, 0);
}

TEST(Detection, background_and_point_spread_lose_no_electron) {
  const Sample clean = disc();
  // 8,192 float products, each rounded to 6e-8 of itself.
  EXPECT_NEAR(total(seen(clean, {.background_share = 0.4})), total(clean), 1e-5 * total(clean));
  EXPECT_NEAR(total(seen(clean, {.psf_pixels = 0.7})), total(clean), 1e-5 * total(clean));
}

TEST(Detection, the_background_has_the_width_it_says) {
  Sample point = disc();
  std::ranges::fill(point.patterns, 0.0f);
  for (int y = 0; y < 2; ++y)
    for (int x = 0; x < 4; ++x) point.patterns(y, x, 16, 16) = 1;
  const Sample whole = seen(point, {.background_share = 0.5});
  double weight = 0, variance = 0;
  for (int x = 0; x < pixels; ++x) {
    double column = 0;
    for (int y = 0; y < pixels; ++y) column += whole.patterns(1, 2, y, x);
    weight += column, variance += column * std::pow((x - 16) * mrad_per_pixel, 2);
  }
  EXPECT_NEAR(weight, 1, 1e-5);
  // Half stays where it was. The edge, 3.2 widths away, folds back 0.2 % of the background: 1 % of its variance.
  EXPECT_NEAR(variance, 0.5 * background_mrad * background_mrad, 0.01 * background_mrad * background_mrad);
}

TEST(Detection, counts_keep_the_expectation_and_have_the_variance_of_their_overdispersion) {
  const Sample clean = disc();
  const int draws = 300;
  const double electrons = 3000;
  for (const double overdispersion : {1.0, 1.5}) {
    double sum = 0, squares = 0;
    for (std::uint64_t draw = 0; draw < draws; ++draw) {
      const Sample noisy = seen(clean, {.electrons_per_pattern = electrons, .overdispersion = overdispersion}, draw);
      EXPECT_EQ(noisy.conditions.electrons_per_pattern, electrons);
      for (std::int64_t i = 0; i < clean.patterns.size(); ++i) {
        const double mean = electrons * clean.patterns.data()[i];
        const double z = (electrons * noisy.patterns.data()[i] - mean) / std::sqrt(overdispersion * mean);
        sum += z, squares += z * z;
      }
    }
    // z has variance 1 and fourth moment 3 + overdispersion / mean, which is at most 3 + 1.5 / 0.3 = 8; four
    // deviations.
    const double n = draws * static_cast<double>(clean.patterns.size());
    EXPECT_NEAR(sum / n, 0, 4 / std::sqrt(n));
    EXPECT_NEAR(squares / n, 1, 4 * std::sqrt(7 / n));
  }
}

TEST(Detection, dead_pixels_read_nothing_in_every_pattern) {
  const Sample sample = seen(disc(), {.dead_pixel_share = 0.1});
  int dead = 0;
  for (int pixel = 0; pixel < pixels * pixels; ++pixel) {
    int zeros = 0;
    for (int position = 0; position < 8; ++position)
      zeros += sample.patterns.data()[position * pixels * pixels + pixel] == 0;
    EXPECT_TRUE(zeros == 0 || zeros == 8);
    dead += zeros == 8;
  }
  EXPECT_NEAR(dead, 102, 4 * std::sqrt(92.0));
}

/// `disc` without its position (1, 2).
Sample disc_with_a_gap() {
  Sample sample = disc();
  sample.covered(1, 2) = 0;
  std::fill_n(&sample.patterns(1, 2, 0, 0), pixels * pixels, 0.0f);
  return sample;
}

TEST(Detection, hot_pixels_add_the_same_everywhere_and_no_more_than_passes_for_sound) {
  const Sample clean = disc_with_a_gap();
  const Sample warm = seen(clean, {.hot_pixel_share = 0.2});
  const double mean = total(clean) / 7 / (pixels * pixels);
  int hot = 0;
  double largest = 0;
  for (int pixel = 0; pixel < pixels * pixels; ++pixel) {
    const double own = clean.patterns.data()[pixel], excess = warm.patterns.data()[pixel] - own;
    const double most = (hottest_sound(own, mean) - own) / camera_pixels;
    for (int position = 0; position < 8; ++position) {
      const double expected = position == 6 ? 0 : own + excess;  // the gap
      EXPECT_FLOAT_EQ(warm.patterns.data()[position * pixels * pixels + pixel], expected);
    }
    hot += excess != 0;
    largest = std::max(largest, excess / most);
  }
  EXPECT_NEAR(hot, 205, 4 * std::sqrt(164.0));
  // The largest of some 200 even draws falls below 0.9 once in 10⁹; float rounding of the sum is a few 1e-7.
  EXPECT_GT(largest, 0.9);
  EXPECT_LT(largest, 1 + 1e-5);
}

TEST(Detection, a_wrong_gain_changes_the_dose_that_is_given_and_nothing_else) {
  const Sample right = seen(disc(), {.electrons_per_pattern = 2000});
  const Sample wrong = seen(disc(), {.electrons_per_pattern = 2000, .gain_error_share = 0.25});
  EXPECT_TRUE(std::ranges::equal(right.patterns, wrong.patterns));
  EXPECT_EQ(right.conditions.electrons_per_pattern, 2000);
  EXPECT_EQ(wrong.conditions.electrons_per_pattern, 2500);
}

TEST(Detection, saturation_cuts_what_is_brighter_and_leaves_the_rest) {
  const Sample clean = disc();
  EXPECT_TRUE(std::ranges::equal(seen(clean, {.brightest_over_saturation = 1}).patterns, clean.patterns));
  const Sample cut = seen(clean, {.brightest_over_saturation = 4});
  for (std::int64_t i = 0; i < clean.patterns.size(); ++i)
    EXPECT_EQ(cut.patterns.data()[i], std::min(clean.patterns.data()[i], 2e-3f / 4));
}

TEST(Detection, saturation_cuts_the_counts_of_each_position_by_itself) {
  const Sample free = seen(disc(), {.electrons_per_pattern = 5000});  // ten electrons in a bright pixel, on average
  const Sample cut = seen(disc(), {.electrons_per_pattern = 5000, .brightest_over_saturation = 1});
  int cut_counts = 0;
  for (std::int64_t i = 0; i < free.patterns.size(); ++i) {
    const float count = free.patterns.data()[i];
    EXPECT_FLOAT_EQ(cut.patterns.data()[i], std::min(count, 2e-3f));
    cut_counts += count > 2.01e-3f;
  }
  EXPECT_GT(cut_counts, 100);  // 42 % of the 1,576 bright pixels hold more than ten
}

TEST(Detection, positions_that_are_not_covered_stay_empty) {
  const Sample noisy = seen(disc_with_a_gap(), {.electrons_per_pattern = 1e4,
                                                .background_share = 0.2,
                                                .psf_pixels = 0.5,
                                                .hot_pixel_share = 0.1,
                                                .brightest_over_saturation = 1.1});
  EXPECT_EQ(*std::max_element(&noisy.patterns(1, 2, 0, 0), &noisy.patterns(1, 2, 0, 0) + pixels * pixels), 0);
}

TEST(Detection, draws_lie_in_their_ranges_and_doses_evenly_in_the_logarithm) {
  const DetectionRanges ranges{{500, 200000}, {0, 0.2}, {0.1, 0.3}, {1, 1.5}, 0.005, 0.01, 0.1, {0.5, 1.2}};
  double low_doses = 0;
  for (std::uint64_t draw = 0; draw < 2000; ++draw) {
    Random random(1, {draw});
    const auto d = draw_detection(ranges, random);
    EXPECT_TRUE(d.electrons_per_pattern >= 500 && d.electrons_per_pattern <= 200000);
    EXPECT_TRUE(d.background_share <= 0.2 && d.psf_pixels >= 0.1 && d.psf_pixels <= 0.3 && d.overdispersion <= 1.5);
    EXPECT_TRUE(d.dead_pixel_share <= 0.005 && d.hot_pixel_share <= 0.01 && std::abs(d.gain_error_share) <= 0.1);
    EXPECT_TRUE(d.brightest_over_saturation >= 0.5 && d.brightest_over_saturation <= 1.2);
    low_doses += d.electrons_per_pattern < 10000;  // the middle of the logarithm
  }
  EXPECT_NEAR(low_doses / 2000, 0.5, 4 * 0.5 / std::sqrt(2000));
}

TEST(Detection, draws_of_ranges_left_at_their_defaults_change_nothing) {
  Random random(1);
  const auto d = draw_detection({}, random);
  EXPECT_EQ(d.electrons_per_pattern + d.background_share + d.psf_pixels + d.dead_pixel_share, 0);
  EXPECT_EQ(d.hot_pixel_share + std::abs(d.gain_error_share) + d.brightest_over_saturation, 0);
  EXPECT_EQ(d.overdispersion, 1);
}

}  // namespace
}  // namespace terrace
