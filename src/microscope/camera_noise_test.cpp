// Counts have the statistics of electrons, repeat by name, and show the camera's faults.
#include "microscope/camera_noise.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/error.h"

namespace terrace {
namespace {

Camera dosed() {
  Camera camera;
  camera.pixels = 100;
  camera.electrons_per_pattern = 2e4;
  return camera;
}

std::vector<float> flat() { return std::vector<float>(100 * 100, 1e-4f); }  // 2 electrons a pixel at this dose

std::vector<float> finished(const Camera& camera, const PatternName& name = {}) {
  auto pattern = flat();
  CameraReadout(camera).finish(name, pattern);
  return pattern;
}

TEST(CameraReadout, electrons_have_mean_and_variance_of_poisson) {
  double mean = 0, square = 0;
  for (const float value : finished(dosed())) mean += value / 1e4, square += value * value / 1e4;
  // 10,000 draws of mean 2: σ(mean) = sqrt(2)/100, σ(variance) ≈ sqrt(2 + 2·4)/100; five of each.
  EXPECT_NEAR(mean, 2, 5 * 0.0142);
  EXPECT_NEAR(square - mean * mean, 2, 5 * 0.032);
}

TEST(CameraReadout, the_same_name_gives_the_same_electrons_and_another_gives_others) {
  const auto pattern = finished(dosed(), {3, 4, 7});
  EXPECT_EQ(finished(dosed(), {3, 4, 7}), pattern);
  for (const PatternName& other : {PatternName{5, 4, 7}, {3, 5, 7}, {4, 3, 7}, {3, 4, 8}})
    EXPECT_NE(finished(dosed(), other), pattern);
  Camera other = dosed();
  other.seed = 2;
  EXPECT_NE(finished(dosed()), finished(other));
}

TEST(CameraReadout, patterns_of_one_position_at_two_thicknesses_have_independent_noise) {
  const auto upper = finished(dosed(), {3, 4, 7}), lower = finished(dosed(), {3, 4, 8});
  double correlation = 0;
  for (std::size_t i = 0; i < upper.size(); ++i) correlation += (upper[i] - 2.0) * (lower[i] - 2.0) / 2 / 1e4;
  EXPECT_NEAR(correlation, 0, 5 * 0.01);  // σ = 1/√10,000
}

TEST(CameraReadout, without_dose_keeps_fractions) {
  Camera camera = dosed();
  camera.electrons_per_pattern = 0;
  camera.counts_per_electron = 7;
  camera.saturation_counts = 1e-9;
  EXPECT_EQ(finished(camera), flat());
}

TEST(CameraReadout, gain_multiplies_and_saturation_cuts) {
  Camera camera = dosed();
  const auto electrons = finished(camera);
  camera.counts_per_electron = 3;
  camera.saturation_counts = 10;
  const auto counts = finished(camera);
  for (std::size_t i = 0; i < counts.size(); ++i) EXPECT_EQ(counts[i], std::min(10.0f, 3 * electrons[i]));
  EXPECT_GT(std::count(counts.begin(), counts.end(), 10.0f), 0);
}

TEST(PixelFaults, are_the_same_in_every_pattern_and_as_many_as_asked_for) {
  Camera camera = dosed();
  camera.dead_pixel_share = 0.04;
  camera.hot_pixel_share = 0.02;
  camera.saturation_counts = 1000;
  const PixelFaults faults(camera);
  // Binomial: 400 ± 20 and 200 ± 14; five of each.
  EXPECT_NEAR(static_cast<double>(faults.dead().size()), 400, 100);
  EXPECT_NEAR(static_cast<double>(faults.hot().size()), 200, 70);
  for (const int row : {0, 9}) {
    const auto pattern = finished(camera, {row, 1});
    for (const auto pixel : faults.dead()) EXPECT_EQ(pattern[pixel], 0);
    for (const auto pixel : faults.hot()) EXPECT_EQ(pattern[pixel], 1000);
  }
}

TEST(CameraReadout, refuses_hot_pixels_without_a_value_to_read) {
  Camera camera = dosed();
  camera.hot_pixel_share = 0.01;
  EXPECT_THROW(CameraReadout{camera}, InputError);
  camera.saturation_counts = 100;
  EXPECT_NO_THROW(CameraReadout{camera});
  camera.electrons_per_pattern = 0;
  EXPECT_THROW(CameraReadout{camera}, InputError);
}

}  // namespace
}  // namespace terrace
