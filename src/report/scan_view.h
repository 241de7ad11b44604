// A scan made small enough to travel inside a page: every n-th position, binned patterns, and maps.
#pragma once

#include <string>
#include <vector>

#include "core/array.h"
#include "formats/scan.h"

namespace terrace {

/// At most `positions`² positions and `pixels` pixels along each side of a pattern.
struct ScanLimits {
  int positions = 64, pixels = 48;
};

/// Where the undiffracted beam lies on the detector, in binned pixels.
struct BrightDisc {
  double row = 0, column = 0;
  double radius_rows = 0, radius_columns = 0;
  bool estimated = false;  ///< on the mean pattern, because the scan does not know it
};

/// One number per scan position.
struct Map {
  enum class Kind { intensity, signed_shift };
  std::string name;     ///< "ADF"
  std::string meaning;  ///< "annular dark field, 20 to 38 mrad"
  std::string unit;
  Kind kind = Kind::intensity;
  std::vector<double> rings;  ///< the ring's edges in radii of the disc, 0 left out
  Image image;
};

struct ScanView {
  int stride = 1;            ///< every stride-th row and column of the scan is shown
  int bin = 1;               ///< detector pixels along each side that became one (their mean)
  Array<float, 4> patterns;  ///< [y][x][ky][kx]
  std::vector<Map> maps;     ///< BF, ABF, ADF where the detector holds one, COM x, COM y; before binning
  BrightDisc disc;
  double mrad_per_pixel_y = 0, mrad_per_pixel_x = 0;  ///< of binned pixels; 0 where angles are unknown
};

/// Reads what `limits` allow. Rings as those of virtual_images; where no disc is found, one of a quarter of the
/// detector stands for it. Throws FileError as the scan does.
ScanView view_of(const Scan& scan, const ScanLimits& limits);

}  // namespace terrace
