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
  /// Which derivatives are taken anew where a step gains less than they promise: `all`, or those by the probe alone,
  /// which need no propagation.
  enum class Renewed { all, of_probe };
  Renewed renewed = Renewed::all;
  /// Whether derivatives by the probe of an earlier fit serve as well, until a step falls short of its promise.
  bool earlier_serves = false;
  int most_steps = 8;
  /// Patterns follow tilt with a ripple (circumstances.h). `smoothed`: by derivatives over its period, which lead home
  /// from afar; `followed`: by those at the point, which find the best one nearby; or first the one, then the other.
  enum class Ripple { smoothed, followed, smoothed_then_followed };
  Ripple ripple = Ripple::smoothed_then_followed;
  double least_gain = 0.2;  ///< of the log-posterior by a step; a step that promises less ends the fit
  /// A fit that cannot be expected to come up to this log-posterior is given up.
  double hopeless_below = -1e300;
  /// It may gain this many times what its next step promises: far from the best, the quadratic falls short of what a
  /// few more steps find; where the last step kept a part of its promise alone, that part of it.
  double hope = 3;
};

/// Fits every parameter from `start` on. A step that does not gain is halved, and given up after a few halvings.
/// `earlier`, of the same parameters or of the first ones of them, spares the derivatives that need propagation.
Fit fit_parameters(const ForwardModel& model, const Observation& observed, const std::vector<Parameter>& parameters,
                   const Explanation& start, const FitEffort& effort = {}, const Linearisation* earlier = nullptr);

}  // namespace terrace
