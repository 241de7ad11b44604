// Whether confidence is worth what it says.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "learning/judged_sample.h"

namespace terrace {

/// Answers given with about this confidence, and the share of them that was right, with its 95 % interval.
struct ConfidenceBin {
  double confidence = 0, right = 0, right_low = 0, right_high = 0;
  long n = 0;
};

/// Ten bins of the probability of the answered class, empty ones left out.
std::vector<ConfidenceBin> reliability_of(std::span<const JudgedSample> judged);

/// Mean over the bins of |share right − confidence|, weighted by their counts.
double expected_calibration_error(std::span<const JudgedSample> judged, std::span<const std::int64_t> positions);

}  // namespace terrace
