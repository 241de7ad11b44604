#include "registration/substrate_thickness.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "microscope/faulty_pixels.h"
#include "registration/square_pixels.h"
#include "registration/substrate_region.h"
#include "registration/virtual_images.h"

namespace terrace {
namespace {

constexpr double most_tilt_mrad = 4;

bool ready(const Registration& r) { return r.usable() && r.energy_kev.known() && r.semiangle_mrad.known(); }

}  // namespace

std::optional<Array<double, 2>> substrate_pattern(const Scan& scan, const Registration& r, const Progress& progress) {
  const auto& info = scan.info();
  const auto axes = r.crystal_axes();
  const SubstrateRegion region(info, r);
  if (!region.any()) return std::nullopt;
  Array<double, 2> sum({info.detector_height, info.detector_width});
  std::vector<float> pattern(static_cast<std::size_t>(sum.size()));
  int taken = 0;
  for (int row = 0; row < info.scan_height; ++row) {
    for (int column = 0; column < info.scan_width; ++column) {
      if (!region.holds(axes.to_crystal({column * r.step_x_angstrom.value, row * r.step_y_angstrom.value}))) continue;
      scan.read(row, column, pattern);
      repair(pattern, info.detector_height, info.detector_width, r.faulty_pixels);
      for (std::int64_t i = 0; i < sum.size(); ++i) sum.data()[i] += pattern[i];
      ++taken;
    }
    if (progress) progress("substrate's pattern", row + 1, info.scan_height);
  }
  if (taken == 0) return std::nullopt;
  for (double& value : sum) value /= taken;
  return sum;
}

ThicknessRange thicknesses_near(double thickness_nm) {
  // At least two steps of the series (pacbed_series.h) to either side.
  const double away = std::max(4.5, 0.15 * thickness_nm);
  return {std::max(ThicknessRange{}.thinnest_nm - 2, thickness_nm - away), thickness_nm + away};
}

std::optional<PacbedFit> substrate_thickness(const Scan& scan, const Registration& r, const Crystal& substrate,
                                             int threads, std::string& reason, const Progress& progress,
                                             const ThicknessRange& thicknesses) {
  if (!ready(r)) {
    reason = "the substrate's patterns were not read: that wants a registered scan with known energy and semi-angle";
    return std::nullopt;
  }
  const auto pattern = substrate_pattern(scan, r, progress);
  if (!pattern) {
    reason =
        "the substrate's patterns were not read: the scan shows no whole cell of the substrate beyond 1.5 cells from "
        "the interface";
    return std::nullopt;
  }
  PacbedRange range;
  range.energy_kev = r.energy_kev.value;
  range.widest_mrad = r.semiangle_mrad.value + most_tilt_mrad;
  range.reach_mrad = 1.4 * r.semiangle_mrad.value + most_tilt_mrad;
  range.thinnest_nm = thicknesses.thinnest_nm;
  range.thickest_nm = thicknesses.thickest_nm;
  const auto series = make_series(zone_axis_box(substrate, {0, 0, 1}), range, threads, progress);
  PacbedKnown known;
  known.semiangle_mrad = r.semiangle_mrad.value;
  const SquarePixels square(r.mrad_per_pixel_y.value, r.mrad_per_pixel_x.value);
  known.mrad_per_pixel = square.mrad_per_pixel();
  known.centre_row = square.row(r.centre_row.value);
  known.centre_column = square.column(r.centre_column.value);
  known.most_tilt_mrad = most_tilt_mrad;
  try {
    auto fit = fit_pacbed(square.laid(*pattern), series, known, threads);
    fit.centre_row.value = square.detector_row(fit.centre_row.value);
    fit.centre_column.value = square.detector_column(fit.centre_column.value);
    return fit;
  } catch (const InputError& error) {
    reason = error.what();
    return std::nullopt;
  }
}

}  // namespace terrace
