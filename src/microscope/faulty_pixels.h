// Dead and hot detector pixels: found once in the mean pattern, replaced by their neighbours in every pattern.
#pragma once

#include <span>
#include <vector>

#include "core/array.h"

namespace terrace {

/// The most that a pixel may read and still pass for sound: `around` is the median of its eight neighbours, `mean` that
/// of the whole pattern, which keeps faint regions out.
constexpr double hottest_sound(double around, double mean) { return 8 * around + 2 * mean; }

/// Indices row · width + column of pixels that read more than `hottest_sound`, or less than 1/50 of the median of their
/// neighbours where that is not faint.
std::vector<int> find_faulty_pixels(const Array<double, 2>& mean_pattern);

/// Of the values that were no numbers (NaN, infinite).
struct Repaired {
  int no_numbers = 0, alone = 0;  ///< all, and those without a sound neighbour
};

/// Replaces each faulty pixel, and each that reads no number, by the mean of its sound neighbours (0 where it has
/// none).
Repaired repair(std::span<float> pattern, int height, int width, const std::vector<int>& faulty);

}  // namespace terrace
