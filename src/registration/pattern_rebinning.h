// A detector's pixels shared out over the standard grid's: scale, centre, orientation and rotation in one step.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "core/area_weights.h"
#include "dataset/sample.h"
#include "formats/scan.h"
#include "registration/registration.h"

namespace terrace {

/// Rebins patterns so that columns run along the interface normal with kx > 0 towards the film and rows along the
/// interface; intensity is conserved up to the grid's reach. Where the detector is not turned against the crystal the
/// shares are exact overlaps, axis by axis; otherwise each detector pixel is divided into 8 × 8 points.
class PatternRebinning {
 public:
  PatternRebinning(const ScanInfo& info, const Registration& registration, const StandardGrid& grid);
  /// `pattern` is height × width of the detector, `output` grid.pixels squared.
  void apply(std::span<const float> pattern, std::span<float> output);

 private:
  struct Share {
    int input, output;
    float weight;
  };
  void prepare_rotated(const ScanInfo& info, const Registration& registration, const StandardGrid& grid);

  int pixels_;
  bool transposed_;
  std::unique_ptr<AreaWeights> rows_, columns_;
  std::vector<Share> shares_;  ///< used instead where the detector is rotated
  std::vector<float> scratch_, turned_;
};

}  // namespace terrace
