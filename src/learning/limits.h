// What a trained ensemble learns about itself on the calibration split: calibration, domain of descriptions, residuals.
#pragma once

#include "learning/model.h"
#include "learning/sample_table.h"

namespace terrace {

/// Fills calibration, cloud and residual limit of `model`. Calibration is fitted at several doses of `detection`, on
/// noise of its own at each.
void fit_limits(const SampleTable& training, const SampleTable& validation, const DetectionRanges& detection,
                int threads, Model& model);

}  // namespace terrace
