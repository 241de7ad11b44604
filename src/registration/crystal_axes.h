// How the crystal's axes lie in the scan: turned and sheared, as the scan shows them.
#pragma once

#include <cmath>

#include "core/constants.h"

namespace terrace {

/// A place in Å: x along columns of the scan, y along rows; or along the crystal's axes nearest to them.
struct Place {
  double x = 0, y = 0;
};

/// Angles from the scan's axes to the crystal's nearest ones, rad, from +x towards +y. A place at (x, y) Å along the
/// crystal's axes (the crystal frame) lies in the scan at x (cos x_angle, sin x_angle) + y (−sin y_angle, cos y_angle);
/// both count from the first scan position.
struct CrystalAxes {
  double x_angle = 0, y_angle = 0;

  bool straight() const { return x_angle == 0 && y_angle == 0; }
  Place to_scan(const Place& crystal) const {
    return {crystal.x * std::cos(x_angle) - crystal.y * std::sin(y_angle),
            crystal.x * std::sin(x_angle) + crystal.y * std::cos(y_angle)};
  }
  Place to_crystal(const Place& scan) const {
    const double determinant = std::cos(x_angle - y_angle);
    return {(scan.x * std::cos(y_angle) + scan.y * std::sin(y_angle)) / determinant,
            (scan.y * std::cos(x_angle) - scan.x * std::sin(x_angle)) / determinant};
  }
  /// The same axes where the scan's x and y have changed names.
  CrystalAxes transposed() const { return {-y_angle, -x_angle}; }

  /// Turn of the scan against the crystal, in degrees: r_crystal = R(rotation) r_scan, the mean of both axes.
  double rotation_deg() const { return -0.5 * (x_angle + y_angle) * 180 / pi; }
  /// By how much the angle between the axes, as the scan shows it, exceeds 90°.
  double shear_deg() const { return (y_angle - x_angle) * 180 / pi; }
  static CrystalAxes from_degrees(double rotation, double shear) {
    return {(-rotation - shear / 2) * pi / 180, (-rotation + shear / 2) * pi / 180};
  }
};

}  // namespace terrace
