#include "registration/mirror_lines.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <vector>

#include "core/bilinear.h"
#include "core/constants.h"

namespace terrace {

namespace {

constexpr int azimuths = 360;
constexpr int fourfold = 6;  ///< harmonics 4, 8 … 24
constexpr double least_agreement = 0.5, least_modulation = 0.007, largest_error_deg = 3;

double value_at(const Array<double, 2>& image, double row, double column) {
  const auto y = std::clamp<std::int64_t>(static_cast<std::int64_t>(std::floor(row)), 0, image.extent(0) - 2);
  const auto x = std::clamp<std::int64_t>(static_cast<std::int64_t>(std::floor(column)), 0, image.extent(1) - 2);
  const double fy = row - y, fx = column - x;
  return bilinear(image, y, x, fy, fx);
}

/// What the pattern is besides its radial profile. Interpolating between square pixels lends a steep profile a fourfold
/// part of the detector's own, so the profile is taken out before: its mean over pixels, half a pixel apart.
Array<double, 2> without_profile(const Array<double, 2>& pattern, const PatternScale& scale) {
  const double pitch = 0.5 * std::max(scale.mrad_y, scale.mrad_x);
  const auto place = [&](std::int64_t row, std::int64_t column) {
    return std::hypot((row - scale.centre_row) * scale.mrad_y, (column - scale.centre_column) * scale.mrad_x) / pitch;
  };
  std::vector<double> sums, weights;
  const auto share = [&](std::size_t bin, double value, double weight) {
    if (sums.size() <= bin) sums.resize(bin + 1), weights.resize(bin + 1);
    sums[bin] += weight * value;
    weights[bin] += weight;
  };
  for (std::int64_t row = 0; row < pattern.extent(0); ++row)
    for (std::int64_t column = 0; column < pattern.extent(1); ++column) {
      const double at = place(row, column), low = std::floor(at);
      share(static_cast<std::size_t>(low), pattern(row, column), 1 - (at - low));
      share(static_cast<std::size_t>(low) + 1, pattern(row, column), at - low);
    }
  for (std::size_t bin = 0; bin < sums.size(); ++bin) sums[bin] /= std::max(1e-12, weights[bin]);
  Array<double, 2> uneven = pattern;
  for (std::int64_t row = 0; row < pattern.extent(0); ++row)
    for (std::int64_t column = 0; column < pattern.extent(1); ++column) {
      const double at = place(row, column), low = std::floor(at);
      const auto bin = static_cast<std::size_t>(low);
      uneven(row, column) -= (1 - (at - low)) * sums[bin] + (at - low) * sums[bin + 1];
    }
  return uneven;
}

/// One ring of the pattern: w aₙ² for n = 4, 8 …, and the powers that they are judged by.
struct Ring {
  std::array<std::complex<double>, fourfold> squares{};
  double power = 0;  ///< w Σ |aₙ|²
  double total = 0;  ///< w mean²
};

Ring ring_of(const Array<double, 2>& pattern, const Array<double, 2>& uneven, const PatternScale& scale,
             double radius) {
  std::array<std::complex<double>, fourfold> a{};
  double mean = 0;
  for (int i = 0; i < azimuths; ++i) {
    const double angle = 2 * pi * i / azimuths;
    const double row = scale.centre_row + radius * std::sin(angle) / scale.mrad_y;
    const double column = scale.centre_column + radius * std::cos(angle) / scale.mrad_x;
    const double value = value_at(uneven, row, column);
    mean += value_at(pattern, row, column) / azimuths;
    for (int k = 0; k < fourfold; ++k) a[k] += std::polar(value / azimuths, -4 * (k + 1) * angle);
  }
  Ring ring;
  if (!(mean > 0)) return ring;
  const double weight = radius / mean;
  for (int k = 0; k < fourfold; ++k) {
    // A period of fewer than three pixels is not in the pattern.
    if (2 * pi * radius / (4 * (k + 1)) < 3 * std::max(scale.mrad_y, scale.mrad_x)) break;
    ring.squares[k] = weight * a[k] * a[k];
    ring.power += weight * std::norm(a[k]);
  }
  ring.total = weight * mean * mean;
  return ring;
}

std::vector<Ring> rings_of(const Array<double, 2>& pattern, const PatternScale& scale) {
  const double pixel = std::max(scale.mrad_y, scale.mrad_x), rim = 0.03 * scale.semiangle_mrad + 1.5 * pixel;
  const auto uneven = without_profile(pattern, scale);
  std::vector<Ring> rings;
  for (double radius = 2 * pixel; radius < scale.reach_mrad - pixel; radius += pixel)
    if (std::abs(radius - scale.semiangle_mrad) > rim) rings.push_back(ring_of(pattern, uneven, scale, radius));
  return rings;
}

/// Correlation of one ring with its mirror image at the line `angle`, or its derivative of the given order.
double correlation(const Ring& ring, double angle, int derivative) {
  double sum = 0;
  for (int k = 0; k < fourfold; ++k) {
    const double order = 8 * (k + 1);
    const auto term = ring.squares[k] * std::polar(1.0, order * angle);
    sum += derivative == 0 ? term.real() : derivative == 1 ? -order * term.imag() : -order * order * term.real();
  }
  return sum;
}

double correlation(const std::vector<Ring>& rings, double angle, int derivative) {
  double sum = 0;
  for (const auto& ring : rings) sum += correlation(ring, angle, derivative);
  return sum;
}

double best_angle(const std::vector<Ring>& rings) {
  double best = -1e300, angle = 0;
  for (double trial = -22.5 * pi / 180; trial <= 22.5 * pi / 180; trial += 0.25 * pi / 180) {
    const double value = correlation(rings, trial, 0);
    if (value <= best) continue;
    best = value;
    angle = trial;
  }
  for (int i = 0; i < 3; ++i) {
    const double bend = correlation(rings, angle, 2);
    if (bend < 0) angle -= std::clamp(correlation(rings, angle, 1) / bend, -0.005, 0.005);
  }
  return angle;
}

/// Every ring pulls with its slope; neighbours share pixels, so three of them pull together.
double error_of(const std::vector<Ring>& rings, double angle) {
  double squares = 0;
  for (std::size_t i = 0; i < rings.size(); i += 3) {
    double pull = 0;
    for (std::size_t j = i; j < std::min(i + 3, rings.size()); ++j) pull += correlation(rings[j], angle, 1);
    squares += pull * pull;
  }
  return std::sqrt(squares) / std::abs(correlation(rings, angle, 2));
}

}  // namespace

MirrorLines find_mirror_lines(const Array<double, 2>& mean_pattern, const PatternScale& scale) {
  MirrorLines lines;
  const auto rings = rings_of(mean_pattern, scale);
  double power = 0, total = 0;
  for (const auto& ring : rings) power += ring.power, total += ring.total;
  if (!(power > 0) || !(total > 0)) return lines;
  const double angle = best_angle(rings);
  lines.angle_deg = std::remainder(angle * 180 / pi, 45);
  lines.error_deg = error_of(rings, angle) * 180 / pi;
  lines.agreement = correlation(rings, angle, 0) / power;
  lines.modulation = std::sqrt(2 * power / total);
  lines.found =
      lines.agreement > least_agreement && lines.modulation > least_modulation && lines.error_deg < largest_error_deg;
  return lines;
}

}  // namespace terrace
