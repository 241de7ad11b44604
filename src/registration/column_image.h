// The image of high-angle scattering, laid out along the crystal's axes.
#pragma once

#include "core/array.h"
#include "registration/crystal_axes.h"

namespace terrace {

/// An image [along][across] with its steps in Å; bright columns scatter to high angle. Its columns stand along the
/// crystal's axis, its rows are the scan's own: a sample's place along the interface depends on both where the scan is
/// turned. NaN where the scan ends.
struct ColumnImage {
  Array<double, 2> image;
  double step_along = 0, step_across = 0;
  double start_across = 0;  ///< of column 0, crystal frame
  double slope = 0;         ///< Å along for each Å across, at constant row

  double across(std::int64_t column) const { return start_across + static_cast<double>(column) * step_across; }
  double along_at_row_0(std::int64_t column) const { return slope * across(column); }
  double along(std::int64_t row, std::int64_t column) const {
    return static_cast<double>(row) * step_along + along_at_row_0(column);
  }
  /// The least and the largest number of samples in a column.
  int fewest_rows() const;
  int most_rows() const;
};

enum class Normal { x, y };

/// Lays `image` [y][x] of the scan out across `normal`. On straight axes it is the image itself, or its transpose;
/// otherwise samples are interpolated (cubic convolution) along the scan axis across the interface, never along the
/// other, which may have few rows; end columns with less than 7/8 of the longest column's samples are cut off.
ColumnImage lay_out(const Array<double, 2>& image, double step_y, double step_x, const CrystalAxes& axes,
                    Normal normal);

/// Leaves of a turned scan only what all columns show (NaN elsewhere), so that the same stretch of crystal stands in
/// each of them: otherwise a film that enters at one end passes for a change along the rows. Kept whole where that
/// would be less than `least` Å.
void keep_common_stretch(ColumnImage& columns, double least);

}  // namespace terrace
