#include "registration/pattern_rebinning.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "core/constants.h"

namespace terrace {

PatternRebinning::PatternRebinning(const ScanInfo& info, const Registration& r, const StandardGrid& grid)
    : pixels_(grid.pixels), transposed_(r.interface_normal == "y") {
  const auto orientation = r.detector_orientation();
  if (orientation.turned()) {
    prepare_rotated(info, r, grid);
    return;
  }
  const double towards_film = r.film_side == "low" ? -1 : 1;
  const PixelAxis output{grid.pixels, grid.mrad_per_pixel_at(r.semiangle_mrad.value), grid.pixels / 2 + 0.0};
  const PixelAxis rows{info.detector_height,
                       orientation.row_sign() * r.mrad_per_pixel_y.value * (transposed_ ? towards_film : 1),
                       r.centre_row.value};
  const PixelAxis columns{info.detector_width, r.mrad_per_pixel_x.value * (transposed_ ? 1 : towards_film),
                          r.centre_column.value};
  rows_ = std::make_unique<AreaWeights>(rows, output);
  columns_ = std::make_unique<AreaWeights>(columns, output);
}

void PatternRebinning::prepare_rotated(const ScanInfo& info, const Registration& r, const StandardGrid& grid) {
  constexpr int fine = 8;
  const double pixel = grid.mrad_per_pixel_at(r.semiangle_mrad.value);
  const auto orientation = r.detector_orientation();
  const double towards_film = r.film_side == "low" ? -1 : 1;
  for (int row = 0; row < info.detector_height; ++row)
    for (int column = 0; column < info.detector_width; ++column) {
      std::map<int, int> hits;
      for (int point = 0; point < fine * fine; ++point) {
        const double y = (row - r.centre_row.value + (point / fine + 0.5) / fine - 0.5) * r.mrad_per_pixel_y.value;
        const double x =
            (column - r.centre_column.value + (point % fine + 0.5) / fine - 0.5) * r.mrad_per_pixel_x.value;
        const Place k = orientation.to_crystal({x, y});
        const double across = towards_film * (transposed_ ? k.y : k.x), along = transposed_ ? k.x : k.y;
        const int to_row = static_cast<int>(std::lround(along / pixel)) + pixels_ / 2;
        const int to_column = static_cast<int>(std::lround(across / pixel)) + pixels_ / 2;
        if (to_row >= 0 && to_row < pixels_ && to_column >= 0 && to_column < pixels_)
          ++hits[to_row * pixels_ + to_column];
      }
      for (const auto& [output, count] : hits)
        shares_.push_back({row * info.detector_width + column, output, count / static_cast<float>(fine * fine)});
    }
}

void PatternRebinning::apply(std::span<const float> pattern, std::span<float> output) {
  if (!rows_) {
    std::fill(output.begin(), output.end(), 0.0f);
    for (const auto& share : shares_) output[share.output] += share.weight * pattern[share.input];
    return;
  }
  rebin(*rows_, *columns_, pattern, output, scratch_);
  if (!transposed_) return;
  // The detector's rows run along the normal: they become the grid's columns.
  turned_.assign(output.begin(), output.end());
  for (int row = 0; row < pixels_; ++row)
    for (int column = 0; column < pixels_; ++column) output[row * pixels_ + column] = turned_[column * pixels_ + row];
}

}  // namespace terrace
