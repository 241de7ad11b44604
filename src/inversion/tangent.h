// Expected patterns and how they change with every parameter, around one explanation: what Fisher scoring steps along,
// and what the efficient score takes out of the difference between two structures.
#pragma once

#include <Eigen/Dense>
#include <vector>

#include "inversion/forward_model.h"
#include "inversion/parameters.h"

namespace terrace {

/// The patterns of an explanation and their derivatives by its parameters, [parameter], per unit of each.
struct Linearisation {
  Explanation at;
  Explanation specimen_at;  ///< where the derivatives by what changes the specimen were taken
  Patterns expected;
  std::vector<Patterns> derivatives;
};

/// Of the beam in one pixel: fainter ones weigh no more than this, so that rounding in the dark does not count.
inline constexpr float faintest_weighted = 1e-8f;

/// By differences of one step of each parameter. `propagated` covers `at`. Derivatives by what changes the specimen
/// are those of `earlier` as far as it has them (nuisances come first in every list): propagation is what costs.
Linearisation linearise(const PropagatedStructure& propagated, const ForwardModel& model, const Explanation& at,
                        const std::vector<Parameter>& parameters, const Linearisation* earlier = nullptr);

/// The log-posterior around a linearisation, to second order (Gauss–Newton): weights are 1 / expected counts, so the
/// matrix is Fisher's information of Poisson counts (van den Bos, Parameter Estimation for Scientists and Engineers
/// (2007), ch. 4), plus that of the prior.
class Tangent {
 public:
  /// Takes the first of the linearisation's derivatives where `parameters` are fewer.
  Tangent(const Observation& observed, const std::vector<Parameter>& parameters, Linearisation linearisation);

  const Linearisation& linearisation() const { return linearisation_; }

  /// The change of every parameter that is best for the counts, were their expectation `expected` here, and what that
  /// adds to the log-posterior: the efficient score's correction. Whole parameters change by whole numbers.
  struct Step {
    std::vector<double> change;
    double gain = 0;
  };
  Step best_step(const Patterns& expected) const;
  /// The gain alone, every parameter continuous.
  double gain(const Patterns& expected) const;

  /// Of each parameter, the others fitted as well.
  std::vector<double> standard_errors() const;
  /// ln √det of the inverse information of the parameters first … last: the volume of what remains unknown of them.
  double log_volume(std::size_t first, std::size_t last) const;

 private:
  Eigen::VectorXd gradient(const Patterns& expected) const;
  /// `counts` over the root of the expected ones where compared, else 0.
  Eigen::VectorXf weighted(const Patterns& counts) const;

  const Observation* observed_;
  const std::vector<Parameter>* parameters_;
  Linearisation linearisation_;
  Eigen::VectorXf roots_;        // 1 / √expected counts, 0 where not compared
  Eigen::MatrixXf weighted_;     // [value][parameter]: derivative of the counts over their root
  Eigen::MatrixXd information_;  // of counts and prior
};

}  // namespace terrace
