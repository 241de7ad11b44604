#include "microscope/aperture.h"

#include <algorithm>
#include <cmath>

namespace terrace {
namespace {

/// ∫₀ˣ sqrt(a² − u²) du for 0 ≤ x ≤ a.
double under_circle(double a, double x) {
  return 0.5 * (x * std::sqrt(std::max(0.0, a * a - x * x)) + a * a * std::asin(std::min(1.0, x / a)));
}

/// The area of [0, x] × [0, y] inside the disc, negative where one of x, y is: a primitive in both variables.
double from_corner(double a, double y, double x) {
  const double sign = (x < 0 ? -1 : 1) * (y < 0 ? -1 : 1);
  x = std::min(std::abs(x), a);
  y = std::min(std::abs(y), a);
  const double flat = std::min(x, std::sqrt(a * a - y * y));  // the circle lies above y up to here
  return sign * (flat * y + under_circle(a, x) - under_circle(a, flat));
}

}  // namespace

double area_inside_disc(double radius, double y0, double y1, double x0, double x1) {
  if (!(radius > 0)) return 0;
  const double area = from_corner(radius, y1, x1) - from_corner(radius, y0, x1) - from_corner(radius, y1, x0) +
                      from_corner(radius, y0, x0);
  return std::clamp(area, 0.0, (y1 - y0) * (x1 - x0));
}

}  // namespace terrace
