// Where a model knows its way: the ranges it was trained over, and how far a scan's description lies from the training
// set's.
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "dataset/sample.h"

namespace terrace {

struct Range {
  double low = 0, high = 0;
  bool operator==(const Range&) const = default;
};

/// The ranges of the training split's conditions and the least share of positions that it was shown. `thickness_nm` is
/// what was given of the thickness, `true_thickness_nm` what it was: nothing is known of it in models of before.
struct Domain {
  Range energy_kev, semiangle_mrad, thickness_nm, electrons_per_pattern, true_thickness_nm;
  double least_covered_share = 1;

  void include(const Conditions& conditions, double true_thickness_nm);
  /// One sentence for each condition outside its range (with a margin of 2 % of the value); empty inside.
  std::vector<std::string> objections(const Conditions& conditions, double covered_share) const;
  /// How far, in units of three `error_nm`, a thickness that was found in the patterns lies outside what was trained
  /// (by more than 2 % of it); 0 inside.
  double strangeness_of_thickness(double found_nm, double error_nm) const;
  bool empty() const { return energy_kev == Range{}; }
};
nlohmann::ordered_json to_json(const Domain& domain);
Domain domain_from_json(const nlohmann::ordered_json& json);

/// The training set's descriptions as one Gaussian cloud; distances are Mahalanobis lengths in units of the length that
/// 99 % of the calibration samples stay below.
struct Cloud {
  std::vector<double> mean, factor;  ///< the factor is the lower Cholesky factor of the covariance
  double unit = 1;

  double distance(std::span<const double> description) const;
};

/// `training` and `calibration` hold one description a row, of equal lengths.
Cloud fit_cloud(const std::vector<std::vector<double>>& training, const std::vector<std::vector<double>>& calibration);

}  // namespace terrace
