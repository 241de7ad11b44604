#include "formats/scan_statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/array.h"

namespace terrace {
namespace {

void add(const Image& pattern, ScanStatistics& all) {
  double sum = 0;
  for (const float number : pattern) {
    if (!std::isfinite(number)) {
      ++all.not_finite;
      continue;
    }
    all.least = std::min(all.least, number);
    all.most = std::max(all.most, number);
    sum += number;
  }
  all.sum += sum;
  all.count += pattern.size();
}

}  // namespace

ScanStatistics scan_statistics(const Scan& scan, const Progress& progress) {
  const auto& info = scan.info();
  ScanStatistics all{.least = std::numeric_limits<float>::infinity(), .most = -std::numeric_limits<float>::infinity()};
  Image pattern({info.detector_height, info.detector_width});
  for (int y = 0; y < info.scan_height; ++y) {
    for (int x = 0; x < info.scan_width; ++x) {
      scan.read(y, x, pattern.span());
      add(pattern, all);
    }
    if (progress) progress("reading patterns", y + 1, info.scan_height);
  }
  return all;
}

}  // namespace terrace
