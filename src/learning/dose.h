// The doses at which a model is judged, and how samples are detected at each: the same electrons every time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dataset/detection.h"
#include "learning/sample_source.h"

namespace terrace {

/// One dose; all else that detection does is drawn from `ranges`. What a sample gets is named by (seed, its index, the
/// dose), so that every evaluation, and every method within one, sees the same patterns.
struct DetectionAtDose {
  DetectionRanges ranges;
  double electrons_per_pattern = 0;  ///< 0: no noise
  std::uint64_t seed = 1;

  void apply(const StandardGrid& grid, Sample& sample) const;
};

/// The [detection] table of the recipe that a data set was made from; noise-free for a list in memory.
DetectionRanges detection_of(const SampleSource& samples);

/// Noise-free (0), and those of 500, 10³, 10⁴, 10⁵ and 2·10⁵ electrons that training saw.
std::vector<double> doses_of(const DetectionRanges& ranges);

/// Of these the one for the headline: 10⁴ electrons, or the nearest in ratio; noise-free where training is.
double headline_dose(const DetectionRanges& ranges);

/// "10000", as evaluation.json names a dose; "0" for noise-free.
std::string name_of_dose(double electrons_per_pattern);

/// The samples at `positions`, read in order, then detected on all threads.
std::vector<Sample> read_detected(const SampleSource& samples, std::span<const std::int64_t> positions,
                                  const DetectionAtDose& detection, int threads);

}  // namespace terrace
