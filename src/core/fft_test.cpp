#include "core/fft.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/constants.h"
#include "core/grid.h"
#include "core/random.h"

namespace terrace {
namespace {

Array<Complex, 2> noise(int height, int width) {
  Array<Complex, 2> wave({height, width});
  Random random(5);
  for (auto& value : wave) value = Complex(static_cast<float>(random.normal()), static_cast<float>(random.normal()));
  return wave;
}

class Fft : public testing::TestWithParam<std::pair<int, int>> {};

TEST_P(Fft, forward_then_inverse_multiplies_by_the_pixels) {
  const auto [height, width] = GetParam();
  const auto start = noise(height, width);
  auto wave = start;
  const Fft2 fft(height, width);
  fft.forward(wave.span());
  fft.inverse(wave.span());
  // About one float epsilon (6e-8) for each of the 2·log2(N) passes, values up to 5.
  for (std::int64_t i = 0; i < wave.size(); ++i)
    EXPECT_LT(std::abs(wave.data()[i] / static_cast<float>(wave.size()) - start.data()[i]), 1e-5);
}

TEST_P(Fft, parseval_holds) {
  const auto [height, width] = GetParam();
  auto wave = noise(height, width);
  double before = 0, after = 0;
  for (const auto& value : wave) before += std::norm(value);
  Fft2(height, width).forward(wave.span());
  for (const auto& value : wave) after += std::norm(value);
  EXPECT_NEAR(after / before / static_cast<double>(wave.size()), 1, 1e-6);
}

INSTANTIATE_TEST_SUITE_P(Sizes, Fft, testing::Values(std::pair{16, 16}, std::pair{24, 48}, std::pair{31, 33}));

TEST(Fft, a_plane_wave_lands_on_its_frequency) {
  const Grid grid{16, 24, 8.0, 12.0};
  Array<Complex, 2> wave({16, 24});
  for (int y = 0; y < 16; ++y)
    for (int x = 0; x < 24; ++x) {
      const double phase = 2 * pi * (-3 / grid.extent_y * y * grid.pixel_y() + 5 / grid.extent_x * x * grid.pixel_x());
      wave(y, x) = Complex(static_cast<float>(std::cos(phase)), static_cast<float>(std::sin(phase)));
    }
  Fft2(16, 24).forward(wave.span());
  const int row = Grid::fft_index(-3, 16), column = Grid::fft_index(5, 24);
  EXPECT_NEAR(wave(row, column).real(), 16 * 24, 1e-3);
  EXPECT_DOUBLE_EQ(grid.frequency_y(row), -3 / 8.0);
  EXPECT_DOUBLE_EQ(grid.frequency_x(column), 5 / 12.0);
}

TEST(Grid, fast_sizes_hold_what_is_asked) {
  EXPECT_EQ(fast_transform_size(250.5), 256);
  EXPECT_EQ(fast_transform_size(257), 270);
  EXPECT_EQ(fast_transform_size(1), 2);
}

}  // namespace
}  // namespace terrace
