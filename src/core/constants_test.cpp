#include "core/constants.h"

#include <gtest/gtest.h>

#include <cmath>

namespace terrace {
namespace {

TEST(Constants, wavelengths_are_the_tabulated_ones) {
  // Kirkland (2010) table 2.2, to the digits printed there.
  EXPECT_NEAR(wavelength(80), 0.041757, 5e-7);
  EXPECT_NEAR(wavelength(200), 0.025079, 5e-7);
  EXPECT_NEAR(wavelength(300), 0.019687, 5e-7);
}

TEST(Constants, interaction_parameter_is_the_derivative_of_phase_by_potential) {
  // σ = 2π/(λ E) (m₀c² + E)/(2 m₀c² + E), E in V (Kirkland 2010, eq. 5.6): an independent form of the same.
  for (const double kev : {60.0, 80.0, 200.0, 300.0}) {
    const double volts = 1000 * kev, rest = 1000 * electron_rest_energy_kev;
    const double expected = 2 * pi / (wavelength(kev) * volts) * (rest + volts) / (2 * rest + volts);
    EXPECT_NEAR(interaction_parameter(kev) / expected, 1, 1e-6);  // constants are given to seven digits
  }
}

}  // namespace
}  // namespace terrace
