// Faulty pixels are found and replaced; sound ones are left alone.
#include "registration/faulty_pixels.h"

#include <gtest/gtest.h>

#include "registration/test_scans.h"
#include "registration/virtual_images.h"

namespace terrace {
namespace {

TEST(FaultyPixels, a_sound_detector_has_none) {
  EXPECT_TRUE(find_faulty_pixels(mean_pattern(toy_scan({}, {}, 4, 8, 0.5), 100)).empty());
}

TEST(FaultyPixels, dead_and_hot_pixels_are_found_and_take_their_neighbours_mean) {
  auto scan = toy_scan({}, {}, 4, 8, 0.5);
  const int dead = 20 * 40 + 21, hot = 3 * 40 + 37;
  const float before = scan.pattern(0, 0)[dead];
  for (int y = 0; y < 4; ++y)
    for (int x = 0; x < 8; ++x) {
      scan.pattern(y, x)[dead] = 0;
      scan.pattern(y, x)[hot] = 1;
    }
  const auto faulty = find_faulty_pixels(mean_pattern(scan, 100));
  EXPECT_EQ(faulty, (std::vector<int>{hot, dead}));
  repair(scan.pattern(0, 0), 40, 40, faulty);
  // The toy's disc is a plane, which a mean of neighbours continues exactly; float rounding remains.
  EXPECT_NEAR(scan.pattern(0, 0)[dead], before, 1e-5 * before);
  EXPECT_EQ(scan.pattern(0, 0)[hot], 0);
}

}  // namespace
}  // namespace terrace
