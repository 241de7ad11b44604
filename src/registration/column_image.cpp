#include "registration/column_image.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace terrace {

namespace {

Array<double, 2> transposed(const Array<double, 2>& image) {
  Array<double, 2> turned({image.extent(1), image.extent(0)});
  for (std::int64_t y = 0; y < image.extent(0); ++y)
    for (std::int64_t x = 0; x < image.extent(1); ++x) turned(x, y) = image(y, x);
  return turned;
}

/// Cubic convolution (Keys 1981, a = −1/2) along a row; beyond the rim the outermost sample. NaN outside the row.
double value_at(const Array<double, 2>& image, std::int64_t row, double column) {
  const std::int64_t last = image.extent(1) - 1;
  if (column < -1e-6 || column > static_cast<double>(last) + 1e-6) return std::nan("");
  const auto left = std::clamp<std::int64_t>(static_cast<std::int64_t>(std::floor(column)), 0, last);
  const double t = std::clamp(column - static_cast<double>(left), 0.0, 1.0);
  const auto sample = [&](std::int64_t i) { return image(row, std::clamp<std::int64_t>(i, 0, last)); };
  const double a = sample(left - 1), b = sample(left), c = sample(left + 1), d = sample(left + 2);
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}

int rows_in(const Array<double, 2>& image, std::int64_t column) {
  int count = 0;
  for (std::int64_t row = 0; row < image.extent(0); ++row) count += std::isfinite(image(row, column));
  return count;
}

std::vector<int> rows_of_columns(const Array<double, 2>& image) {
  std::vector<int> counts;
  for (std::int64_t column = 0; column < image.extent(1); ++column) counts.push_back(rows_in(image, column));
  return counts;
}

/// Cuts short columns off at both ends.
void trim(ColumnImage& columns) {
  const auto counts = rows_of_columns(columns.image);
  if (counts.empty()) return;
  const int needed = (7 * *std::max_element(counts.begin(), counts.end()) + 7) / 8;
  const auto enough = [&](int count) { return count >= needed; };
  const auto first = std::find_if(counts.begin(), counts.end(), enough) - counts.begin();
  const auto last = counts.rend() - std::find_if(counts.rbegin(), counts.rend(), enough);
  Array<double, 2> kept({columns.image.extent(0), last - first});
  for (std::int64_t row = 0; row < kept.extent(0); ++row)
    for (std::int64_t column = 0; column < kept.extent(1); ++column)
      kept(row, column) = columns.image(row, column + first);
  columns.start_across += static_cast<double>(first) * columns.step_across;
  columns.image = std::move(kept);
}

/// Interface normal near x. A place (u across, v along) lies in row y where v = (y − u sin a) / cos b.
ColumnImage lay_out_along_x(const Array<double, 2>& image, double step_y, double step_x, const CrystalAxes& axes) {
  const double high = static_cast<double>(image.extent(0) - 1) * step_y;
  const double wide = static_cast<double>(image.extent(1) - 1) * step_x;
  double low_u = 0, high_u = 0;
  for (const Place corner : {Place{wide, 0}, Place{0, high}, Place{wide, high}}) {
    low_u = std::min(low_u, axes.to_crystal(corner).x);
    high_u = std::max(high_u, axes.to_crystal(corner).x);
  }
  const double first = std::ceil(low_u / step_x - 1e-9), last = std::floor(high_u / step_x + 1e-9);
  ColumnImage columns{Array<double, 2>({image.extent(0), static_cast<std::int64_t>(last - first) + 1}),
                      step_y / std::cos(axes.y_angle), step_x, first * step_x,
                      -std::sin(axes.x_angle) / std::cos(axes.y_angle)};
  for (std::int64_t row = 0; row < columns.image.extent(0); ++row)
    for (std::int64_t column = 0; column < columns.image.extent(1); ++column) {
      const Place place = axes.to_scan({columns.across(column), columns.along(row, column)});
      columns.image(row, column) = value_at(image, row, place.x / step_x);
    }
  trim(columns);
  return columns;
}

}  // namespace

int ColumnImage::fewest_rows() const {
  const auto counts = rows_of_columns(image);
  return counts.empty() ? 0 : *std::min_element(counts.begin(), counts.end());
}

int ColumnImage::most_rows() const {
  const auto counts = rows_of_columns(image);
  return counts.empty() ? 0 : *std::max_element(counts.begin(), counts.end());
}

void keep_common_stretch(ColumnImage& columns, double least) {
  if (columns.slope == 0) return;
  double low = -1e300, high = 1e300;
  for (std::int64_t column = 0; column < columns.image.extent(1); ++column) {
    std::int64_t first = 0, last = columns.image.extent(0) - 1;
    while (first < last && !std::isfinite(columns.image(first, column))) ++first;
    while (last > first && !std::isfinite(columns.image(last, column))) --last;
    low = std::max(low, columns.along(first, column));
    high = std::min(high, columns.along(last, column));
  }
  if (high - low < least) return;
  const double half = columns.step_along / 2;
  for (std::int64_t row = 0; row < columns.image.extent(0); ++row)
    for (std::int64_t column = 0; column < columns.image.extent(1); ++column)
      if (columns.along(row, column) < low - half || columns.along(row, column) > high + half)
        columns.image(row, column) = std::nan("");
}

ColumnImage lay_out(const Array<double, 2>& image, double step_y, double step_x, const CrystalAxes& axes,
                    Normal normal) {
  if (normal == Normal::y) return lay_out(transposed(image), step_x, step_y, axes.transposed(), Normal::x);
  if (axes.straight()) return {image, step_y, step_x};
  return lay_out_along_x(image, step_y, step_x, axes);
}

}  // namespace terrace
