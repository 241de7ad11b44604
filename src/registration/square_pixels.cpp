#include "registration/square_pixels.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/area_weights.h"

namespace terrace {
namespace {

AreaWeights weights_for(std::int64_t count, double scale) {
  const int pixels = std::max(1, static_cast<int>(std::floor(static_cast<double>(count) * scale + 1e-9)));
  // Both axes begin at 0, in square pixels.
  return {{static_cast<int>(count), scale, -0.5}, {pixels, 1, -0.5}};
}

}  // namespace

SquarePixels::SquarePixels(double mrad_y, double mrad_x) : mrad_(std::max(mrad_y, mrad_x)) {
  if (!(mrad_y > 0 && mrad_x > 0) || std::abs(mrad_y - mrad_x) <= 0.01 * mrad_x) {
    mrad_ = mrad_x;
    return;
  }
  scale_y_ = mrad_y / mrad_;
  scale_x_ = mrad_x / mrad_;
}

Array<double, 2> SquarePixels::laid(const Array<double, 2>& pattern) const {
  if (!changes()) return pattern;
  const auto rows = weights_for(pattern.extent(0), scale_y_), columns = weights_for(pattern.extent(1), scale_x_);
  const std::vector<float> input(pattern.begin(), pattern.end());
  std::vector<float> output(static_cast<std::size_t>(rows.output_count()) * columns.output_count()), scratch;
  rebin(rows, columns, input, output, scratch);
  Array<double, 2> result({rows.output_count(), columns.output_count()});
  std::copy(output.begin(), output.end(), result.begin());
  return result;
}

}  // namespace terrace
