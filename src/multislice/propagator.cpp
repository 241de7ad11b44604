#include "multislice/propagator.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/constants.h"
#include "core/error.h"

namespace terrace {
namespace {

/// Between neighbouring frequencies at the band limit the phase must not turn by more than half a circle.
void check_sampling(const Grid& window, double energy_kev, double thickness) {
  const double narrow = std::min(window.extent_y, window.extent_x);
  const double thickest = narrow / (2 * wavelength(energy_kev) * window.band_limit());
  if (thickness <= thickest) return;
  throw InputError(
      fmt::format("A slice of {:.1f} Å turns the phase too fast for a window of {:.2f} Å: the propagator would alias. "
                  "Cut slices of "
                  "at most {:.1f} Å, or make the specimen at least {:.1f} Å wide.",
                  thickness, narrow, thickest, narrow * thickness / thickest));
}

}  // namespace

Array<Complex, 2> propagator(const PlaneWaves& plane_waves, double energy_kev, double thickness) {
  check_sampling(plane_waves.window(), energy_kev, thickness);
  Array<Complex, 2> result({plane_waves.columns(), plane_waves.rows()});
  const double scale = 1.0 / static_cast<double>(plane_waves.cell().pixels());
  const double phase_per_k2 = -pi * wavelength(energy_kev) * thickness;
  const Grid& window = plane_waves.window();
  for (int column = 0; column < plane_waves.columns(); ++column)
    for (int row = 0; row < plane_waves.rows(); ++row) {
      if (!plane_waves.within_band_limit(row, column)) continue;
      const double ky = plane_waves.number_y(row) / window.extent_y;
      const double kx = plane_waves.number_x(column) / window.extent_x;
      result(column, row) = Complex(std::polar(scale, phase_per_k2 * (ky * ky + kx * kx)));
    }
  return result;
}

}  // namespace terrace
