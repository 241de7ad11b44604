// How often the inversion is right: measures of many trials with their intervals, the bound and a network beside them.
#pragma once

#include <vector>

#include "dataset/measure.h"
#include "inversion/trial.h"

namespace terrace {

/// The measures of those trials that were made at this dose; those of the network begin with "network_".
std::vector<Measure> measures_of(const std::vector<TrialOutcome>& outcomes, double electrons_per_pattern);

}  // namespace terrace
