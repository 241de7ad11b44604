#include "registration/tailored_camera.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/constants.h"
#include "core/error.h"
#include "registration/virtual_images.h"

namespace terrace {
namespace {

constexpr int usual_pixels = 32, fewest_pixels = 8;
constexpr double usual_semiangle_pixels = 8;

/// A square of this half side, turned as the crystal's axes are on the detector, fits into an upright one of 1.
double square_within_turned(const Registration& r) {
  const double turn = r.detector_orientation().angle_deg * pi / 180;
  return 1 / (std::abs(std::cos(turn)) + std::abs(std::sin(turn)));
}

}  // namespace

TailoredCamera tailored_camera(const ScanInfo& info, const Registration& r, double scale_error) {
  const double usual = r.semiangle_mrad.value / usual_semiangle_pixels;
  if (!r.mrad_per_pixel_x.known()) return {usual_pixels, usual, "assumed"};
  const double reach = detector_reach_mrad(info, r) * square_within_turned(r) / (1 + scale_error);
  const double pixel = std::max(r.mrad_per_pixel_x.value, r.mrad_per_pixel_y.value);
  const double wanted = std::min(usual, reach / (usual_pixels / 2 + 0.5));
  TailoredCamera camera{usual_pixels, std::max(pixel, wanted), "scan"};
  const double side = std::min(reach, (usual_pixels / 2 + 0.5) * usual);
  camera.pixels = std::clamp(2 * static_cast<int>(side / camera.mrad_per_pixel - 0.5 + 1e-9), 0, usual_pixels);
  if (camera.pixels < fewest_pixels)
    throw InputError(
        fmt::format("The camera sees {:.3g} mrad around the beam in pixels of {:.3g} mrad: too few for "
                    "patterns of {} pixels. Are centre and mrad_per_pixel right?",
                    reach, pixel, fewest_pixels));
  return camera;
}

}  // namespace terrace
