// What must be beaten: the same question put to simpler methods, trained on the same split.
#pragma once

#include <vector>

#include "core/progress.h"
#include "dataset/measure.h"
#include "learning/sample_source.h"
#include "learning/training_settings.h"

namespace terrace {

/// "baseline_profile_rough_vs_diffuse" (and "…_matched"): a small network that sees what an annular dark-field image
/// shows, the intensity outside the aperture at each position across, averaged along the interface, with the
/// conditions. "baseline_linear_…": a linear discriminant on the leading principal components of every pattern. Both
/// learn from at most 2,000 samples of the split "train" and are judged on `split`; empty where a split lacks either
/// class.
std::vector<Measure> baseline_measures(const SampleSource& samples, std::string_view split,
                                       const Progress& progress = {});

/// How well a network of the same kind, trained for a short while on the matched-projection twins of the split "train"
/// alone, tells the twins of the split "test" apart. On patterns simulated as a pure projection it must be at chance.
Measure twin_classifier_accuracy(const SampleSource& samples, const TrainingSettings& settings,
                                 const Progress& progress = {});
TrainingSettings twin_classifier_settings();

/// Intensity outside the aperture for each column of the grid: mean over the covered positions along y, divided by the
/// mean of all columns; 1 where a column is not covered.
std::vector<float> dark_field_profile(const Sample& sample, const StandardGrid& grid);

}  // namespace terrace
