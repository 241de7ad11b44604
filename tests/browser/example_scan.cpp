#include "example_scan.h"

#include <algorithm>
#include <cmath>
#include <complex>

#include "core/random.h"

namespace terrace {
namespace {

constexpr double semiangle_mrad = 20, lattice_mrad = 6.42, cell_angstrom = 3.905;
constexpr int beams = 4;  // from −beams to beams along each axis

/// Amplitude of the beam (h, k): columns of A atoms at the corner, of B atoms in the middle; the film scatters more.
std::complex<double> beam_amplitude(int h, int k, double film) {
  const double fall_off = std::exp(-0.16 * (h * h + k * k));
  const double a = 0.24 + 0.14 * film, b = (h + k) % 2 ? -0.13 + 0.03 * film : 0.13 - 0.03 * film;
  const std::complex<double> scattered(-0.35 * (a + b), a + b);
  return h == 0 && k == 0 ? 0.85 + 0.1 * scattered : fall_off * scattered;
}

/// What columns scatter beyond the camera: A at the cell's corners, B in its middle; film A more and film B less.
double loss(double x_cells, double y_cells, double film) {
  const auto near = [&](double x, double y) {
    const double dx = x_cells - x - std::round(x_cells - x), dy = y_cells - y - std::round(y_cells - y);
    return std::exp(-(dx * dx + dy * dy) / (2 * 0.14 * 0.14));
  };
  return (0.30 + 0.15 * film) * near(0, 0) + (0.18 - 0.08 * film) * near(0.5, 0.5);
}

/// 1 inside the aperture around beam (h, k), with an edge one mrad wide.
double aperture(double ky, double kx, int h, int k) {
  const double distance = std::hypot(ky - k * lattice_mrad, kx - h * lattice_mrad);
  return 1 / (1 + std::exp((distance - semiangle_mrad) / 0.4));
}

}  // namespace

void fill_pattern(double x_cells, double y_cells, double film, int pixels, double mrad_per_pixel,
                  std::span<float> pattern) {
  constexpr double turn = 2 * 3.14159265358979;
  for (int row = 0; row < pixels; ++row)
    for (int column = 0; column < pixels; ++column) {
      const double ky = (row - pixels / 2) * mrad_per_pixel, kx = (column - pixels / 2) * mrad_per_pixel;
      std::complex<double> wave = 0;
      for (int k = -beams; k <= beams; ++k)
        for (int h = -beams; h <= beams; ++h) {
          const double share = aperture(ky, kx, h, k);
          if (share > 1e-6)
            wave += share * beam_amplitude(h, k, film) * std::polar(1.0, turn * (h * x_cells + k * y_cells));
        }
      const double thermal = 0.02 * (1 + 0.6 * film) * std::exp(-(ky * ky + kx * kx) / 1200);
      pattern[row * pixels + column] = static_cast<float>((std::norm(wave) + thermal) / 900);
    }
}

ExampleScan::ExampleScan(int height, int width, int pixels) : patterns_({height, width, pixels, pixels}) {
  info_.scan_height = height;
  info_.scan_width = width;
  info_.detector_height = info_.detector_width = pixels;
  info_.step_y_angstrom = info_.step_x_angstrom = cell_angstrom / 8;
  info_.mrad_per_pixel_y = info_.mrad_per_pixel_x = 80.0 / pixels;
  info_.centre_row = info_.centre_column = pixels / 2;
  info_.energy_kev = 200;
  info_.semiangle_mrad = semiangle_mrad;
  info_.intensity_unit = "electrons";
  info_.electrons_per_pattern = 10000;
  info_.format = "example";
  for (int row = 0; row < height; ++row)
    for (int column = 0; column < width; ++column) fill(row, column);
}

std::span<float> ExampleScan::pattern(int row, int column) {
  const std::int64_t area = patterns_.extent(2) * patterns_.extent(3);
  return patterns_[row].subspan(column * area, area);
}

void ExampleScan::fill(int row, int column) {
  const double x = (column - 0.5 * info_.scan_width) / 8, y = row / 8.0;
  const double film = 0.5 * (1 + std::erf(x / 0.9));
  const auto pattern = this->pattern(row, column);
  fill_pattern(x, y, film, info_.detector_width, info_.mrad_per_pixel_x, pattern);
  double total = 0;
  for (const float value : pattern) total += value;
  Random random(7, {static_cast<std::uint64_t>(row), static_cast<std::uint64_t>(column)});
  const double electrons = info_.electrons_per_pattern * (1 - loss(x, y, film));
  for (float& value : pattern) value = static_cast<float>(random.poisson(value / total * electrons));
}

void ExampleScan::read(int row, int column, std::span<float> pattern) const {
  const auto area = static_cast<std::int64_t>(pattern.size());
  std::ranges::copy(patterns_[row].subspan(column * area, area), pattern.begin());
}

}  // namespace terrace
