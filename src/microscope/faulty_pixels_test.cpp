// Faulty pixels are found and replaced; sound ones are left alone.
#include "microscope/faulty_pixels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace terrace {
namespace {

constexpr int height = 40, width = 40;

/// A disc whose intensity rises as a plane, and nothing around it.
Array<double, 2> disc() {
  Array<double, 2> image({height, width});
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) image(y, x) = std::hypot(y - 20, x - 20) < 9 ? 1 + 0.01 * y + 0.02 * x : 0;
  return image;
}

double mean_of(const Array<double, 2>& image) {
  double sum = 0;
  for (const double value : image) sum += value;
  return sum / static_cast<double>(image.size());
}

TEST(FaultyPixels, a_sound_detector_has_none) { EXPECT_TRUE(find_faulty_pixels(disc()).empty()); }

TEST(FaultyPixels, dead_and_hot_pixels_are_found_and_take_their_neighbours_mean) {
  auto image = disc();
  const int dead = 20 * width + 21, hot = 3 * width + 37;
  const double before = image.data()[dead];
  image.data()[dead] = 0, image.data()[hot] = 10;
  const auto faulty = find_faulty_pixels(image);
  EXPECT_EQ(faulty, (std::vector<int>{hot, dead}));
  std::vector<float> pattern(image.begin(), image.end());
  repair(pattern, height, width, faulty);
  // The disc is a plane, which a mean of neighbours continues exactly; float rounding remains.
  EXPECT_NEAR(pattern[dead], before, 1e-5 * before);
  EXPECT_EQ(pattern[hot], 0);
}

TEST(FaultyPixels, what_is_no_number_takes_its_neighbours_mean) {
  const float nan = std::numeric_limits<float>::quiet_NaN(), infinite = std::numeric_limits<float>::infinity();
  std::vector<float> pattern = {1, 2, 3, 4, nan, 6, 7, 8, infinite};
  EXPECT_EQ(repair(pattern, 3, 3, {}).no_numbers, 2);
  EXPECT_FLOAT_EQ(pattern[4], (1 + 2 + 3 + 4 + 6 + 7 + 8) / 7.0f);
  EXPECT_FLOAT_EQ(pattern[8], (6 + 8) / 2.0f);
  std::vector<float> lost(9, nan);
  EXPECT_EQ(repair(lost, 3, 3, {}).alone, 9);
  EXPECT_EQ(lost[4], 0);
}

TEST(FaultyPixels, a_pixel_passes_for_sound_up_to_the_limit_and_no_further) {
  const int pixel = 20 * width + 21;
  const double around = 1 + 0.01 * 20 + 0.02 * 21;  // on a plane the middle is the median
  for (const double share : {0.99, 1.01}) {
    auto image = disc();
    // The pixel itself moves the mean by 1/1600 of its value, 0.1 % of the limit.
    image.data()[pixel] = share * hottest_sound(around, mean_of(image));
    EXPECT_EQ(find_faulty_pixels(image).size(), share < 1 ? 0u : 1u) << share;
  }
}

}  // namespace
}  // namespace terrace
