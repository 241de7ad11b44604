// Scans for the tests of registration: a toy crystal with known answers, and the reference stacks of other programs.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/array.h"
#include "core/random.h"
#include "formats/scan.h"
#include "registration/crystal_axes.h"

namespace terrace {

/// A scan held in memory.
class MemoryScan : public Scan {
 public:
  explicit MemoryScan(const ScanInfo& info)
      : patterns({info.scan_height, info.scan_width, info.detector_height, info.detector_width}) {
    info_ = info;
  }
  void read(int row, int column, std::span<float> pattern) const override {
    const auto area = static_cast<std::int64_t>(pattern.size());
    const float* from = patterns.data() + (std::int64_t{row} * info_.scan_width + column) * area;
    std::copy(from, from + area, pattern.begin());
  }
  std::span<float> pattern(int row, int column) {
    const std::int64_t area = std::int64_t{info_.detector_height} * info_.detector_width;
    return patterns.span().subspan((std::int64_t{row} * info_.scan_width + column) * area, area);
  }

  Array<float, 4> patterns;
};

/// A crystal whose columns each take away a Gaussian share of the beam, sending a third of it into a ring beyond the
/// disc. Film and substrate differ as LaAlO3 and SrTiO3 do: brighter A, darker B columns, cell 3.73 and 3.905 Å.
struct ToyCrystal {
  double boundary = 15.62;  ///< x of the first film A-plane; the film lies at high x
  double column = 1.3;      ///< y of an A column
  double substrate_cell = 3.905, film_cell = 3.73;
  double column_width = 0.55;  ///< Å
  double film_a = 0.45, film_b = 0.10, substrate_a = 0.30, substrate_b = 0.18;
  double mixed_cells = 0;      ///< width of an error-function profile
  double converted_share = 0;  ///< share of the depth in which the first film cell is substrate (a buried step)

  /// The film's share in cell `n`, counted from the boundary.
  double film_share(int n) const {
    if (mixed_cells > 0) return 0.5 * std::erfc(-(n + 0.5) / (std::sqrt(2.0) * mixed_cells));
    if (n == 0) return 1 - converted_share;
    return n > 0 ? 1 : 0;
  }
  double plane(int n) const { return boundary + n * (n > 0 ? film_cell : substrate_cell); }

  double loss(double x, double y) const {
    double sum = 0;
    for (int n = -12; n <= 12; ++n) {
      const double f = film_share(n);
      sum += (substrate_a + f * (film_a - substrate_a)) * row(x - plane(n), y - column);
      const double middle = 0.5 * (plane(n) + plane(n + 1));
      sum += (substrate_b + f * (film_b - substrate_b)) * row(x - middle, y - column - substrate_cell / 2);
    }
    return sum;
  }

 private:
  double row(double dx, double dy) const {
    const double y = dy - substrate_cell * std::round(dy / substrate_cell);
    return std::exp(-(dx * dx + y * y) / (2 * column_width * column_width));
  }
};

/// What a toy scan looks like; the beam falls on (row, column), the disc is `semiangle_mrad` wide.
struct ToyCamera {
  int height = 40, width = 40;
  double mrad_per_pixel_y = 2, mrad_per_pixel_x = 2;
  double row = 19.6, column = 20.3;
  double semiangle_mrad = 20;
  double lopsided = 0.3;  ///< slope of the disc's brightness along x: what channelling does near an interface
};

inline ScanInfo toy_info(const ToyCamera& camera, int height, int width, double step) {
  ScanInfo info;
  info.scan_height = height;
  info.scan_width = width;
  info.detector_height = camera.height;
  info.detector_width = camera.width;
  info.step_y_angstrom = info.step_x_angstrom = step;
  info.mrad_per_pixel_y = camera.mrad_per_pixel_y;
  info.mrad_per_pixel_x = camera.mrad_per_pixel_x;
  info.energy_kev = 200;
  info.semiangle_mrad = camera.semiangle_mrad;
  info.intensity_unit = "fraction";
  return info;
}

/// Share of pixel (row, column) inside the disc, by 8 × 8 points.
inline double disc_share(const ToyCamera& camera, int row, int column, double radius) {
  int inside = 0;
  for (int i = 0; i < 64; ++i) {
    const double y = (row - camera.row + (i / 8 + 0.5) / 8 - 0.5) * camera.mrad_per_pixel_y;
    const double x = (column - camera.column + (i % 8 + 0.5) / 8 - 0.5) * camera.mrad_per_pixel_x;
    inside += x * x + y * y < radius * radius;
  }
  return inside / 64.0;
}

/// Where the scan really was: the crystal's axes in it, and Å of the crystal for each Å that the scan counts.
struct ToyPath {
  CrystalAxes axes;
  double scale = 1;
};

inline MemoryScan toy_scan(const ToyCrystal& crystal, const ToyCamera& camera, int height, int width, double step,
                           const ToyPath& path = {}) {
  MemoryScan scan(toy_info(camera, height, width, step));
  std::vector<double> disc, ring;
  double disc_sum = 0, ring_sum = 0;
  for (int row = 0; row < camera.height; ++row)
    for (int column = 0; column < camera.width; ++column) {
      const double slope =
          1 + camera.lopsided * (column - camera.column) * camera.mrad_per_pixel_x / camera.semiangle_mrad;
      const double inner = disc_share(camera, row, column, camera.semiangle_mrad);
      disc.push_back(inner * slope);
      ring.push_back(disc_share(camera, row, column, 1.7 * camera.semiangle_mrad) - inner);
      disc_sum += disc.back();
      ring_sum += ring.back();
    }
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      const Place place = path.axes.to_crystal({x * step * path.scale, y * step * path.scale});
      const double loss = crystal.loss(place.x, place.y);
      auto pattern = scan.pattern(y, x);
      for (std::size_t p = 0; p < pattern.size(); ++p)
        pattern[p] = static_cast<float>((1 - loss) * disc[p] / disc_sum + loss / 3 * ring[p] / std::max(1.0, ring_sum));
    }
  return scan;
}

/// Turns fractions of the beam into Poisson counts of `electrons` a pattern.
inline void add_shot_noise(MemoryScan& scan, double electrons, std::uint64_t seed) {
  Random random(seed);
  for (float& value : scan.patterns) value = static_cast<float>(random.poisson(value * electrons));
  scan.info().intensity_unit = "electrons";
  scan.info().electrons_per_pattern = electrons;
}

/// A reference stack cbed_NAME.npy, stored [iy][ix][kx][ky], turned into [y][x][ky][kx]. No positions and no centre are
/// handed on. Empty where the folder is absent.
inline std::unique_ptr<MemoryScan> reference_scan(const std::string& name) {
  const auto path =
      std::filesystem::path(TERRACE_SOURCE_DIR) / ".." / "shared" / "reference" / ("cbed_" + name + ".npy");
  std::ifstream file(path, std::ios::binary);
  if (!file) return nullptr;
  constexpr int ny = 4, nx = 16, nkx = 101, nky = 103;
  file.seekg(128);
  std::vector<float> raw(ny * nx * nkx * nky);
  file.read(reinterpret_cast<char*>(raw.data()), static_cast<std::streamsize>(raw.size() * sizeof(float)));
  if (!file) return nullptr;
  ScanInfo info;
  info.scan_height = ny;
  info.scan_width = nx;
  info.detector_height = nky;
  info.detector_width = nkx;
  info.step_x_angstrom = 30.54 / 64;
  info.step_y_angstrom = 31.24 / 32;
  info.mrad_per_pixel_x = 25.0793 / 30.54;
  info.mrad_per_pixel_y = 25.0793 / 31.24;
  info.semiangle_mrad = 20;
  info.energy_kev = 200;
  info.intensity_unit = "fraction";
  auto scan = std::make_unique<MemoryScan>(info);
  for (int y = 0; y < ny; ++y)
    for (int x = 0; x < nx; ++x)
      for (int i = 0; i < nkx; ++i)
        for (int j = 0; j < nky; ++j)
          scan->pattern(y, x)[j * nkx + i] = raw[((static_cast<std::size_t>(y) * nx + x) * nkx + i) * nky + j];
  return scan;
}

/// The same scan with x reversed, and the detector's columns with it: the film changes ends.
inline MemoryScan mirrored(const MemoryScan& scan) {
  const auto& info = scan.info();
  MemoryScan other(info);
  for (int y = 0; y < info.scan_height; ++y)
    for (int x = 0; x < info.scan_width; ++x)
      for (int row = 0; row < info.detector_height; ++row)
        for (int column = 0; column < info.detector_width; ++column)
          other.patterns(y, info.scan_width - 1 - x, row, info.detector_width - 1 - column) =
              scan.patterns(y, x, row, column);
  return other;
}

/// The same scan with x and y exchanged, detector included: the interface normal runs along y.
inline MemoryScan transposed(const MemoryScan& scan) {
  ScanInfo info = scan.info();
  std::swap(info.scan_height, info.scan_width);
  std::swap(info.detector_height, info.detector_width);
  std::swap(info.step_y_angstrom, info.step_x_angstrom);
  std::swap(info.mrad_per_pixel_y, info.mrad_per_pixel_x);
  MemoryScan other(info);
  for (int y = 0; y < info.scan_height; ++y)
    for (int x = 0; x < info.scan_width; ++x)
      for (int row = 0; row < info.detector_height; ++row)
        for (int column = 0; column < info.detector_width; ++column)
          other.patterns(y, x, row, column) = scan.patterns(x, y, column, row);
  return other;
}

}  // namespace terrace
