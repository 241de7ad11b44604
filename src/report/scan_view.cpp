#include "report/scan_view.h"

#include <algorithm>
#include <cstdint>

#include "registration/virtual_images.h"

namespace terrace {
namespace {

constexpr int enough_for_the_disc = 64;  // positions

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

/// Pixel positions count from pixel centres: the middle of bin 0 is pixel (bin − 1)/2.
BrightDisc binned(const BrightDisc& disc, int bin) {
  return {(disc.row + 0.5) / bin - 0.5, (disc.column + 0.5) / bin - 0.5, disc.radius / bin, disc.estimated};
}

}  // namespace

ScanView view_of(const Scan& scan, const ScanLimits& limits) {
  const auto& info = scan.info();
  const BrightDisc disc = bright_disc(info, mean_pattern(scan, enough_for_the_disc));
  const VirtualDetectors detectors(info, disc);
  ScanView view;
  view.stride = stride_within(info, limits.positions);
  view.bin = steps(std::max(info.detector_height, info.detector_width), limits.pixels);
  view.disc = binned(disc, view.bin);
  const int rows = steps(info.scan_height, view.stride), columns = steps(info.scan_width, view.stride);
  const int height = steps(info.detector_height, view.bin), width = steps(info.detector_width, view.bin);
  view.patterns = Array<float, 4>({rows, columns, height, width});
  view.maps = detectors.maps(rows, columns);
  Image pattern({info.detector_height, info.detector_width});
  for (int row = 0; row < rows; ++row)
    for (int column = 0; column < columns; ++column) {
      scan.read(row * view.stride, column * view.stride, pattern.span());
      detectors.measure(pattern.span(), row, column, view.maps);
      bin_pattern(pattern, view.bin, view.patterns[row].subspan(std::int64_t{column} * height * width, height * width),
                  height, width);
    }
  return view;
}

}  // namespace terrace
