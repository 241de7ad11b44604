// What the inversion fits: the counts of one standard-grid sample, and how probable they are under expected patterns.
#pragma once

#include <cstdint>
#include <vector>

#include "core/array.h"
#include "dataset/sample.h"

namespace terrace {

/// Expected or measured patterns of all positions: [position][ky · pixels + kx].
using Patterns = Array<float, 2>;

/// Counted electrons and which of them are compared. Means over several scan positions are no whole numbers, and need
/// not be.
struct Observation {
  Patterns electrons;
  Array<std::uint8_t, 2> compared;  ///< of the same extents; 0 for what is not covered, dead, or left out
  double electrons_per_pattern = 0;
  std::int64_t compared_count() const;
};

/// Positions that the scan does not cover are left out, and pixels that read nothing in any pattern though their
/// neighbours count (dead), or whose sum over all patterns is far above that of each neighbour (hot).
/// `electrons_per_pattern` is the dose where the sample's is unknown. Throws InputError where no dose is known, nothing
/// is covered, a value is not finite or nothing is counted at all.
Observation observe(const Sample& sample, double electrons_per_pattern = 0);

/// Σ n ln(N I) − N I over what is compared, N = `electrons_per_pattern`, without −ln n!.
double log_likelihood(const Observation& observed, const Patterns& expected);

/// How well expected patterns explain counts of Poisson's variance: Pearson's sum Σ (n − m)² / m over the number of
/// values, which is 1 for a perfect model whatever the dose; and by how many of its own standard deviations (Σ 2 + 1/m)
/// it is off. Values that expect less than `least_expected` electrons are added up position by position before.
/// `coherent`: the same of sums of neighbouring values, each pixel's over all positions or 4 × 4 pixels' at each
/// position, whichever is larger; 1 where it is not beyond chance. Noise is no larger in sums than in values; what a
/// wrong model leaves, or what positions that share their counts have in common, is: so much do rivals, which differ
/// from pixel to pixel as smoothly, seem better told apart than they are.
struct GoodnessOfFit {
  double ratio = 1;
  double deviations = 0;
  double coherent = 1;
};
inline constexpr double least_expected = 0.5;
GoodnessOfFit goodness_of_fit(const Observation& observed, const Patterns& expected, int fitted = 0);

}  // namespace terrace
