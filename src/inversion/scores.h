// What each measure of the limit counts in one posterior.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "inversion/exact_posterior.h"

namespace terrace {

/// A measure of the limit: its name in evaluation.json, the same as the network's, and what it says.
struct LimitMeasure {
  const char* name;
  const char* meaning;
};
const std::vector<LimitMeasure>& limit_measures();
/// The doses that settle a question.
const std::vector<LimitMeasure>& settling_measures();

/// By name, those measures that a sample of this truth has a part in. Each is answered by what is best for it: the most
/// probable class and depth, the most probable three neighbours, the median. `cell_nm` along the beam.
std::map<std::string, double> scores_of(const Posterior& posterior, const Hypothesis& truth, double cell_nm);

/// By name, the dose at which ln L(truth) − ln L(rival) is expected to be 5, electrons a pattern, from the divergence
/// of each hypothesis from the truth; the rival is the nearest of its kind, at any thickness that is possible.
std::map<std::string, double> settling_electrons(std::span<const Hypothesis> hypotheses, const Hypothesis& truth,
                                                 std::span<const double> divergences);

}  // namespace terrace
