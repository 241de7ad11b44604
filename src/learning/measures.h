// The figures of merit, each one a function of judged samples.
#pragma once

#include <span>
#include <vector>

#include "dataset/measure.h"
#include "learning/judged_sample.h"

namespace terrace {

/// Every measure that the samples allow, in the order of the table. Abstaining counts in `abstention_share` alone: the
/// others judge the answer that would have been given.
std::vector<Measure> measures_of(std::span<const JudgedSample> judged);

/// How well `out_of_domain` recognises the samples of `strange` among those of `known`.
Measure recognition_of(std::span<const JudgedSample> known, std::span<const JudgedSample> strange);

}  // namespace terrace
