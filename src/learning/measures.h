// The figures of merit, each one a function of judged samples.
#pragma once

#include <span>
#include <vector>

#include "learning/evaluation.h"

namespace terrace {

/// Every measure that the samples allow, in the order of the table.
std::vector<Measure> measures_of(std::span<const JudgedSample> judged);

/// Ten bins of the probability of the answered class, empty ones left out.
std::vector<ConfidenceBin> reliability_of(std::span<const JudgedSample> judged);

/// Mean over the bins of |share right − confidence|, weighted by their counts.
double expected_calibration_error(std::span<const JudgedSample> judged, std::span<const std::int64_t> positions);

/// Whether the true depth lies in the 90 % interval; as depths are whole cells, the truth is spread over its cell by a
/// number drawn from the sample's index (see depth_rank).
bool interval_covers(const JudgedSample& sample);

/// Whether the answer is nearer to the mirror image of the truth (thickness − z, −h) than to (z, +h): the answer has
/// the wrong direction and lies within one cell of the mirrored depth, but not of the true one.
bool is_mirror_answer(const JudgedSample& sample);

/// |answered − true depth| in whole cells.
long depth_error_cells(const JudgedSample& sample);

}  // namespace terrace
