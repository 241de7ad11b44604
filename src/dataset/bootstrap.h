// Intervals that know that samples of one family are not independent.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "dataset/measure.h"

namespace terrace {

/// One sample's contribution to a measure: the family that it belongs to, a value, a weight.
struct Contribution {
  std::int64_t family = 0;
  double value = 0;
  double weight = 1;
};

/// The weighted mean of the values with its 95 % interval: percentiles of `resamples` bootstrap draws of whole families
/// (Davison & Hinkley, Bootstrap Methods, 1997, 3.8). Without contributions the value is NaN, n is 0.
Measure mean_over_families(std::string name, std::string meaning, std::span<const Contribution> contributions,
                           int resamples = 2000);

/// The same for any statistic of a set of samples: `statistic` gets the positions drawn, `families[i]` the family of i.
Measure statistic_over_families(std::string name, std::string meaning, std::span<const std::int64_t> families,
                                const std::function<double(std::span<const std::int64_t>)>& statistic,
                                int resamples = 500);

}  // namespace terrace
