#include "registration/stretches.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "registration/standard_grid.h"

namespace terrace {
namespace {

struct Extent {
  double step = 0, length = 0;  ///< Å
};

Extent extent_along(const ScanInfo& info, const Registration& r) {
  if (r.interface_normal == "y") return {r.step_x_angstrom.value, info.scan_width * r.step_x_angstrom.value};
  return {r.step_y_angstrom.value, info.scan_height * r.step_y_angstrom.value};
}

}  // namespace

double cells_along(const ScanInfo& info, const Registration& registration) {
  return extent_along(info, registration).length / registration.cell_along_angstrom.value;
}

std::vector<Stretch> stretches_of(const ScanInfo& info, const Registration& registration, double cells) {
  if (!(cells >= 1))
    throw InputError(fmt::format(
        "A stretch of {:.3g} cells is too short (the standard grid spans one along the interface). Give 1 or more.",
        cells));
  const auto [step, length] = extent_along(info, registration);
  // A millionth of a cell is rounding.
  const int count = std::max(1, static_cast<int>(cells_along(info, registration) / cells + 1e-6));
  std::vector<Stretch> stretches;
  const auto end = [&](int i) { return -0.5 * step + i * length / count; };
  for (int i = 0; i < count; ++i) stretches.push_back({end(i), end(i + 1)});
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
