// The answer along the interface: what a map says in words and in charts.
#pragma once

#include <span>
#include <string>

#include "dataset/prediction.h"
#include "report/report.h"

namespace terrace {

/// How many stretches are of which class (with the number that their probabilities expect), where the step lies,
/// whether the thickness drifts. Stretches that abstain are counted and otherwise left out.
std::string map_in_words(std::span<const StretchPrediction> map);

/// Charts over the position along the interface (nm from the first scan position): classes, depth, widths, thickness,
/// distance from the training set; stretches that abstain are greyed.
ReportSection map_section(std::span<const StretchPrediction> map);

}  // namespace terrace
