#include "multislice/plane_waves.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"

namespace terrace {
namespace {

int part_of(int pixels, int count, const char* axis) {
  if (count >= 1 && pixels % count == 0) return pixels / count;
  throw InputError(
      fmt::format("{0} pixels along {1} cannot be shared out over {2} repeats of the specimen. Take pixels_{1} = {3}?",
                  pixels, axis, count, (pixels / std::max(1, count) + 1) * std::max(1, count)));
}

Grid one_of(const Grid& window, BlochSector y, BlochSector x) {
  return {part_of(window.height, y.count, "y"), part_of(window.width, x.count, "x"), window.extent_y / y.count,
          window.extent_x / x.count};
}

/// index, as the number of its sector that is nearest to 0.
BlochSector centred(BlochSector sector) {
  const int index = (sector.index % sector.count + sector.count) % sector.count;
  return {2 * index > sector.count ? index - sector.count : index, sector.count};
}

/// The lowest number of the sector that is not below −limit.
int first_number(BlochSector sector, double limit) {
  return sector.index + sector.count * static_cast<int>(std::ceil((-limit - sector.index) / sector.count - 1e-9));
}

}  // namespace

PlaneWaves::PlaneWaves(const Grid& window, BlochSector along_y, BlochSector along_x, InstructionSet set)
    : window_(window),
      cell_(one_of(window, along_y, along_x)),
      sector_y_(centred(along_y)),
      sector_x_(centred(along_x)),
      along_y_(cell_.height, set),
      along_x_(cell_.width, set),
      numbers_y_(cell_.height),
      rows_(cell_.height),
      columns_by_position_(cell_.width) {
  const double limit = window.band_limit() * window.extent_x;
  first_number_x_ = first_number(sector_x_, limit);
  columns_ = std::max(0, static_cast<int>(std::floor((limit - first_number_x_) / sector_x_.count + 1e-9)) + 1);
  for (int row = 0; row < rows(); ++row) {
    const int frequency = along_y_.frequency_at(row);
    rows_[frequency] = row;
    numbers_y_[row] = sector_y_.index + sector_y_.count * Grid::signed_index(frequency, cell_.height);
  }
  for (int position = 0; position < cell_.width; ++position)
    columns_by_position_[position] =
        column_of(sector_x_.index + sector_x_.count * Grid::signed_index(along_x_.frequency_at(position), cell_.width));
}

int PlaneWaves::row_of(int number_y) const {
  if ((number_y - sector_y_.index) % sector_y_.count != 0) return -1;
  const int repeat = (number_y - sector_y_.index) / sector_y_.count;
  if (2 * repeat < -rows() || 2 * repeat >= rows()) return -1;
  return rows_[Grid::fft_index(repeat, rows())];
}

int PlaneWaves::column_of(int number_x) const {
  if ((number_x - first_number_x_) % sector_x_.count != 0) return -1;
  const int column = (number_x - first_number_x_) / sector_x_.count;
  return number_x >= first_number_x_ && column < columns_ ? column : -1;
}

bool PlaneWaves::within_band_limit(int row, int column) const {
  const double ky = number_y(row) / window_.extent_y, kx = number_x(column) / window_.extent_x;
  return window_.within_band_limit(ky, kx);
}

}  // namespace terrace
