#include "registration/pacbed_view.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/bilinear.h"
#include "registration/least_squares.h"

namespace terrace {
namespace {

/// More than this share at the very highest value: the camera or the picture was saturated.
constexpr double saturated_share = 0.003;

/// Bilinear; 0 outside.
double value_at(const Array<double, 2>& image, double row, double column) {
  const auto y = static_cast<std::int64_t>(std::floor(row)), x = static_cast<std::int64_t>(std::floor(column));
  if (y < 0 || x < 0 || y + 1 >= image.extent(0) || x + 1 >= image.extent(1)) return 0;
  return bilinear(image, y, x, row - static_cast<double>(y), column - static_cast<double>(x));
}

/// Where in a pixel, in fractions of its sides from its middle, the simulated pattern is looked at, so that points are
/// about a step of it apart: a coarse pixel shows the mean over its area.
std::vector<std::pair<double, double>> points_of_a_pixel(double steps) {
  const int count = std::clamp(static_cast<int>(std::ceil(steps - 0.3)), 1, 6);
  std::vector<std::pair<double, double>> points;
  for (int y = 0; y < count; ++y)
    for (int x = 0; x < count; ++x) points.emplace_back((y + 0.5) / count - 0.5, (x + 0.5) / count - 0.5);
  return points;
}

}  // namespace

PacbedView::PacbedView(const Array<double, 2>& pattern, double row, double column, double radius, int stride) {
  double highest = -1e300;
  for (std::int64_t y = 0; y < pattern.extent(0); y += stride)
    for (std::int64_t x = 0; x < pattern.extent(1); x += stride) {
      const double value = pattern(y, x);
      const auto dy = static_cast<double>(y) - row, dx = static_cast<double>(x) - column;
      if (!std::isfinite(value) || std::hypot(dy, dx) > radius) continue;
      pixels_.push_back({static_cast<int>(y), static_cast<int>(x), value});
      highest = std::max(highest, value);
    }
  const auto at_top = [&](const Pixel& pixel) { return pixel.value == highest; };
  const auto full = std::count_if(pixels_.begin(), pixels_.end(), at_top);
  saturated_ = static_cast<double>(full) > saturated_share * static_cast<double>(pixels_.size());
  if (saturated_) std::erase_if(pixels_, at_top);
  double sum = 0;
  for (const auto& pixel : pixels_) sum += pixel.value;
  const double mean = pixels_.empty() ? 0 : sum / static_cast<double>(pixels_.size());
  for (const auto& pixel : pixels_) variance_ += (pixel.value - mean) * (pixel.value - mean);
}

std::vector<double> PacbedView::residual(const Array<double, 2>& simulated, const PacbedTable& table,
                                         const PacbedPlace& place) const {
  const double scale = std::exp(place.log_mrad_per_pixel);
  const double cosine = scale * std::cos(place.rotation), sine = scale * std::sin(place.rotation);
  const double middle_y = static_cast<double>(simulated.extent(0) / 2) + place.tilt_y / table.step_y_mrad();
  const double middle_x = static_cast<double>(simulated.extent(1) / 2) + place.tilt_x / table.step_x_mrad();
  const double semiangle = std::exp(place.log_semiangle_mrad);
  const auto points = points_of_a_pixel(scale / std::min(table.step_y_mrad(), table.step_x_mrad()));
  std::vector<double> model, slope;
  model.reserve(pixels_.size());
  slope.reserve(pixels_.size());
  LeastSquares equations(3);
  std::vector<double> basis(3, 1.0);
  for (const auto& pixel : pixels_) {
    const double dy = pixel.row - place.row, dx = place.handedness * (pixel.column - place.column);
    const double ky = sine * dx + cosine * dy, kx = cosine * dx - sine * dy;
    double sum = 0;
    for (const auto& [y, x] : points)
      sum += value_at(simulated, middle_y + (ky + sine * x + cosine * y) / table.step_y_mrad(),
                      middle_x + (kx + cosine * x - sine * y) / table.step_x_mrad());
    model.push_back(sum / static_cast<double>(points.size()));
    slope.push_back((ky * ky + kx * kx) / (semiangle * semiangle));
    // The table's values are shares of the beam for each step, some 1e-4: brought to about 1.
    basis[0] = model.back() * 1e3;
    basis[2] = slope.back();
    equations.add(basis, pixel.value);
  }
  auto best = equations.solve();
  if (best.empty() || best[0] < 0) best = {0, 0, 0};
  std::vector<double> left(pixels_.size());
  for (std::size_t i = 0; i < left.size(); ++i)
    left[i] = pixels_[i].value - (best[0] * 1e3 * model[i] + best[1] + best[2] * slope[i]);
  return left;
}

PacbedAperture aperture_of(const PacbedPlace& place) {
  return {std::exp(place.log_semiangle_mrad), place.tilt_y, place.tilt_x};
}

double sum_of_squares(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value * value;
  return sum;
}

}  // namespace terrace
