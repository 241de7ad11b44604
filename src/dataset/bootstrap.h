// Intervals that know that samples of one family are not independent.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "dataset/measure.h"
#include "dataset/sample.h"

namespace terrace {

/// What a sample is evidence of: one structure in several microscope states counts once, and only families are
/// independent.
struct Evidence {
  std::int64_t family = 0, structure = 0;
};
inline Evidence evidence_of(const Origin& origin) { return {origin.family, origin.structure}; }

/// One sample's contribution to a measure.
struct Contribution {
  Evidence evidence;
  double value = 0;
  double weight = 1;
};

/// The weighted mean of the values with its 95 % interval: percentiles of `resamples` bootstrap draws of whole families
/// (Davison & Hinkley, Bootstrap Methods, 1997, 3.8). Without contributions the value is NaN, n is 0.
Measure mean_over_families(std::string name, std::string meaning, std::span<const Contribution> contributions,
                           int resamples = 2000);

/// The same for any statistic of a set of samples: `statistic` gets the positions drawn, `samples[i]` says what sample
/// i is evidence of.
Measure statistic_over_families(std::string name, std::string meaning, std::span<const Evidence> samples,
                                const std::function<double(std::span<const std::int64_t>)>& statistic,
                                int resamples = 500);

/// The probability that a number of `inside` is smaller than one of `outside` (ties count half): the area under the
/// receiver operating characteristic of "a large number means outside" (Hanley & McNeil, Radiology 143 (1982) 29). Its
/// interval resamples the families of either side. n, structures and families are those of `outside`.
Measure area_under_curve(std::string name, std::string meaning, std::span<const Contribution> inside,
                         std::span<const Contribution> outside, int resamples = 500);

}  // namespace terrace
