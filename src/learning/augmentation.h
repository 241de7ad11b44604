// Changes that leave the labels as they are: a scan that misses positions, the mirror image.
#pragma once

#include <vector>

#include "core/random.h"
#include "dataset/sample.h"

namespace terrace {

/// 1 for positions inside a random window of columns that leaves out at most `largest_share` of them, at least two
/// stay; 0 elsewhere; [along][across] row by row.
std::vector<float> random_window(const StandardGrid& grid, double largest_share, Random& random);

/// The sample as if only positions with `covered` 1 had been scanned.
Sample seen_through(const std::vector<float>& covered, Sample sample);

/// The sample seen in the mirror y → −y: positions along y run backwards over the cell, ky changes sign. Needs patterns
/// with the beam in the middle of pixel [pixels/2]; the outermost row of an even pattern has no partner and stays.
Sample mirrored(const Sample& sample);

}  // namespace terrace
