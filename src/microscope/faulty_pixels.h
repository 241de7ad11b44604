// Dead and hot detector pixels: found once in the mean pattern, replaced by their neighbours in every pattern.
#pragma once

#include <span>
#include <vector>

#include "core/array.h"

namespace terrace {

/// Indices row · width + column of pixels that read more than 8 times, or less than 1/50 of, the median of their eight
/// neighbours, against a floor that keeps faint regions out.
std::vector<int> find_faulty_pixels(const Array<double, 2>& mean_pattern);

/// Replaces each faulty pixel by the mean of its sound neighbours (0 where it has none).
void repair(std::span<float> pattern, int height, int width, const std::vector<int>& faulty);

}  // namespace terrace
