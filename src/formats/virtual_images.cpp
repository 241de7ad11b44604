#include "formats/virtual_images.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "microscope/faulty_pixels.h"

namespace terrace {
namespace {

void require_calibration(const ScanInfo& info) {
  if (info.mrad_per_pixel_y > 0 && info.mrad_per_pixel_x > 0) return;
  throw InputError(fmt::format("The detector of '{}' has no calibration{}. Give mrad_per_pixel{}?", info.title,
                               info.k_per_pixel_x > 0 ? " in mrad, because the beam energy is unknown" : "",
                               info.k_per_pixel_x > 0 ? " or energy_kev" : ""));
}

double centre_row(const ScanInfo& info) { return info.centre_row >= 0 ? info.centre_row : info.detector_height / 2; }
double centre_column(const ScanInfo& info) {
  return info.centre_column >= 0 ? info.centre_column : info.detector_width / 2;
}

/// The largest circle around the beam that the detector holds, in mrad.
double detector_reach(const ScanInfo& info) {
  const double row = centre_row(info), column = centre_column(info);
  return std::min(std::min(row, info.detector_height - 1 - row) * info.mrad_per_pixel_y,
                  std::min(column, info.detector_width - 1 - column) * info.mrad_per_pixel_x);
}

}  // namespace

std::vector<Annulus> standard_annuli(const ScanInfo& info) {
  require_calibration(info);
  const double semiangle = info.semiangle_mrad, reach = detector_reach(info);
  if (!(semiangle > 0))
    throw InputError(fmt::format("The convergence semi-angle of '{}' is unknown. Give semiangle_mrad?", info.title));
  std::vector<Annulus> annuli = {{"BF", 0, semiangle / 2}, {"ABF", semiangle / 2, semiangle}};
  if (reach > semiangle) annuli.push_back({"ADF", semiangle, reach});
  return annuli;
}

RingDetectors::RingDetectors(const ScanInfo& info, std::vector<Annulus> annuli)
    : annuli_(std::move(annuli)), pixels_(annuli_.size()) {
  require_calibration(info);
  for (int row = 0; row < info.detector_height; ++row)
    y_mrad_.push_back((row - centre_row(info)) * info.mrad_per_pixel_y);
  for (int column = 0; column < info.detector_width; ++column)
    x_mrad_.push_back((column - centre_column(info)) * info.mrad_per_pixel_x);
  for (int row = 0; row < info.detector_height; ++row)
    for (int column = 0; column < info.detector_width; ++column)
      place(std::hypot(y_mrad_[row], x_mrad_[column]), row * info.detector_width + column);
}

void RingDetectors::place(double angle, int pixel) {
  for (std::size_t ring = 0; ring < annuli_.size(); ++ring)
    if (angle >= annuli_[ring].inner_mrad && angle < annuli_[ring].outer_mrad) pixels_[ring].push_back(pixel);
}

VirtualImages RingDetectors::images(int height, int width) const {
  const Image empty({height, width});
  return {annuli_, std::vector<Image>(annuli_.size(), empty), empty, empty, empty};
}

void RingDetectors::measure(const Image& pattern, int y, int x, VirtualImages& images) const {
  double sum = 0, moment_y = 0, moment_x = 0;
  for (std::int64_t row = 0; row < pattern.extent(0); ++row) {
    double row_sum = 0;
    for (std::int64_t column = 0; column < pattern.extent(1); ++column) {
      const double intensity = pattern(row, column);
      row_sum += intensity;
      moment_x += intensity * x_mrad_[column];
    }
    sum += row_sum;
    moment_y += row_sum * y_mrad_[row];
  }
  images.sum(y, x) = static_cast<float>(sum);
  images.com_y_mrad(y, x) = sum != 0 ? static_cast<float>(moment_y / sum) : 0;
  images.com_x_mrad(y, x) = sum != 0 ? static_cast<float>(moment_x / sum) : 0;
  for (std::size_t ring = 0; ring < pixels_.size(); ++ring) {
    double inside = 0;
    for (const int pixel : pixels_[ring]) inside += pattern.data()[pixel];
    images.images[ring](y, x) = static_cast<float>(inside);
  }
}

VirtualImages virtual_images(const Scan& scan, const std::vector<Annulus>& annuli, const Progress& progress) {
  const auto& info = scan.info();
  const RingDetectors detectors(info, annuli);
  auto images = detectors.images(info.scan_height, info.scan_width);
  Image pattern({info.detector_height, info.detector_width});
  for (int y = 0; y < info.scan_height; ++y) {
    for (int x = 0; x < info.scan_width; ++x) {
      scan.read(y, x, pattern.span());
      repair(pattern.span(), info.detector_height, info.detector_width, {});
      detectors.measure(pattern, y, x, images);
    }
    if (progress) progress("reading patterns", y + 1, info.scan_height);
  }
  return images;
}

}  // namespace terrace
