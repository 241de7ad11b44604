// The circle of frequencies that transmission functions and propagators keep.
#pragma once

#include <span>
#include <vector>

#include "core/array.h"
#include "core/grid.h"

namespace terrace {

/// The frequencies inside grid.band_limit(), row by row. Symmetric about both axes, so one quadrant says all.
class BandLimit {
 public:
  explicit BandLimit(const Grid& grid);

  /// How many frequency numbers ky = 0, 1, … lie inside (on the axis kx = 0).
  int rows() const { return static_cast<int>(columns_.size()); }
  /// How many frequency numbers kx = 0, 1, … lie inside at frequency number `row` ≥ 0 along y.
  int columns(int row) const { return columns_[row]; }

  /// Zero outside the circle, times `scale` inside. `spectrum` is the whole plane in FFT order.
  void apply(std::span<Complex> spectrum, float scale) const;

 private:
  int height_, width_;
  std::vector<int> columns_;
};

}  // namespace terrace
