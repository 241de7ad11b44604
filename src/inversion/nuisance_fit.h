// The circumstances that explain a scan best, given a structure: Fisher scoring on the Poisson likelihood.
#pragma once

#include <vector>

#include "inversion/tangent.h"

namespace terrace {

/// What a fit came to.
struct Fit {
  Explanation explanation;
  Patterns expected;
  double log_posterior = 0;     ///< log-likelihood (observation.h) and log-prior of the parameters
  std::vector<double> errors;   ///< of each parameter
  Linearisation linearisation;  ///< the last one, at or near the explanation
  int steps = 0;
  bool given_up = false;
};

/// How long a fit goes on.
struct FitEffort {
  /// `cautious`: derivatives that need propagation are taken anew when counted cells change and before the fit is
  /// believed; `rough`: never, if some are known.
  enum class Derivatives { cautious, rough };
  Derivatives derivatives = Derivatives::cautious;
  int most_steps = 8;
  double least_gain = 0.1;  ///< of the log-posterior by a step; less ends the fit
  /// A fit that cannot be expected to come up to this log-posterior is given up.
  double hopeless_below = -1e300;
};

/// Fits every parameter from `start` on. A step that does not gain is halved, and given up after a few halvings.
/// `earlier`, of the same parameters, spares the derivatives that need propagation.
Fit fit_parameters(const ForwardModel& model, const Observation& observed, const std::vector<Parameter>& parameters,
                   const Explanation& start, const FitEffort& effort = {}, const Linearisation* earlier = nullptr);

}  // namespace terrace
