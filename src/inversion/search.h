// Which structures explain one observation, and how well: the inversion's way through the hypotheses.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/progress.h"
#include "inversion/candidates.h"
#include "inversion/nuisance_fit.h"

namespace terrace {

/// What a search came to.
struct Findings {
  std::vector<Candidate> candidates;  ///< best first
  Fit best;                           ///< the highest evidence of all fits
  std::vector<Parameter> parameters;  ///< of it
  GoodnessOfFit goodness;             ///< of it
};

/// How thoroughly to look.
struct SearchEffort {
  /// Steps are tried whose mean boundary is this near to the mixed cell's, and around the best one as far as counts
  /// leave them possible.
  double boundary_tolerance_cells = 0.12;
  int two_step_depths = 5;                ///< first depths at which pairs of steps are tried; 0: none
  double interesting = 12;                ///< log-evidence below the best from which on a hypothesis is refined no more
  std::optional<Hypothesis> suggested{};  ///< a step, by a network: the first to be fitted, if projection allows it
};

/// Raised where a search comes to answer otherwise: what is kept of an earlier one is not taken for its own.
inline constexpr int search_revision = 7;

/// From what registration knows to the posterior's ingredients:
/// 1. a mixed cell of continuous composition at the registered plane, fitted with all circumstances: smooth, so that
///    it finds thickness, tilt, focus and mean boundary from afar;
/// 2. steps with that mean boundary, by their efficient scores, the best one fitted (first of all the suggested one),
///    until the best one stays, and once more by derivatives of its own, where all steps are scored anew, farther and
///    farther from that boundary until the farthest are out of the question;
/// 3. pairs of steps, error-function profiles, a step in such a profile, the abrupt interface; where a profile comes
///    first or nothing explains the counts, steps at any depth in a profile, and pairs with terraces of any width.
/// Throws InputError as ForwardModel does.
Findings search(const ForwardModel& model, const Observation& observed, const SearchEffort& effort = {},
                const Progress& progress = {});

}  // namespace terrace
