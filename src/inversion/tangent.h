// Expected patterns and how they change with every parameter, around one explanation: what Fisher scoring steps along,
// and what the efficient score takes out of the difference between two structures.
#pragma once

#include <Eigen/Dense>
#include <string_view>
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

/// Which derivatives of an earlier linearisation serve on, as far as it has them (nuisances come first in every list):
/// none, those by what changes the specimen, which cost a propagation each, or those by the probe and by what bends as
/// well.
enum class Kept { none, of_specimen, all };

/// By differences of one step of each parameter. `propagated` covers `at`.
Linearisation linearise(const PropagatedStructure& propagated, const ForwardModel& model, const Explanation& at,
                        const std::vector<Parameter>& parameters, Kept kept = Kept::none,
                        const Linearisation* earlier = nullptr);

/// The log-posterior around a linearisation, to second order (Gauss–Newton): weights are 1 / expected counts, so the
/// matrix is Fisher's information of Poisson counts (van den Bos, Parameter Estimation for Scientists and Engineers
/// (2007), ch. 4), plus that of the prior.
class Tangent {
 public:
  /// Takes the first of the linearisation's derivatives where `parameters` are fewer, and drops the others.
  Tangent(const Observation& observed, const std::vector<Parameter>& parameters, Linearisation linearisation);

  const Linearisation& linearisation() const { return linearisation_; }

  /// The change of every parameter that is best for the counts, were their expectation `expected` here, and what that
  /// adds to the log-posterior: the efficient score's correction. Whole parameters change by whole numbers, none leaves
  /// its limits, and that of the name `held` stays.
  struct Step {
    std::vector<double> change;
    double gain = 0;
  };
  Step best_step(const Patterns& expected, std::string_view held = {}) const;

  /// Of each parameter, the others fitted as well.
  std::vector<double> standard_errors() const;
  /// ln √det of the inverse information of the parameters first … last: the volume of what remains unknown of them, the
  /// others fitted as well, but for those that count cells: they stay.
  double log_volume(std::size_t first, std::size_t last) const;

 private:
  Eigen::VectorXd gradient(const Patterns& expected) const;
  /// What can be fixed of a change is taken out of `free`, so that the others may give way: all that would leave its
  /// limits; or that whole parameter which lies nearest to a whole change. False where there is none.
  bool fix_at_limits(std::vector<int>& free, Eigen::VectorXd& change) const;
  bool fix_a_whole_one(std::vector<int>& free, Eigen::VectorXd& change) const;
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
