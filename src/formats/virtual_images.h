// A scan as the images that the microscope's ring detectors would have shown, in one pass over its patterns.
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "core/array.h"
#include "core/progress.h"
#include "formats/scan.h"

namespace terrace {

/// A ring detector: pixels whose middle lies at inner ≤ angle < outer.
struct Annulus {
  std::string name;
  double inner_mrad = 0, outer_mrad = std::numeric_limits<double>::infinity();
};

/// BF from 0 to half the semi-angle, ABF from there to the semi-angle, ADF from the semi-angle to the largest circle
/// that the detector holds (left out where it holds none). Throws InputError where calibration or semi-angle are
/// unknown.
std::vector<Annulus> standard_annuli(const ScanInfo& info);

/// Angles count from the undiffracted beam's pixel; where that is unknown from the detector's middle,
/// [height/2][width/2]. Intensities in the file's unit.
struct VirtualImages {
  std::vector<Annulus> annuli;
  std::vector<Image> images;     ///< one an annulus, [scan y][scan x]: the sum over its pixels
  Image sum;                     ///< over the whole pattern
  Image com_y_mrad, com_x_mrad;  ///< centre of mass along ky and kx; 0 where a pattern is empty
};

/// Measures patterns one by one, for what reads them itself.
class RingDetectors {
 public:
  /// Throws InputError where the detector's calibration is unknown.
  RingDetectors(const ScanInfo& info, std::vector<Annulus> annuli);

  /// Empty images of `height` × `width` positions.
  VirtualImages images(int height, int width) const;
  /// Writes what one pattern says into the images at (y, x).
  void measure(const Image& pattern, int y, int x, VirtualImages& images) const;

 private:
  void place(double angle, int pixel);

  std::vector<Annulus> annuli_;
  std::vector<double> y_mrad_, x_mrad_;   ///< of the detector's rows and columns, from the beam
  std::vector<std::vector<int>> pixels_;  ///< of each annulus
};

/// Of every position; values that are NaN or infinite are taken as the mean of their neighbours. Throws InputError
/// where the detector's calibration is unknown, FileError where a pattern cannot be read.
VirtualImages virtual_images(const Scan& scan, const std::vector<Annulus>& annuli, const Progress& progress = {});

}  // namespace terrace
