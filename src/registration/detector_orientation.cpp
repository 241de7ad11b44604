#include "registration/detector_orientation.h"

#include <algorithm>
#include <cmath>

#include "registration/estimate_text.h"

namespace terrace {

namespace {

std::string rounded(double degrees) { return number_text(degrees, 1) + "°"; }

/// The one of turn + n · 45° that the deflection points at.
double nearest_to(const DeflectionTurn& deflection, double turn) {
  return std::remainder(turn + 45 * std::round((deflection.angle_deg - turn) / 45), 180);
}

}  // namespace

Place DetectorOrientation::to_crystal(const Place& detector) const {
  const double c = std::cos(angle_deg * pi / 180), s = std::sin(angle_deg * pi / 180), y = row_sign() * detector.y;
  return {c * detector.x - s * y, s * detector.x + c * y};
}

DetectorTurn find_detector_turn(const MirrorLines& lines, const DeflectionTurn& deflection, double scan_rotation_deg) {
  DetectorTurn turn;
  if (!lines.found) {
    turn.reason =
        "the mean pattern shows no clear mirror lines: the detector is taken as not turned against the scan. Give "
        "detector_rotation_deg if you know it";
    return turn;
  }
  turn.found = true;
  turn.error_deg = lines.error_deg;
  turn.angle_deg = std::remainder(-lines.angle_deg - scan_rotation_deg, 45);
  const double away = std::abs(std::remainder(deflection.angle_deg - turn.angle_deg, 180));
  if (deflection.found && away > std::max(22.5, 3 * deflection.error_deg))
    turn.angle_deg = nearest_to(deflection, turn.angle_deg);
  if (std::abs(turn.angle_deg) < std::max(0.15, 2 * turn.error_deg)) turn.angle_deg = 0;
  if (turn.angle_deg != 0)
    turn.reason = "the detector is turned by " + rounded(turn.angle_deg) + " against the scan, or by " +
                  (deflection.found ? "half a turn" : "a multiple of 45°") +
                  " more: patterns do not tell; the smallest turn is taken. Give detector_rotation_deg if you know it";
  if (deflection.found && deflection.mirrored)
    turn.reason +=
        std::string(turn.reason.empty() ? "" : "; ") + "the detector seems to be mirrored. Is flip_detector_y right?";
  return turn;
}

}  // namespace terrace
