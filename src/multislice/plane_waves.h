// Which plane waves a wave is made of, and in which order they are kept: the ground that the propagation step stands
// on.
#pragma once

#include <memory>
#include <vector>

#include "core/grid.h"
#include "core/lane_transform.h"

namespace terrace {

/// Where a specimen repeats `count` times along an axis over the window, plane waves with k = (index + integer · count)
/// / extent scatter among themselves only: a Bloch sector. One of one: the whole window.
struct BlochSector {
  int index = 0, count = 1;
};

/// The plane waves of one Bloch sector of `window` (along y, along x, or both) within its band limit (the circle of 2/3
/// of Nyquist). Waves of the sector are exp(2πi index y / extent_y) (the same along x) times a function with the period
/// of one repeat, so they are multiplied in real space on `cell()`, one repeat of the window. Kept as [row][column]:
/// columns in the order of their frequency number along x, rows in the order in which a LaneTransform leaves them,
/// those outside the band limit included (as zeros). Frequency numbers are the window's: k = number / extent.
class PlaneWaves {
 public:
  /// Throws InputError where the window cannot be divided so, or a count of pixels cannot be transformed.
  explicit PlaneWaves(const Grid& window, BlochSector along_y = {}, BlochSector along_x = {},
                      InstructionSet set = best_instruction_set());

  const Grid& window() const { return window_; }
  const Grid& cell() const { return cell_; }
  /// Whether it is the one sector of one, along both axes.
  bool is_whole_window() const { return sector_y_.count == 1 && sector_x_.count == 1; }

  int rows() const { return cell_.height; }
  int columns() const { return columns_; }
  int number_y(int row) const { return numbers_y_[row]; }
  int number_x(int column) const { return first_number_x_ + column * sector_x_.count; }
  /// −1 where the sector has no such plane wave.
  int row_of(int number_y) const;
  int column_of(int number_x) const;
  bool within_band_limit(int row, int column) const;

  /// Transforms along y (over rows) and along x (over the cell's pixels).
  const LaneTransform& along_y() const { return along_y_; }
  const LaneTransform& along_x() const { return along_x_; }
  InstructionSet instruction_set() const { return along_x_.instruction_set(); }
  /// The column at each position of a transformed row of `cell().width` points, −1 where the band limit leaves none.
  const std::vector<int>& columns_by_position() const { return columns_by_position_; }

 private:
  Grid window_, cell_;
  BlochSector sector_y_, sector_x_;
  LaneTransform along_y_, along_x_;
  int first_number_x_, columns_;
  std::vector<int> numbers_y_;
  std::vector<int> rows_;  // by FFT index
  std::vector<int> columns_by_position_;
};

}  // namespace terrace
