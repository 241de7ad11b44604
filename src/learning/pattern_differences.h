// The first half of preprocessing: patterns as differences from what training saw, in units of shot noise.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/array.h"
#include "dataset/sample.h"

namespace terrace {

/// Intensity / mean total of the covered patterns, [position][pixel]; and the totals, fractions of the beam. Rows not
/// covered are zero. Throws InputError where no position is covered, or a number is negative or not finite.
Image normalised_patterns(const Sample& sample, std::vector<float>& totals);

/// The same, or where `input` is "totals", every pixel the mean of its pattern.
Image seen_patterns(const Sample& sample, const std::string& input, std::vector<float>& totals);

/// 1/√(mean + floor).
Image weights_of(const Image& mean);

/// (pattern − mean) · weight where a position is covered and a pixel reads something at any of them, else 0.
void take_differences(Image& patterns, const Image& mean, const Image& weight, std::span<const float> covered);

}  // namespace terrace
