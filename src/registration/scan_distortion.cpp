#include "registration/scan_distortion.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <tuple>
#include <utility>
#include <vector>

#include "registration/column_contrast.h"
#include "registration/column_image.h"
#include "registration/least_squares.h"

namespace terrace {

namespace {

using Coefficient = std::complex<double>;

constexpr double largest_turn = 50 * pi / 180, largest_shear = 8 * pi / 180;
/// Random phases reach 0.4 after all trials; columns on mirror lines stay above 0.9.
constexpr double least_agreement = 0.6;
constexpr double least_shift_cells = 0.05;

/// A window of the image, mean taken out, under a Hann window.
struct Tile {
  Array<double, 2> values;
  double step_y, step_x;

  Tile(const Array<double, 2>& image, std::int64_t y0, std::int64_t x0, std::int64_t height, std::int64_t width,
       double step_y, double step_x)
      : values({height, width}), step_y(step_y), step_x(step_x) {
    double sum = 0, weights = 0;
    for (std::int64_t y = 0; y < height; ++y)
      for (std::int64_t x = 0; x < width; ++x) {
        const double w = std::pow(std::sin(pi * (y + 0.5) / height) * std::sin(pi * (x + 0.5) / width), 2);
        values(y, x) = w;
        sum += w * image(y0 + y, x0 + x);
        weights += w;
      }
    for (std::int64_t y = 0; y < height; ++y)
      for (std::int64_t x = 0; x < width; ++x) values(y, x) *= image(y0 + y, x0 + x) - sum / weights;
  }

  double power(double frequency_y, double frequency_x) const {
    std::vector<Coefficient> wave;
    for (std::int64_t x = 0; x < values.extent(1); ++x)
      wave.push_back(std::polar(1.0, -2 * pi * frequency_x * x * step_x));
    Coefficient sum = 0;
    for (std::int64_t y = 0; y < values.extent(0); ++y) {
      Coefficient row = 0;
      for (std::int64_t x = 0; x < values.extent(1); ++x) row += values(y, x) * wave[x];
      sum += row * std::polar(1.0, -2 * pi * frequency_y * y * step_y);
    }
    return std::norm(sum);
  }
};

/// Up to three windows along each axis.
std::vector<Tile> tiles_of(const Array<double, 2>& image, double step_y, double step_x, double cell) {
  const auto size = [&](std::int64_t count, double step) {
    return std::min(count, std::max<std::int64_t>(1, std::lround(8 * cell / step)));
  };
  const std::int64_t height = size(image.extent(0), step_y), width = size(image.extent(1), step_x);
  const std::int64_t free_y = image.extent(0) - height, free_x = image.extent(1) - width;
  std::vector<Tile> tiles;
  for (int i = 0; i < (free_y ? 3 : 1); ++i)
    for (int j = 0; j < (free_x ? 3 : 1); ++j)
      tiles.emplace_back(image, free_y * i / 2, free_x * j / 2, height, width, step_y, step_x);
  return tiles;
}

struct FirstLook {
  double turn = 0, cell = 0;
};

FirstLook first_look(const Array<double, 2>& image, double step_y, double step_x, double cell) {
  const auto tiles = tiles_of(image, step_y, step_x, cell);
  FirstLook look{0, cell};
  double best = -1;
  for (const double scale : {0.9, 0.95, 1.0, 1.05, 1.1})
    for (int degrees = -44; degrees <= 44; degrees += 2) {
      const double turn = degrees * pi / 180, c = std::cos(turn) / (cell * scale), s = std::sin(turn) / (cell * scale);
      double power = 0;
      for (const auto& tile : tiles)
        power += tile.power(s, c) + tile.power(c, -s) + tile.power(s + c, c - s) + tile.power(s - c, c + s);
      if (power <= best) continue;
      best = power;
      look = {turn, cell * scale};
    }
  return look;
}

/// Slope of the phase of c² by the mean product over `lag` positions, which needs no unwrapping.
double slope_over(const std::vector<Coefficient>& c, std::size_t lag) {
  Coefficient sum = 0;
  for (std::size_t i = 0; i + lag < c.size(); ++i) sum += c[i + lag] * c[i + lag] * std::conj(c[i] * c[i]);
  return std::arg(sum) / static_cast<double>(lag);
}

double agreement(const std::vector<Coefficient>& c) {
  Coefficient sum = 0;
  double power = 0;
  for (const auto& one : c) sum += one * one, power += std::norm(one);
  return power > 0 ? std::abs(sum) / power : 0;
}

/// Slope of the phase of c² by least squares, for phases that hardly turn; its standard error.
std::pair<double, double> fitted_slope(const std::vector<Coefficient>& c, double independent_share) {
  Coefficient sum = 0;
  for (const auto& one : c) sum += one * one;
  LeastSquares equations(2);
  std::vector<double> phases;
  for (std::size_t i = 0; i < c.size(); ++i) {
    phases.push_back(std::arg(c[i] * c[i] * std::conj(sum)));
    equations.add({1, static_cast<double>(i)}, phases[i], std::norm(c[i]));
  }
  const auto fit = equations.solve();
  if (fit.empty()) return {0, -1};
  double left = 0, weights = 0, squares = 0;
  for (std::size_t i = 0; i < c.size(); ++i) {
    left += std::norm(c[i]) * std::pow(phases[i] - fit[0] - fit[1] * static_cast<double>(i), 2);
    weights += std::norm(c[i]);
    squares += std::norm(c[i]) * std::norm(c[i]);
  }
  const double positions = std::max(3.0, weights * weights / squares * independent_share);
  const double noise = left / weights * positions / (positions - 2);
  return {fit[1], std::sqrt(noise * equations.variances()[1] * weights / positions)};
}

/// One of the two axes: its rows seen in the layout across which they run.
class Axis {
 public:
  Axis(const Array<double, 2>& image, double step_y, double step_x, Normal normal, double cell)
      : image_(image), step_y_(step_y), step_x_(step_x), normal_(normal), cell_(cell) {
    const double along = normal == Normal::x ? step_y * image.extent(0) : step_x * image.extent(1);
    const double across = normal == Normal::x ? step_x * image.extent(1) : step_y * image.extent(0);
    const auto rows = image.extent(normal == Normal::x ? 0 : 1), columns = image.extent(normal == Normal::x ? 1 : 0);
    measurable = across >= 2.5 * cell && columns >= 8 && along >= 0.9 * cell && rows >= 3;
  }

  /// How much the axis is to be turned from where `axes` has it, looking `pass` times closer each time. NaN where the
  /// scan does not tell.
  double correction(const CrystalAxes& axes, int pass) {
    auto columns = lay_out(image_, step_y_, step_x_, axes, normal_);
    keep_common_stretch(columns, 2.5 * cell_);
    if (pass == 1 && cell_is_measurable(columns, cell_)) cell_ = best_cell(columns, cell_);
    const auto c = row_harmonics(columns, cell_);
    if (c.size() < 8) return std::nan("");
    agreement_ = agreement(c);
    const std::size_t one_cell = std::clamp<std::size_t>(std::lround(cell_ / columns.step_across), 1, c.size() / 2);
    double slope = 0;
    if (pass < 2) slope = slope_over(c, one_cell);
    if (pass == 2) slope = slope_over(c, c.size() / 2);
    // Positions within a third of a cell see the same columns.
    if (pass > 2) std::tie(slope, error_) = fitted_slope(c, std::min(1.0, 3 * columns.step_across / cell_));
    const double per_position = cell_ / (4 * pi) / columns.step_across;
    if (pass > 2) error_ *= per_position;
    // Rows that run ahead along the interface by `tan` per Å lie at that angle; in the transposed layout it is counted
    // the other way round.
    return (normal_ == Normal::x ? 1 : -1) * std::atan(slope * per_position);
  }

  void expect(double cell) { cell_ = cell; }
  bool told() const { return measurable && agreement_ >= least_agreement && error_ >= 0; }
  double error() const { return error_; }

  bool measurable;

 private:
  const Array<double, 2>& image_;
  double step_y_, step_x_;
  Normal normal_;
  double cell_, agreement_ = 0, error_ = -1;
};

}  // namespace

ScanDistortion find_scan_distortion(const Array<double, 2>& image, double step_y, double step_x, double cell) {
  ScanDistortion none;
  none.reason =
      "the scan is too small or too noisy to tell whether it is turned or sheared against the crystal; taken as "
      "straight";
  Axis x(image, step_y, step_x, Normal::x, cell), y(image, step_y, step_x, Normal::y, cell);
  if (!x.measurable && !y.measurable) return none;
  ScanDistortion found;
  if (x.measurable && y.measurable) {
    const auto look = first_look(image, step_y, step_x, cell);
    found.axes = {look.turn, look.turn};
    x.expect(look.cell);
    y.expect(look.cell);
  }
  for (int pass = 0; pass < 5; ++pass) {
    const double turn_x = x.measurable ? x.correction(found.axes, pass) : 0;
    const double turn_y = y.measurable ? y.correction(found.axes, pass) : 0;
    found.axes.x_angle += x.measurable ? turn_x : turn_y;
    found.axes.y_angle += y.measurable ? turn_y : turn_x;
    const bool sane = std::abs(found.axes.x_angle) < largest_turn && std::abs(found.axes.y_angle) < largest_turn &&
                      std::abs(found.axes.x_angle - found.axes.y_angle) < largest_shear;
    if (!sane) return none;
  }
  if (x.measurable && !x.told()) return none;
  if (y.measurable && !y.told()) return none;
  if (x.measurable) found.x_error = x.error();
  if (y.measurable) found.y_error = y.error();
  if (!found.sheared())
    found.reason = "the scan is too small to tell whether it is sheared against the crystal; taken as not";
  const double width = step_x * image.extent(1), height = step_y * image.extent(0);
  const auto matters = [&](double angle, double error, double length) {
    return error >= 0 && std::abs(angle) > 3 * error && std::abs(angle) * length > least_shift_cells * cell;
  };
  if (!matters(found.axes.x_angle, found.x_error, width) && !matters(found.axes.y_angle, found.y_error, height))
    found.axes = {};
  return found;
}

}  // namespace terrace
