// From the findings of a search to an answer in the terms of every other answer: a Prediction, with what it rests on.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "dataset/prediction.h"
#include "inversion/search.h"

namespace terrace {

/// Probabilities of classes, and of structures within each, before any pattern is seen.
struct StructurePrior {
  std::array<double, 4> of_class = {0.25, 0.25, 0.25, 0.25};  ///< order of InterfaceClass
  double second_step = 0.25;                                  ///< of a second step, given one without mixing
  double profile = 0.5;  ///< of a profile, given a diffuse interface; else one mixed cell
};

/// A candidate's share of the posterior; its structure's prior is in it.
struct WeighedCandidate {
  Candidate candidate;
  double probability = 0;
};

/// The posterior over the structures that were tried, best first. Where the best fit leaves more than the counts'
/// noise, `tempering` is above 1, and every electron counts that much less (over-dispersion): log-likelihoods (with
/// what the circumstances' priors, nearly alike, add to them) are divided by it, and what remains unknown of a
/// structure's continuous numbers is wider by its root.
std::vector<WeighedCandidate> weigh(const Findings& findings, const StructurePrior& prior, double tempering);

/// The over-dispersion that the best fit leaves, 1 where it leaves none.
double tempering_of(const GoodnessOfFit& goodness);

/// A fit is refused ("no hypothesis fits") where its residual exceeds the counts' noise by this share, and by more than
/// chance.
inline constexpr double refused_excess = 0.25;
inline constexpr double refused_deviations = 5;
bool fits(const GoodnessOfFit& goodness);
/// A number that the best fit has farther from what was expected is noted; where it is at a limit as well (its own, or
/// farthest_deviations of parameters.h), the answer is withheld.
inline constexpr double noted_deviations = 3.5;

/// Marginals of `posterior` as a Prediction. It abstains, and says so, where nothing fits.
Prediction answer_of(const Findings& findings, const std::vector<WeighedCandidate>& posterior, const Recipe& recipe,
                     const Conditions& conditions);

/// Candidates with their probabilities, circumstances with their errors, goodness of fit.
nlohmann::ordered_json to_json(const Findings& findings, const std::vector<WeighedCandidate>& posterior);

}  // namespace terrace
