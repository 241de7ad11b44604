// A camera that is full is told from one that counts few electrons, from noise-free patterns and from faulty pixels.
#include "registration/highest_values.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "core/random.h"
#include "registration/registration.h"
#include "registration/test_scans.h"

namespace terrace {
namespace {

constexpr int pixels = 100;

/// 200 patterns, pixel p expecting p · `brightest` / `pixels` electrons.
template <class Read>
HighestValues read_counts(double brightest, const Read& read, const std::vector<int>& left_out = {}, int seed = 5) {
  Random random(seed);
  HighestValues values(pixels, left_out);
  std::vector<float> pattern(pixels);
  for (int i = 0; i < 200; ++i) {
    for (int p = 0; p < pixels; ++p) pattern[p] = read(p, static_cast<float>(random.poisson(brightest * p / pixels)));
    values.add(pattern);
  }
  return values;
}

float as_counted(int, float value) { return value; }

TEST(HighestValues, counts_of_any_dose_thin_out_upwards) {
  for (int seed = 0; seed < 10; ++seed)
    for (const double brightest : {0.003, 0.02, 0.5, 3.0, 40.0, 3000.0})
      EXPECT_FALSE(read_counts(brightest, as_counted, {}, seed).saturated()) << brightest << ' ' << seed;
}

TEST(HighestValues, zeros_and_ones_are_no_full_camera_and_nothing_is_none) {
  const auto ones = [](int, float value) { return std::min(value, 1.0f); };
  EXPECT_FALSE(read_counts(0.3, ones).saturated());
  EXPECT_FALSE(read_counts(0, as_counted).saturated());
}

TEST(HighestValues, cut_counts_pile_up) {
  const auto values = read_counts(300, [](int, float value) { return std::min(value, 255.0f); });
  EXPECT_TRUE(values.saturated());
  EXPECT_EQ(values.highest(), 255);
  EXPECT_NEAR(values.share(), 0.15, 0.01);  // pixels beyond 85 of 100, half of it at 85 itself
}

TEST(HighestValues, one_gain_of_all_pixels_changes_nothing_and_values_that_are_no_numbers_count_for_nothing) {
  const auto values =
      read_counts(300, [](int p, float value) { return p == 50 ? std::nanf("") : 0.37f * std::min(value, 255.0f); });
  EXPECT_TRUE(values.saturated());
  EXPECT_NEAR(values.share(), 0.15, 0.01);
}

TEST(HighestValues, few_stuck_pixels_or_known_ones_are_no_full_camera) {
  const auto stuck = [](int p, float value) { return p < 2 ? 4095.0f : value; };
  EXPECT_FALSE(read_counts(40, stuck).saturated());  // two of them, not known as such
  const auto many = [](int p, float value) { return p < 5 ? 4095.0f : value; };
  EXPECT_TRUE(read_counts(40, many).saturated());
  EXPECT_FALSE(read_counts(40, many, {0, 1, 2, 3, 4}).saturated());
}

TEST(Registration, names_a_full_camera) {
  auto scan = toy_scan({}, {}, 24, 80, 3.905 / 8);
  const auto named = [&] {
    const auto reasons = register_scan(scan, {}).reasons;
    return std::ranges::any_of(reasons,
                               [](const auto& one) { return one.find("camera was full") != std::string::npos; });
  };
  EXPECT_FALSE(named());  // patterns repeat from cell to cell along the interface, but nothing is cut
  add_shot_noise(scan, 20000, 3);
  EXPECT_FALSE(named());
  const float most = 0.6f * std::ranges::max(scan.patterns);
  for (float& value : scan.patterns) value = std::min(value, std::round(most));
  EXPECT_TRUE(named());
}

}  // namespace
}  // namespace terrace
