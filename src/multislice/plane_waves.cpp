#include "multislice/plane_waves.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>

#include "core/error.h"

namespace terrace {
namespace {

Grid one_of(const Grid& window, BlochSector sector) {
  if (sector.count < 1 || window.height % sector.count != 0)
    throw InputError(
        fmt::format("{} pixels along y cannot be shared out over {} repeats of the specimen. Take pixels_y = {}?",
                    window.height, sector.count, (window.height / sector.count + 1) * sector.count));
  return {window.height / sector.count, window.width, window.extent_y / sector.count, window.extent_x};
}

/// index, as the number of its sector that is nearest to 0.
int centred(BlochSector sector) {
  const int index = (sector.index % sector.count + sector.count) % sector.count;
  return 2 * index > sector.count ? index - sector.count : index;
}

}  // namespace

PlaneWaves::PlaneWaves(const Grid& window, BlochSector sector, InstructionSet set)
    : window_(window),
      cell_(one_of(window, sector)),
      sector_{centred(sector), sector.count},
      along_y_(cell_.height, set),
      along_x_(cell_.width, set),
      last_column_number_(static_cast<int>(std::floor(window.band_limit() * window.extent_x + 1e-9))),
      numbers_y_(cell_.height),
      rows_(cell_.height),
      columns_by_position_(cell_.width) {
  for (int row = 0; row < rows(); ++row) {
    const int frequency = along_y_.frequency_at(row);
    rows_[frequency] = row;
    numbers_y_[row] = sector_.index + sector_.count * Grid::signed_index(frequency, cell_.height);
  }
  for (int position = 0; position < cell_.width; ++position)
    columns_by_position_[position] = column_of(Grid::signed_index(along_x_.frequency_at(position), cell_.width));
}

int PlaneWaves::row_of(int number_y) const {
  if ((number_y - sector_.index) % sector_.count != 0) return -1;
  const int repeat = (number_y - sector_.index) / sector_.count;
  if (2 * repeat < -rows() || 2 * repeat >= rows()) return -1;
  return rows_[Grid::fft_index(repeat, rows())];
}

int PlaneWaves::column_of(int number_x) const {
  return std::abs(number_x) <= last_column_number_ ? number_x + last_column_number_ : -1;
}

bool PlaneWaves::within_band_limit(int row, int column) const {
  const double ky = number_y(row) / window_.extent_y, kx = number_x(column) / window_.extent_x;
  return window_.within_band_limit(ky, kx);
}

}  // namespace terrace
