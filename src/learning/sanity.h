// Networks that must fail: if one of these did well, the figures of the others would mean nothing.
#pragma once

#include <vector>

#include "core/progress.h"
#include "dataset/measure.h"
#include "learning/sample_source.h"
#include "learning/training_settings.h"

namespace terrace {

/// Both learn from the matched-projection twins of the split "train" and are judged on those of "test", where a coin
/// reaches 0.5. "totals_matched_at_10000" and "…_1000" see of each pattern its sum alone, at so many electrons: what
/// tells twins apart is then lost in shot noise. "shuffled_labels_matched" learnt labels that were exchanged at random,
/// without noise. Empty where a split holds no twins.
std::vector<Measure> sanity_measures(const SampleSource& samples, const TrainingSettings& settings,
                                     const Progress& progress = {});

/// A short training.
TrainingSettings sanity_settings();

}  // namespace terrace
