#include "multislice/propagator.h"

#include <cmath>

#include "core/constants.h"

namespace terrace {

Array<Complex, 2> propagator(const Grid& grid, double energy_kev, double thickness) {
  Array<Complex, 2> result({grid.height, grid.width});
  const double limit = grid.band_limit() * grid.band_limit(), scale = 1.0 / static_cast<double>(grid.pixels());
  const double phase_per_k2 = -pi * wavelength(energy_kev) * thickness;
  for (int y = 0; y < grid.height; ++y)
    for (int x = 0; x < grid.width; ++x) {
      const double ky = grid.frequency_y(y), kx = grid.frequency_x(x), k2 = ky * ky + kx * kx;
      if (k2 > limit) continue;
      result(y, x) = Complex(std::polar(scale, phase_per_k2 * k2));
    }
  return result;
}

}  // namespace terrace
