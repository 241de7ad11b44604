#include "report/scan_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "formats/virtual_images.h"
#include "microscope/faulty_pixels.h"
#include "registration/ring_calibration.h"

namespace terrace {
namespace {

int steps(int count, int stride) { return (count + stride - 1) / stride; }

int stride_within(const ScanInfo& info, int positions) {
  const std::int64_t limit = std::int64_t{positions} * positions;
  int stride = 1;
  while (std::int64_t{steps(info.scan_height, stride)} * steps(info.scan_width, stride) > limit) ++stride;
  return stride;
}

/// Means over bin × bin pixels; the last bins may hold fewer.
void bin_pattern(const Image& pattern, int bin, std::span<float> out, std::int64_t height, std::int64_t width) {
  for (std::int64_t row = 0; row < height; ++row)
    for (std::int64_t column = 0; column < width; ++column) {
      const auto row_end = std::min(pattern.extent(0), (row + 1) * bin);
      const auto column_end = std::min(pattern.extent(1), (column + 1) * bin);
      double sum = 0;
      for (auto y = row * bin; y < row_end; ++y)
        for (auto x = column * bin; x < column_end; ++x) sum += pattern(y, x);
      out[row * width + column] = static_cast<float>(sum / ((row_end - row * bin) * (column_end - column * bin)));
    }
}

/// What the rings need: known, measured, or without a disc a quarter of the detector, in pixels.
RingCalibration calibration_of(const Scan& scan) {
  auto rings = calibrate_rings(scan);
  auto& info = rings.info;
  if (info.centre_row < 0 || info.centre_column < 0) {
    info.centre_row = (info.detector_height - 1) / 2.0;
    info.centre_column = (info.detector_width - 1) / 2.0;
  }
  const bool has_pixel = info.mrad_per_pixel_y > 0 && info.mrad_per_pixel_x > 0;
  if (has_pixel && info.semiangle_mrad > 0) return rings;
  if (!has_pixel) {
    info.mrad_per_pixel_y = info.mrad_per_pixel_x = 1;
    rings.unit = "px";
  }
  info.semiangle_mrad =
      std::min(info.detector_height * info.mrad_per_pixel_y, info.detector_width * info.mrad_per_pixel_x) / 4;
  return rings;
}

/// Pixel positions count from pixel centres: the middle of bin 0 is pixel (bin − 1)/2.
BrightDisc binned_disc(const ScanInfo& info, int bin, bool estimated) {
  return {(info.centre_row + 0.5) / bin - 0.5, (info.centre_column + 0.5) / bin - 0.5,
          info.semiangle_mrad / info.mrad_per_pixel_y / bin, info.semiangle_mrad / info.mrad_per_pixel_x / bin,
          estimated};
}

bool knows_rings(const ScanInfo& info) {
  return info.centre_row >= 0 && info.centre_column >= 0 && info.mrad_per_pixel_y > 0 && info.mrad_per_pixel_x > 0 &&
         info.semiangle_mrad > 0;
}

Map ring_map(const Annulus& ring, const Image& image, const RingCalibration& rings) {
  const std::string name = ring.name == "BF"    ? "bright field"
                           : ring.name == "ABF" ? "annular bright field"
                                                : "annular dark field";
  Map map{.name = ring.name,
          .meaning = fmt::format("{}, {:.3g} to {:.3g} {}", name, ring.inner_mrad, ring.outer_mrad, rings.unit),
          .unit = rings.info.intensity_unit,
          .rings = {},
          .image = image};
  for (const double edge : {ring.inner_mrad, ring.outer_mrad})
    if (edge > 0) map.rings.push_back(edge / rings.info.semiangle_mrad);
  return map;
}

std::vector<Map> maps_of(const VirtualImages& images, const RingCalibration& rings) {
  std::vector<Map> maps;
  for (std::size_t i = 0; i < images.annuli.size(); ++i)
    maps.push_back(ring_map(images.annuli[i], images.images[i], rings));
  const auto shift = Map::Kind::signed_shift;
  maps.push_back({"COM x", "centre of mass along x", rings.unit, shift, {}, images.com_x_mrad});
  maps.push_back({"COM y", "centre of mass along y", rings.unit, shift, {}, images.com_y_mrad});
  return maps;
}

}  // namespace

ScanView view_of(const Scan& scan, const ScanLimits& limits) {
  const auto& info = scan.info();
  const auto rings = calibration_of(scan);
  const RingDetectors detectors(rings.info, standard_annuli(rings.info));
  ScanView view;
  view.stride = stride_within(info, limits.positions);
  view.bin = steps(std::max(info.detector_height, info.detector_width), limits.pixels);
  view.disc = binned_disc(rings.info, view.bin, !knows_rings(info));
  if (rings.unit == "mrad") {
    view.mrad_per_pixel_y = rings.info.mrad_per_pixel_y * view.bin;
    view.mrad_per_pixel_x = rings.info.mrad_per_pixel_x * view.bin;
  }
  const int rows = steps(info.scan_height, view.stride), columns = steps(info.scan_width, view.stride);
  const int height = steps(info.detector_height, view.bin), width = steps(info.detector_width, view.bin);
  view.patterns = Array<float, 4>({rows, columns, height, width});
  auto images = detectors.images(rows, columns);
  Image pattern({info.detector_height, info.detector_width});
  for (int row = 0; row < rows; ++row)
    for (int column = 0; column < columns; ++column) {
      scan.read(row * view.stride, column * view.stride, pattern.span());
      repair(pattern.span(), info.detector_height, info.detector_width, {});
      detectors.measure(pattern, row, column, images);
      bin_pattern(pattern, view.bin, view.patterns[row].subspan(std::int64_t{column} * height * width, height * width),
                  height, width);
    }
  view.maps = maps_of(images, rings);
  return view;
}

}  // namespace terrace
