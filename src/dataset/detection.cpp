#include "dataset/detection.h"

#include <cmath>

namespace terrace {

// A stand-in for this branch: dose alone.
Detection draw_detection(const DetectionRanges& ranges, Random& random) {
  Detection detection;
  const double low = ranges.electrons_per_pattern[0], high = ranges.electrons_per_pattern[1];
  if (high > 0) detection.electrons_per_pattern = std::exp(random.uniform(std::log(low), std::log(high)));
  return detection;
}

void detect(const Detection& detection, Sample& sample, Random& random) {
  if (detection.electrons_per_pattern <= 0) return;
  for (auto& value : sample.patterns)
    value = static_cast<float>(random.poisson(value * detection.electrons_per_pattern) / detection.electrons_per_pattern);
  sample.conditions.electrons_per_pattern = detection.electrons_per_pattern;
}

}  // namespace terrace
