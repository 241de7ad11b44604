// Rings on the detector that turn a scan into maps: bright field, annular bright and dark field, centre of mass.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/array.h"
#include "formats/scan.h"

namespace terrace {

/// Where the undiffracted beam lies on the detector, in pixels. What the file does not say is estimated from the mean
/// pattern: pixels above half its largest number are taken for the bright disc.
struct BrightDisc {
  double row = 0, column = 0, radius = 0;
  bool estimated = false;
};

/// `mean_pattern` is detector_height × detector_width.
BrightDisc bright_disc(const ScanInfo& info, const Array<double, 2>& mean_pattern);

/// One number per scan position.
struct Map {
  enum class Kind { intensity, signed_shift };
  std::string name;     ///< "ADF"
  std::string meaning;  ///< "beyond 22 mrad"
  std::string unit;
  Kind kind = Kind::intensity;
  Image image;
};

/// BF (inner half of the disc), ABF (outer half), ADF (from 1.1 radii outwards; left out where the detector ends
/// before), COM x and COM y (of the whole pattern, from the disc's centre).
class VirtualDetectors {
 public:
  VirtualDetectors(const ScanInfo& info, const BrightDisc& disc);
  /// Empty maps of `rows` × `columns`.
  std::vector<Map> maps(int rows, int columns) const;
  /// Writes the numbers of one pattern into each of the maps that `maps` made.
  void measure(std::span<const float> pattern, int row, int column, std::vector<Map>& maps) const;

 private:
  std::vector<std::uint8_t> region_;  ///< per pixel: which ring
  std::vector<float> offset_y_, offset_x_;
  bool has_dark_field_ = false;
  std::vector<std::string> meanings_;
  std::string unit_, shift_unit_;
};

}  // namespace terrace
