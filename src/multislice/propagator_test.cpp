#include "multislice/propagator.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/constants.h"
#include "core/random.h"
#include "multislice/complex_kernels.h"

namespace terrace {
namespace {

const Grid grid{48, 64, 9.0, 14.0};

TEST(Propagator, two_half_steps_equal_one_step) {
  auto halves = propagator(grid, 200, 1.3);
  multiply(halves.span(), propagator(grid, 200, 1.3).span());
  const auto whole = propagator(grid, 200, 2.6);
  // Each carries 1/pixels; the product of two carries it twice. Three float roundings of values up to 1/pixels.
  const float pixels = static_cast<float>(grid.pixels());
  for (std::int64_t i = 0; i < whole.size(); ++i)
    EXPECT_LT(std::abs(halves.data()[i] * pixels * pixels - whole.data()[i] * pixels), 4 * 6e-8f);
}

TEST(Propagator, keeps_every_beam_inside_the_band_limit_and_none_outside) {
  const auto p = propagator(grid, 200, 2.0);
  for (int y = 0; y < grid.height; ++y)
    for (int x = 0; x < grid.width; ++x) {
      const bool inside = std::hypot(grid.frequency_y(y), grid.frequency_x(x)) <= grid.band_limit();
      EXPECT_NEAR(std::abs(p(y, x)) * static_cast<float>(grid.pixels()), inside ? 1 : 0, 2e-7);
    }
}

TEST(Propagator, the_phase_is_the_extra_path_of_a_tilted_beam) {
  // A beam at angle α = λk runs Δz/cos α instead of Δz and meets the axis phase earlier by Δz (1 − cos α) 2π/λ, which
  // is πλΔzk² to second order; at 30 mrad the fourth order is 2e-4 of it.
  const double thickness = 5, lambda = wavelength(200);
  const auto p = propagator(grid, 200, thickness);
  const int column = 12;
  const double alpha = lambda * grid.frequency_x(column);
  EXPECT_NEAR(std::arg(p(0, column)), -2 * pi / lambda * thickness * (1 - std::cos(alpha)), 1e-3);
}

class Multiply : public testing::TestWithParam<int> {};

TEST_P(Multiply, equals_the_product_of_complex_numbers) {
  const int count = GetParam();
  Array<Complex, 1> wave({count}), factor({count});
  Random random(1);
  for (auto* array : {&wave, &factor})
    for (auto& value : *array)
      value = Complex(static_cast<float>(random.normal()), static_cast<float>(random.normal()));
  const auto before = wave;
  multiply(wave.span(), factor.span());
  for (int i = 0; i < count; ++i) {
    const auto exact = std::complex<double>(before(i)) * std::complex<double>(factor(i));
    // Three roundings of products of magnitude |wave||factor|, with and without fused multiply-add.
    EXPECT_LT(std::abs(std::complex<double>(wave(i)) - exact),
              4 * 6e-8 * std::abs(before(i)) * std::abs(factor(i)) + 1e-30);
  }
}

INSTANTIATE_TEST_SUITE_P(AwkwardSizes, Multiply, testing::Values(0, 1, 3, 7, 8, 17, 250, 1024));

}  // namespace
}  // namespace terrace
