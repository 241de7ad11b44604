#include "registration/column_refinement.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "registration/least_squares.h"
#include "registration/peak_shape.h"

namespace terrace {

namespace {

/// More positions than these, or more rows, say nothing new.
constexpr int positions_used = 64, rows_used = 64;

std::vector<int> strongest(const std::vector<double>& profile) {
  std::vector<int> order(profile.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](int a, int b) { return std::abs(profile[a]) > std::abs(profile[b]); });
  order.resize(std::min<std::size_t>(order.size(), positions_used));
  return order;
}

double periodic(const PeakShape& shape, double offset, double cell) {
  const double nearest = std::remainder(offset, cell);
  return shape(nearest) + shape(nearest - cell) + shape(nearest + cell);
}

/// What peaks at `column` leave over, summed over `positions`.
double left_over(const ColumnImage& columns, double cell, double column, const PeakShape& shape,
                 const std::vector<int>& positions) {
  const int rows = std::min(rows_used, static_cast<int>(columns.image.extent(0)));
  double left = 0;
  for (const int u : positions) {
    std::vector<std::vector<double>> basis;
    LeastSquares equations(3);
    for (int v = 0; v < rows; ++v) {
      const double offset = columns.along(v, u) - column;
      basis.push_back({1, periodic(shape, offset, cell), periodic(shape, offset - cell / 2, cell)});
      if (std::isfinite(columns.image(v, u))) equations.add(basis[v], columns.image(v, u));
    }
    const auto fit = equations.solve();
    if (fit.empty()) return 1e300;
    for (int v = 0; v < rows; ++v)
      if (std::isfinite(columns.image(v, u)))
        left += std::pow(columns.image(v, u) - fit[0] - fit[1] * basis[v][1] - fit[2] * basis[v][2], 2);
  }
  return left;
}

}  // namespace

double refine_column(const ColumnImage& columns, double cell, double column, const std::vector<double>& profile,
                     const PeakShape& shape) {
  if (columns.fewest_rows() < 4) return column;
  const auto positions = strongest(profile);
  double best = 1e300, shift = 0;
  // In steps of a hundredth, then of a thousandth of a cell.
  for (const double pitch : {0.01, 0.001}) {
    const double middle = shift, reach = 10 * pitch;
    for (double trial = middle - reach; trial <= middle + reach + 1e-9; trial += pitch) {
      const double left = left_over(columns, cell, column + trial * cell, shape, positions);
      if (left >= best) continue;
      best = left;
      shift = trial;
    }
  }
  return std::fmod(column + shift * cell + cell, cell);
}

}  // namespace terrace
