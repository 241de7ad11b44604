// Least squares at one thickness: the place on the camera that fits best. Under fit_pacbed.
#pragma once

#include <limits>
#include <vector>

#include "registration/pacbed_fit.h"
#include "registration/pacbed_view.h"

namespace terrace {

/// A place at one thickness and the sum of squares that it leaves unexplained.
struct PacbedTrial {
  int exit = 0;
  PacbedPlace place;
  double left = std::numeric_limits<double>::infinity();
};

/// The one that leaves least.
PacbedTrial best_of(const std::vector<PacbedTrial>& trials);

/// Borrows all three.
class PacbedFitter {
 public:
  PacbedFitter(const PacbedView& view, const PacbedSeries& series, const PacbedKnown& known);

  std::vector<double> residual(int exit, const PacbedPlace& place) const;

  /// Levenberg–Marquardt from `trial`, its exit kept.
  PacbedTrial refined(PacbedTrial trial, int steps) const;

  /// Variance of each parameter (row, column, rotation, tilt_y, tilt_x, log scale, log semi-angle where it is fitted)
  /// per unit variance of an independent pixel.
  std::vector<double> variances(const PacbedTrial& trial) const;

 private:
  /// A member of PacbedPlace that is fitted, with the step of its numerical derivative.
  struct Parameter {
    double PacbedPlace::*member;
    double step;
  };
  struct Linearised {
    std::vector<std::vector<double>> slopes;
    std::vector<double> lengths;  ///< Σ slope² of each parameter
  };

  bool allowed(const PacbedPlace& place) const;
  std::vector<std::vector<double>> derivatives(const PacbedTrial& trial, const std::vector<double>& left) const;
  Linearised linearised(const PacbedTrial& trial, const std::vector<double>& left) const;
  bool try_step(PacbedTrial& trial, std::vector<double>& left, const Linearised& linearised, double damping) const;

  const PacbedView& view_;
  const PacbedSeries& series_;
  const PacbedKnown& known_;
  std::vector<Parameter> parameters_;
};

}  // namespace terrace
