#include "registration/stretches.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "registration/standard_grid.h"

namespace terrace {

std::pair<double, double> reach_along(const ScanInfo& info, const Registration& r) {
  const auto axes = r.crystal_axes();
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const double column : {-0.5, info.scan_width - 0.5})
    for (const double row : {-0.5, info.scan_height - 0.5}) {
      const Place corner = axes.to_crystal({column * r.step_x_angstrom.value, row * r.step_y_angstrom.value});
      const double along = r.interface_normal == "y" ? corner.x : corner.y;
      low = std::min(low, along);
      high = std::max(high, along);
    }
  return {low, high};
}

double cells_along(const ScanInfo& info, const Registration& registration) {
  const auto [low, high] = reach_along(info, registration);
  return (high - low) / registration.cell_along_angstrom.value;
}

std::vector<Stretch> stretches_of(const ScanInfo& info, const Registration& registration, double cells) {
  if (!(cells >= 1))
    throw InputError(fmt::format(
        "A stretch of {:.3g} cells is too short (the standard grid spans one along the interface). Give 1 or more.",
        cells));
  const auto [low, high] = reach_along(info, registration);
  // A millionth of a cell is rounding.
  const int count = std::max(1, static_cast<int>(cells_along(info, registration) / cells + 1e-6));
  std::vector<Stretch> stretches;
  const double length = (high - low) / count;
  for (int i = 0; i < count; ++i) stretches.push_back({low + i * length, low + (i + 1) * length});
  return stretches;
}

StretchChoice choose_stretch_cells(const ScanInfo& info, const Registration& registration, const StandardGrid& grid,
                                   double electrons) {
  const double cells = cells_along(info, registration);
  const double dose = electrons_per_standard_pattern(info, registration, grid);
  if (dose > 0) {
    const double wanted = std::ceil(electrons * cells / dose - 1e-6);
    return {static_cast<int>(std::clamp(wanted, 1.0, std::max(1.0, std::ceil(cells)))),
            fmt::format("for {:.0f} electrons a pattern", electrons)};
  }
  if (info.intensity_unit == "fraction") return {1, "the patterns hold no counting noise"};
  return {std::max(1, static_cast<int>(std::ceil(cells / 8))), "an eighth of the scan, since the dose is unknown"};
}

}  // namespace terrace
