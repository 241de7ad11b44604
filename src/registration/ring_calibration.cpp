#include "registration/ring_calibration.h"

#include <fmt/format.h>

#include <vector>

#include "registration/pattern_disc.h"
#include "registration/virtual_images.h"

namespace terrace {
namespace {

constexpr int enough_positions = 256;

PatternDisc disc_of(const Scan& scan, double aspect, const Progress& progress) {
  auto mean = mean_pattern(scan, enough_positions, progress);
  repair_faulty_pixels(mean);
  return find_disc(mean, aspect);
}

}  // namespace

RingCalibration calibrate_rings(const Scan& scan, const Progress& progress) {
  RingCalibration rings{scan.info(), "mrad", ""};
  auto& info = rings.info;
  const bool has_pixel = info.mrad_per_pixel_y > 0 && info.mrad_per_pixel_x > 0, has_angle = info.semiangle_mrad > 0,
             has_centre = info.centre_row >= 0 && info.centre_column >= 0;
  if (has_pixel && has_angle && has_centre) return rings;
  const auto disc = disc_of(scan, has_pixel ? info.mrad_per_pixel_y / info.mrad_per_pixel_x : 1, progress);
  if (!disc.found) return rings;
  std::vector<std::string> measured;
  if (!has_centre) measured.push_back(fmt::format("the beam's pixel ({:.4g}, {:.4g})", disc.row, disc.column));
  if (!has_angle) measured.push_back(fmt::format("the semi-angle, {:.4g} pixels", disc.radius));
  if (!has_pixel) measured.push_back(has_angle ? "the angle per pixel, from the disc" : "angles are in pixels");
  rings.measured = fmt::format("{}", fmt::join(measured, "; "));
  if (!has_pixel) info.mrad_per_pixel_y = info.mrad_per_pixel_x = has_angle ? info.semiangle_mrad / disc.radius : 1;
  if (!has_angle) info.semiangle_mrad = disc.radius * info.mrad_per_pixel_x;
  if (!has_centre) {
    info.centre_row = disc.row;
    info.centre_column = disc.column;
  }
  if (!has_pixel && !has_angle) rings.unit = "px";
  return rings;
}

}  // namespace terrace
