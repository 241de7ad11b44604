// What a fit may move: the circumstances that a recipe leaves open, and the numbers of a structure that are continuous
// or nearly so, each with what is known of it before any pattern is seen.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "inversion/circumstances.h"
#include "inversion/hypotheses.h"

namespace terrace {

/// A structure and the circumstances under which it may explain a scan.
struct Explanation {
  Hypothesis hypothesis;
  Circumstances circumstances;
};

/// What has to be done anew when a parameter changes: propagation, or sums alone.
enum class Reach { specimen, probe };

/// Before any pattern is seen its value is normal around `expected` with standard deviation `sigma`, inside least …
/// most; an infinite `sigma` makes all values in there equally probable.
struct Parameter {
  std::string name, unit;
  Reach reach = Reach::probe;
  double expected = 0, sigma = 1;
  double step = 0.1;       ///< for derivatives by differences
  bool both_ways = false;  ///< by the difference of one step up and one down: over a ripple's whole period
  double least = -1e9, most = 1e9;
  bool whole = false;      ///< counts cells: fitted in whole numbers
  bool unbounded = false;  ///< may go as far from what is expected as it likes: doses are often told wrongly
  bool bends = false;      ///< the patterns' derivative by it changes a lot as it moves: the width of a profile
  std::function<double(const Explanation&)> value;
  std::function<void(Explanation&, double)> set;
};

/// How far from what is expected a fit may move a parameter, in standard deviations: where it would go farther,
/// something else is wrong.
inline constexpr double farthest_deviations = 12;

/// The circumstances that `recipe` leaves open: each of its ranges becomes a normal of the same mean and variance.
/// `conditions` say what was given of the scan: semi-angle, thickness and its error.
std::vector<Parameter> nuisances_of(const Recipe& recipe, const Conditions& conditions);

/// The continuous numbers of this structure: the film in a mixed cell, or widths and shift of a profile.
std::vector<Parameter> structure_parameters(const Recipe& recipe, const Hypothesis& hypothesis);

/// Both.
std::vector<Parameter> parameters_of(const Recipe& recipe, const Conditions& conditions, const Hypothesis& hypothesis);

/// What `nuisances_of` expects, counts of cells rounded; what the recipe fixes has its value.
Circumstances expected_circumstances(const Recipe& recipe, const Conditions& conditions);

/// ln of the standard deviation of a normal that is as high at its middle as the parameter's prior is.
double log_prior_width(const Parameter& parameter);

/// −½ Σ ((value − expected) / sigma)².
double log_prior(std::span<const Parameter> parameters, const Explanation& explanation);

}  // namespace terrace
