// What must be beaten: the same question put to simpler methods, trained on the same split and at the same dose.
#pragma once

#include <vector>

#include "core/progress.h"
#include "dataset/measure.h"
#include "learning/dose.h"
#include "learning/sample_source.h"
#include "learning/training_settings.h"

namespace terrace {

struct BaselineQuestion {
  std::string split = "test";
  DetectionAtDose detection;
  int threads = 1;
};

/// "baseline_profile_rough_vs_diffuse" (and "…_matched"): a small network that sees what an annular dark-field image
/// shows, the intensity outside the aperture at each position across, averaged along the interface, with the
/// conditions. "baseline_linear_…": a linear discriminant on the leading principal components of every pattern.
/// "baseline_dictionary_…": the nearest training sample (pattern_dictionary.h), which names a depth too. All but the
/// dictionary, which holds the whole split "train", learn from at most 2,000 of its samples; all are judged on the
/// same samples. Empty where a split lacks either class.
std::vector<Measure> baseline_measures(const SampleSource& samples, const BaselineQuestion& question,
                                       const Progress& progress = {});

/// How well a network of the same kind, trained for a short while on the matched-projection twins of the split "train"
/// alone, tells the twins of the split "test" apart. On patterns simulated as a pure projection it must be at chance.
Measure twin_classifier_accuracy(const SampleSource& samples, const TrainingSettings& settings,
                                 const Progress& progress = {});
TrainingSettings twin_classifier_settings();

}  // namespace terrace
