// A scan made small enough to travel inside a page: every n-th position, binned patterns, and maps.
#pragma once

#include <vector>

#include "core/array.h"
#include "formats/scan.h"
#include "report/virtual_detectors.h"

namespace terrace {

/// At most `positions`² positions and `pixels` pixels along each side of a pattern.
struct ScanLimits {
  int positions = 64, pixels = 48;
};

struct ScanView {
  int stride = 1;            ///< every stride-th row and column of the scan is shown
  int bin = 1;               ///< detector pixels along each side that became one (their mean)
  Array<float, 4> patterns;  ///< [y][x][ky][kx]
  std::vector<Map> maps;     ///< from the patterns before binning
  BrightDisc disc;           ///< in binned pixels
};

/// Reads what `limits` allow. Throws FileError as the scan does.
ScanView view_of(const Scan& scan, const ScanLimits& limits);

}  // namespace terrace
