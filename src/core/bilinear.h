// Between the pixels of an image.
#pragma once

#include <cstdint>

#include "core/array.h"

namespace terrace {

/// Bilinear interpolation, `fy` and `fx` of a pixel beyond the middle of pixel (y, x), which is neither in the last row
/// nor in the last column. What stands for the image beyond its rim is the caller's choice.
inline double bilinear(const Array<double, 2>& image, std::int64_t y, std::int64_t x, double fy, double fx) {
  const double* above = &image(y, x);
  const double* below = above + image.extent(1);
  return (1 - fy) * ((1 - fx) * above[0] + fx * above[1]) + fy * ((1 - fx) * below[0] + fx * below[1]);
}

}  // namespace terrace
