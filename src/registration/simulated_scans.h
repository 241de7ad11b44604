// Scans that Terrace simulates itself, for the tests of registration: LaAlO3 on SrTiO3, 200 kV, 20 mrad, a camera to
// 40 mrad.
#pragma once

#include <cmath>
#include <utility>
#include <vector>

#include "microscope/probe.h"
#include "multislice/detector.h"
#include "multislice/simulation.h"
#include "multislice/slices.h"
#include "registration/test_scans.h"
#include "specimen/interface.h"

namespace terrace {

/// A scan that begins 2.9 cells before the interface, 0.6 Å past an A column, on a path through the crystal; the
/// detector's axes are turned by `detector_deg` (k_crystal = R k_detector).
struct SimulatedPath {
  int rows = 4, columns = 48;
  double step_y = 3.905 / 4, step_x = 0.47;
  ToyPath path{};
  double detector_deg = 0;

  static constexpr double first_x = 1.1 * 3.905, first_y = 3.905 + 0.6;
  ProbePosition position(int row, int column) const {
    const Place place = path.axes.to_crystal({column * step_x * path.scale, row * step_y * path.scale});
    return {first_y + place.y, first_x + place.x};
  }
};

/// Turns patterns of a camera with `fine` times as many pixels onto one of `pixels`: four points for each fine pixel.
class TurnedCamera {
 public:
  TurnedCamera(int pixels, int fine, double degrees) {
    const double c = std::cos(degrees * pi / 180), s = std::sin(degrees * pi / 180);
    const int count = pixels * fine;
    for (int pixel = 0; pixel < count * count; ++pixel)
      for (int point = 0; point < 4; ++point) {
        const double y = (pixel / count - count / 2 + (point / 2 - 0.5) / 2) / fine;
        const double x = (pixel % count - count / 2 + (point % 2 - 0.5) / 2) / fine;
        const auto column = std::lround(c * x + s * y) + pixels / 2, row = std::lround(c * y - s * x) + pixels / 2;
        if (row >= 0 && row < pixels && column >= 0 && column < pixels)
          shares_.emplace_back(pixel, static_cast<int>(row) * pixels + static_cast<int>(column));
      }
  }
  void apply(std::span<const float> from, std::span<float> to) const {
    for (const auto& [fine, coarse] : shares_) to[coarse] += from[fine] / 4;
  }

 private:
  std::vector<std::pair<int, int>> shares_;
};

inline ScanInfo info_of(const SimulatedPath& path, const Microscope& microscope, const Camera& camera) {
  ScanInfo info;
  info.scan_height = path.rows;
  info.scan_width = path.columns;
  info.detector_height = info.detector_width = camera.pixels;
  info.step_y_angstrom = path.step_y;
  info.step_x_angstrom = path.step_x;
  info.mrad_per_pixel_y = info.mrad_per_pixel_x = camera.mrad_per_pixel;
  info.energy_kev = microscope.energy_kev;
  info.semiangle_mrad = microscope.semiangle_mrad;
  info.intensity_unit = "fraction";
  return info;
}

/// 5.8 cells across and one along the interface by default, at every exit depth asked for.
inline std::vector<MemoryScan> simulate(const Interface& interface, const std::vector<int>& exit_cells,
                                        const SimulatedPath& path = {}, const Microscope& microscope = {}) {
  const Specimen specimen = build(interface);
  const int fine = path.detector_deg == 0 ? 1 : 3;
  const Camera coarse;
  Camera camera;
  camera.pixels *= fine;
  camera.mrad_per_pixel /= fine;
  SimulationPlan plan{.specimens = {specimen},
                      .exits = {},
                      .views = {},
                      .sampling = {},
                      .grid = Grid{128, 256, specimen.width_y, specimen.width_x}};
  std::vector<ProbePosition> positions;
  for (int row = 0; row < path.rows; ++row)
    for (int column = 0; column < path.columns; ++column) positions.push_back(path.position(row, column));
  std::vector<MemoryScan> scans, turned;
  for (const int cells : exit_cells) {
    scans.emplace_back(info_of(path, microscope, camera));
    plan.views.push_back({static_cast<int>(plan.exits.size()), microscope, camera, positions});
    plan.exits.push_back({0, 2 * cells});
  }
  simulate(plan, 1, [&](int view, std::int64_t position) {
    return scans[view].pattern(static_cast<int>(position / path.columns), static_cast<int>(position % path.columns));
  });
  if (fine == 1) return scans;
  const TurnedCamera turn(coarse.pixels, fine, path.detector_deg);
  for (auto& scan : scans) {
    turned.emplace_back(info_of(path, microscope, coarse));
    for (int row = 0; row < path.rows; ++row)
      for (int column = 0; column < path.columns; ++column)
        turn.apply(scan.pattern(row, column), turned.back().pattern(row, column));
  }
  return turned;
}

constexpr double simulated_plane = 4 * 3.905 - SimulatedPath::first_x;  ///< crystal frame
constexpr double simulated_column = 3.905 - 0.6;

inline Interface small_interface(int thickness_cells) {
  Interface interface;
  interface.cells_along = 4;
  interface.thickness_cells = thickness_cells;
  return interface;
}

}  // namespace terrace
