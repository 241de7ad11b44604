// Changes that leave the labels as they are: a scan that misses positions, shot noise, the mirror image.
#pragma once

#include <vector>

#include "core/random.h"
#include "dataset/sample.h"

namespace terrace {

/// Replaces every covered pattern by Poisson counts of `electrons` per fraction of the beam, as fractions again, and
/// records the dose in the conditions. electrons <= 0 leaves the sample alone.
void add_shot_noise(Sample& sample, double electrons, Random& random);

/// 1 for positions inside a random window of columns that leaves out at most `largest_share` of them, at least two
/// stay; 0 elsewhere; [along][across] row by row.
std::vector<float> random_window(const StandardGrid& grid, double largest_share, Random& random);

/// The sample seen in the mirror y → −y: positions along y run backwards over the cell, ky changes sign. Needs patterns
/// with the beam in the middle of pixel [pixels/2]; the outermost row of an even pattern has no partner and stays.
Sample mirrored(const Sample& sample);

}  // namespace terrace
