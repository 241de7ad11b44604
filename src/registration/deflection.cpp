#include "registration/deflection.h"

#include <algorithm>
#include <cmath>

#include "core/averages.h"
#include "core/constants.h"

namespace terrace {

namespace {

constexpr double least_clarity = 4, clearly_mirrored = 3;

/// Half the difference of the neighbours per Å; 0 along an axis of fewer than three positions and at the rim.
double slope_y(const Array<double, 2>& image, std::int64_t y, std::int64_t x, double step) {
  return y > 0 && y + 1 < image.extent(0) ? (image(y + 1, x) - image(y - 1, x)) / (2 * step) : 0;
}

double slope_x(const Array<double, 2>& image, std::int64_t y, std::int64_t x, double step) {
  return x > 0 && x + 1 < image.extent(1) ? (image(y, x + 1) - image(y, x - 1)) / (2 * step) : 0;
}

}  // namespace

DeflectionTurn find_deflection_turn(const Array<double, 2>& high_angle, const CentresOfMass& centres, double step_y,
                                    double step_x) {
  const double mean_y = mean_of(centres.y), mean_x = mean_of(centres.x);
  double xx = 0, xy = 0, yx = 0, yy = 0, squares = 0;
  for (std::int64_t y = 0; y < high_angle.extent(0); ++y)
    for (std::int64_t x = 0; x < high_angle.extent(1); ++x) {
      const double cx = centres.x(y, x) - mean_x, cy = centres.y(y, x) - mean_y;
      const double gx = slope_x(high_angle, y, x, step_x), gy = slope_y(high_angle, y, x, step_y);
      xx += gx * cx, xy += gx * cy, yx += gy * cx, yy += gy * cy;
      squares += (gx * gx + gy * gy) * (cx * cx + cy * cy);
    }
  const double turned = std::hypot(xx + yy, yx - xy), reversed = std::hypot(xx - yy, xy + yx);
  if (!(squares > 0)) return {};
  const double clarity = std::max(turned, reversed) / std::sqrt(squares / 2);
  DeflectionTurn turn{clarity > least_clarity, reversed > clearly_mirrored * turned, 0, 180 / pi / clarity};
  const double angle = turn.mirrored ? -std::atan2(xy + yx, xx - yy) : std::atan2(yx - xy, xx + yy);
  turn.angle_deg = std::remainder(angle * 180 / pi, 180);
  return turn;
}

}  // namespace terrace
