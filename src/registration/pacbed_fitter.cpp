#include "registration/pacbed_fitter.h"

#include <algorithm>
#include <cmath>

#include "registration/least_squares.h"

namespace terrace {

PacbedTrial best_of(const std::vector<PacbedTrial>& trials) {
  return *std::min_element(trials.begin(), trials.end(),
                           [](const PacbedTrial& a, const PacbedTrial& b) { return a.left < b.left; });
}

PacbedFitter::PacbedFitter(const PacbedView& view, const PacbedSeries& series, const PacbedKnown& known)
    : view_(view), series_(series), known_(known) {
  parameters_ = {{&PacbedPlace::row, 0.1},     {&PacbedPlace::column, 0.1},  {&PacbedPlace::rotation, 0.004},
                 {&PacbedPlace::tilt_y, 0.08}, {&PacbedPlace::tilt_x, 0.08}, {&PacbedPlace::log_mrad_per_pixel, 0.004}};
  if (known.semiangle_mrad <= 0) parameters_.push_back({&PacbedPlace::log_semiangle_mrad, 0.004});
}

bool PacbedFitter::allowed(const PacbedPlace& place) const {
  const double tilt = std::hypot(place.tilt_y, place.tilt_x);
  return tilt <= known_.most_tilt_mrad && tilt + std::exp(place.log_semiangle_mrad) <= series_.table.widest_mrad();
}

std::vector<double> PacbedFitter::residual(int exit, const PacbedPlace& place) const {
  return view_.residual(series_.table.pattern(exit, aperture_of(place)), series_.table, place);
}

PacbedTrial PacbedFitter::refined(PacbedTrial trial, int steps) const {
  if (!allowed(trial.place)) return trial;
  auto left = residual(trial.exit, trial.place);
  trial.left = sum_of_squares(left);
  double damping = 1e-3;
  for (int step = 0; step < steps && damping < 1e3; ++step) {
    const auto equations = linearised(trial, left);
    const double before = trial.left;
    while (damping < 1e3 && !try_step(trial, left, equations, damping)) damping *= 8;
    damping /= 6;
    if (before - trial.left < 1e-6 * before) break;
  }
  return trial;
}

std::vector<double> PacbedFitter::variances(const PacbedTrial& trial) const {
  LeastSquares equations(static_cast<int>(parameters_.size()));
  const auto slopes = derivatives(trial, residual(trial.exit, trial.place));
  for (const auto& row : slopes) equations.add(row, 0);
  return equations.variances();
}

/// Of each pixel's residual, by each parameter.
std::vector<std::vector<double>> PacbedFitter::derivatives(const PacbedTrial& trial,
                                                           const std::vector<double>& left) const {
  std::vector<std::vector<double>> slopes(left.size(), std::vector<double>(parameters_.size()));
  for (std::size_t p = 0; p < parameters_.size(); ++p) {
    PacbedPlace moved = trial.place;
    double step = parameters_[p].step;
    moved.*parameters_[p].member += step;
    if (!allowed(moved)) {
      moved.*parameters_[p].member -= 2 * step;
      step = -step;
    }
    if (!allowed(moved)) continue;
    const auto there = residual(trial.exit, moved);
    for (std::size_t i = 0; i < left.size(); ++i) slopes[i][p] = (there[i] - left[i]) / step;
  }
  return slopes;
}

PacbedFitter::Linearised PacbedFitter::linearised(const PacbedTrial& trial, const std::vector<double>& left) const {
  Linearised result{derivatives(trial, left), std::vector<double>(parameters_.size(), 1e-300)};
  for (const auto& row : result.slopes)
    for (std::size_t p = 0; p < row.size(); ++p) result.lengths[p] += row[p] * row[p];
  return result;
}

/// Takes the damped step where it makes the fit better.
bool PacbedFitter::try_step(PacbedTrial& trial, std::vector<double>& left, const Linearised& linearised,
                            double damping) const {
  LeastSquares equations(static_cast<int>(parameters_.size()));
  for (std::size_t i = 0; i < left.size(); ++i) equations.add(linearised.slopes[i], -left[i]);
  for (std::size_t p = 0; p < parameters_.size(); ++p) {
    std::vector<double> one(parameters_.size());
    one[p] = 1;
    equations.add(one, 0, damping * linearised.lengths[p] + 1e-200);
  }
  const auto step = equations.solve();
  if (step.empty()) return false;
  PacbedTrial next = trial;
  for (std::size_t p = 0; p < parameters_.size(); ++p) next.place.*parameters_[p].member += step[p];
  if (!allowed(next.place)) return false;
  auto there = residual(next.exit, next.place);
  next.left = sum_of_squares(there);
  if (!(next.left < trial.left)) return false;
  trial = next;
  left = std::move(there);
  return true;
}

}  // namespace terrace
