#include "multislice/band_limit.h"

#include <algorithm>
#include <cstdlib>

namespace terrace {

BandLimit::BandLimit(const Grid& grid) : height_(grid.height), width_(grid.width) {
  for (int row = 0; row < (grid.height + 1) / 2; ++row) {
    const double ky = grid.frequency_y(row);
    int columns = 0;
    while (columns < (grid.width + 1) / 2) {
      const double kx = grid.frequency_x(columns);
      if (!grid.within_band_limit(ky, kx)) break;
      ++columns;
    }
    if (columns == 0) break;
    columns_.push_back(columns);
  }
}

void BandLimit::apply(std::span<Complex> spectrum, float scale) const {
  for (int y = 0; y < height_; ++y) {
    const int row = std::abs(Grid::signed_index(y, height_)), inside = row < rows() ? columns(row) : 0;
    const auto line = spectrum.subspan(std::int64_t{y} * width_, width_);
    const int negative = width_ - std::max(inside - 1, 0);  // where the kept negative frequencies begin
    for (int x = 0; x < inside; ++x) line[x] = {line[x].real() * scale, line[x].imag() * scale};
    for (int x = inside; x < negative; ++x) line[x] = 0;
    for (int x = negative; x < width_; ++x) line[x] = {line[x].real() * scale, line[x].imag() * scale};
  }
}

}  // namespace terrace
