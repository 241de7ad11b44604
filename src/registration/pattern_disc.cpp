#include "registration/pattern_disc.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/averages.h"
#include "core/bilinear.h"
#include "core/constants.h"
#include "registration/least_squares.h"

namespace terrace {

namespace {

constexpr int directions = 96;
/// No point of the rim is known better, in pixels: interpolation between pixels errs by about this.
constexpr double least_noise = 0.02;

/// Bilinear interpolation; beyond the rim the nearest pixel, so that the detector's own edge is none.
double value_at(const Array<double, 2>& image, double row, double column) {
  const auto limit = [](double place, std::int64_t count) { return std::clamp(place, 0.0, count - 1.0); };
  row = limit(row, image.extent(0));
  column = limit(column, image.extent(1));
  const auto y = std::min(static_cast<std::int64_t>(row), image.extent(0) - 2);
  const auto x = std::min(static_cast<std::int64_t>(column), image.extent(1) - 2);
  return bilinear(image, y, x, row - y, column - x);
}

/// Half the level at which the typical electron falls: Σ I² / Σ I over 2.
double half_level(const Array<double, 2>& image) {
  double sum = 0, squares = 0;
  for (const double value : image) {
    sum += value;
    squares += value * value;
  }
  return sum > 0 ? squares / sum / 2 : 0;
}

/// Centroid and area of what exceeds the half level, twice, the second time only near the first answer.
PatternDisc threshold_disc(const Array<double, 2>& image, double aspect) {
  const double level = half_level(image);
  PatternDisc disc;
  disc.row = (image.extent(0) - 1) / 2.0;
  disc.column = (image.extent(1) - 1) / 2.0;
  double reach = 1e30;
  for (int pass = 0; pass < 3; ++pass) {
    double area = 0, rows = 0, columns = 0;
    for (std::int64_t y = 0; y < image.extent(0); ++y)
      for (std::int64_t x = 0; x < image.extent(1); ++x) {
        if (!(image(y, x) > level) || std::hypot((y - disc.row) * aspect, x - disc.column) > reach) continue;
        area += 1;
        rows += y;
        columns += x;
      }
    if (area == 0) return disc;
    disc.row = rows / area;
    disc.column = columns / area;
    disc.radius = std::sqrt(area * aspect / pi);
    reach = 1.4 * disc.radius;
  }
  disc.found = level > 0;
  return disc;
}

struct RimPoint {
  double angle, radius, inside, outside;
};

/// The steepest descent along one direction between 0.75 and 1.25 radii, and a pixel beyond either, to a fraction of
/// the sampling.
RimPoint rim_point(const Array<double, 2>& image, const PatternDisc& disc, double aspect, double angle) {
  const double pitch = 0.25, spread = std::max(0.8, 0.02 * disc.radius);
  const int reach = static_cast<int>(std::ceil(3 * spread / pitch));
  const double first = std::max(0.0, 0.75 * disc.radius - 1), last = 1.25 * disc.radius + 1;
  const int searched = static_cast<int>((last - first) / pitch) + 1;
  // The slope's filter looks `reach` samples further on either side, but not beyond the centre.
  std::vector<double> profile;
  for (int i = -reach; i < searched + reach; ++i) {
    const double r = std::max(0.0, first + i * pitch);
    profile.push_back(value_at(image, disc.row + r * std::sin(angle) / aspect, disc.column + r * std::cos(angle)));
  }
  // Slope by the derivative of a Gaussian.
  std::vector<double> fall(searched, 0.0);
  for (int i = 0; i < searched; ++i)
    for (int j = -reach; j <= reach; ++j) {
      const double r = j * pitch / spread;
      fall[i] -= profile[reach + i + j] * r * std::exp(-r * r / 2);
    }
  const int top = static_cast<int>(std::max_element(fall.begin(), fall.end()) - fall.begin());
  double shift = 0;
  if (top > 0 && top + 1 < searched) {
    const double bend = fall[top - 1] - 2 * fall[top] + fall[top + 1];
    if (bend < 0) shift = 0.5 * (fall[top - 1] - fall[top + 1]) / bend;
  }
  const int away = 2 * reach / 3;
  return {angle, first + (top + shift) * pitch, profile[reach + top - away], profile[reach + top + away]};
}

/// Fits radius(angle) = R + dx cos + dy sin by reweighting (Cauchy weights); moves the disc there.
void fit_circle(PatternDisc& disc, const std::vector<RimPoint>& rim, double aspect) {
  std::vector<double> weights(rim.size(), 1.0), fit;
  double noise = 0;
  for (int pass = 0; pass < 10; ++pass) {
    LeastSquares equations(3);
    for (std::size_t i = 0; i < rim.size(); ++i)
      equations.add({1, std::cos(rim[i].angle), std::sin(rim[i].angle)}, rim[i].radius, weights[i]);
    fit = equations.solve();
    if (fit.empty()) return;
    std::vector<double> away;
    for (const auto& point : rim)
      away.push_back(std::abs(point.radius - fit[0] - fit[1] * std::cos(point.angle) - fit[2] * std::sin(point.angle)));
    noise = std::max(1.4826 * median(away), least_noise);
    for (std::size_t i = 0; i < rim.size(); ++i) weights[i] = 1 / (1 + std::pow(away[i] / (1.5 * noise), 2));
  }
  disc.radius = fit[0];
  disc.column += fit[1];
  disc.row += fit[2] / aspect;
  // Neighbouring directions see the same pixels: about one independent point per two pixels of rim.
  const double independent = std::max(4.0, std::min<double>(directions, pi * disc.radius));
  disc.centre_error = noise * std::sqrt(2 / independent);
  disc.radius_error = noise / std::sqrt(independent);
}

}  // namespace

PatternDisc find_disc(const Array<double, 2>& mean_pattern, double aspect) {
  PatternDisc disc = threshold_disc(mean_pattern, aspect);
  if (!disc.found || disc.radius < 1.5) {
    disc.found = false;
    return disc;
  }
  const double start = disc.radius;
  std::vector<RimPoint> rim;
  for (int pass = 0; pass < 4; ++pass) {
    rim.clear();
    for (int i = 0; i < directions; ++i) rim.push_back(rim_point(mean_pattern, disc, aspect, 2 * pi * i / directions));
    fit_circle(disc, rim, aspect);
  }
  double inside = 0, outside = 0;
  for (const auto& point : rim) {
    inside += point.inside;
    outside += point.outside;
  }
  disc.contrast = inside > 0 ? 1 - outside / inside : 0;
  disc.found = disc.contrast > 0.3 && disc.radius > 0.6 * start && disc.radius < 1.5 * start;
  return disc;
}

}  // namespace terrace
