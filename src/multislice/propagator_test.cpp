#include "multislice/propagator.h"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>

#include "core/constants.h"
#include "core/error.h"

namespace terrace {
namespace {

const Grid grid{48, 64, 9.0, 14.0};
const PlaneWaves plane_waves(grid);

TEST(Propagator, two_half_steps_equal_one_step) {
  const auto half = propagator(plane_waves, 200, 1.3), whole = propagator(plane_waves, 200, 2.6);
  // Each carries 1/pixels. Three float roundings of values up to 1.
  const float pixels = static_cast<float>(grid.pixels());
  for (std::int64_t i = 0; i < whole.size(); ++i) {
    const auto twice = std::complex<double>(half.data()[i] * pixels) * std::complex<double>(half.data()[i] * pixels);
    EXPECT_LT(std::abs(twice - std::complex<double>(whole.data()[i] * pixels)), 4 * 6e-8);
  }
}

TEST(Propagator, keeps_every_beam_inside_the_band_limit_and_none_outside) {
  const auto p = propagator(plane_waves, 200, 2.0);
  int inside_count = 0;
  for (int row = 0; row < plane_waves.rows(); ++row)
    for (int column = 0; column < plane_waves.columns(); ++column) {
      const double ky = plane_waves.number_y(row) / grid.extent_y, kx = plane_waves.number_x(column) / grid.extent_x;
      const bool inside = std::hypot(ky, kx) <= grid.band_limit();
      inside_count += inside;
      EXPECT_NEAR(std::abs(p(column, row)) * static_cast<float>(grid.pixels()), inside ? 1 : 0, 2e-7);
    }
  int expected = 0;  // no frequency of the grid is missing among the plane waves
  for (int y = 0; y < grid.height; ++y)
    for (int x = 0; x < grid.width; ++x)
      expected += std::hypot(grid.frequency_y(y), grid.frequency_x(x)) <= grid.band_limit();
  EXPECT_EQ(inside_count, expected);
}

TEST(Propagator, the_phase_is_the_extra_path_of_a_tilted_beam) {
  // A beam at angle α = λk runs Δz/cos α instead of Δz and meets the axis phase earlier by Δz (1 − cos α) 2π/λ, which
  // is πλΔzk² to second order; at 30 mrad the fourth order is 2e-4 of it.
  const double thickness = 5, lambda = wavelength(200);
  const auto p = propagator(plane_waves, 200, thickness);
  const int number = 12;
  const double alpha = lambda * number / grid.extent_x;
  EXPECT_NEAR(std::arg(p(plane_waves.column_of(number), plane_waves.row_of(0))),
              -2 * pi / lambda * thickness * (1 - std::cos(alpha)), 1e-3);
}

TEST(Propagator, refuses_a_slice_that_would_alias) {
  // At the band limit of 3.56 1/Å neighbouring phases differ by 2πλΔz k/extent = π at 50 Å.
  EXPECT_NO_THROW(propagator(plane_waves, 200, 0.99 * 9.0 / (2 * wavelength(200) * grid.band_limit())));
  EXPECT_THROW(propagator(plane_waves, 200, 1.01 * 9.0 / (2 * wavelength(200) * grid.band_limit())), InputError);
}

}  // namespace
}  // namespace terrace
