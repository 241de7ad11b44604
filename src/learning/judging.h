// A model's answers to part of a data set.
#pragma once

#include <span>
#include <vector>

#include "core/progress.h"
#include "learning/dose.h"
#include "learning/judged_sample.h"
#include "learning/model.h"

namespace terrace {

/// What the model says of the samples at `positions` when they are detected like this.
std::vector<JudgedSample> judge(const Model& model, const SampleSource& samples,
                                std::span<const std::int64_t> positions, const DetectionAtDose& detection, int threads,
                                const Progress& progress = {});

}  // namespace terrace
