#include "inversion/tangent.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace terrace {
namespace {

/// One step up, or down where up is out of range.
double step_of(const Parameter& parameter, const Explanation& at) {
  return parameter.value(at) + parameter.step > parameter.most ? -parameter.step : parameter.step;
}

Patterns difference_quotient(const Patterns& changed, const Patterns& expected, double step) {
  Patterns quotient(expected.extents());
  for (std::int64_t i = 0; i < quotient.size(); ++i)
    quotient.data()[i] = (changed.data()[i] - expected.data()[i]) / static_cast<float>(step);
  return quotient;
}

/// The explanation with one parameter a step away.
Explanation stepped(const Explanation& at, const Parameter& parameter) {
  Explanation changed = at;
  parameter.set(changed, parameter.value(at) + step_of(parameter, at));
  return changed;
}

bool needs_propagation(const PropagatedStructure& propagated, const Parameter& parameter, const Explanation& changed) {
  return parameter.reach == Reach::specimen || !propagated.covers(changed.circumstances);
}

/// Solves for the parameters that `free` names, the others' changes being `fixed`.
void solve_for(const std::vector<int>& free, const Eigen::MatrixXd& information, const Eigen::VectorXd& gradient,
               Eigen::VectorXd& change) {
  const auto n = static_cast<Eigen::Index>(free.size());
  Eigen::MatrixXd part(n, n);
  Eigen::VectorXd right(n);
  Eigen::VectorXd fixed = change;
  for (const int i : free) fixed[i] = 0;
  const Eigen::VectorXd rest = gradient - information * fixed;
  for (Eigen::Index i = 0; i < n; ++i) {
    right[i] = rest[free[i]];
    for (Eigen::Index j = 0; j < n; ++j) part(i, j) = information(free[i], free[j]);
  }
  const Eigen::VectorXd solved = part.ldlt().solve(right);
  for (Eigen::Index i = 0; i < n; ++i) change[free[i]] = solved[i];
}

}  // namespace

Linearisation linearise(const PropagatedStructure& propagated, const ForwardModel& model, const Explanation& at,
                        const std::vector<Parameter>& parameters, const Linearisation* earlier) {
  std::vector<Circumstances> summed = {at.circumstances};  // all that need no propagation, at once
  std::vector<Explanation> propagated_anew;
  std::vector<std::size_t> summed_numbers, new_numbers;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const auto there = stepped(at, parameters[i]);
    if (!needs_propagation(propagated, parameters[i], there)) {
      summed.push_back(there.circumstances);
      summed_numbers.push_back(i);
    } else if (!earlier || i >= earlier->derivatives.size()) {
      propagated_anew.push_back(there);
      new_numbers.push_back(i);
    }
  }
  auto sums = propagated.expected(summed);
  Linearisation linearisation{at, earlier ? earlier->specimen_at : at, std::move(sums[0]), {}};
  if (earlier) linearisation.derivatives = earlier->derivatives;
  linearisation.derivatives.resize(parameters.size());
  const auto set = [&](std::size_t i, const Patterns& changed) {
    linearisation.derivatives[i] = difference_quotient(changed, linearisation.expected, step_of(parameters[i], at));
  };
  for (std::size_t i = 0; i < summed_numbers.size(); ++i) set(summed_numbers[i], sums[i + 1]);
  const auto anew = model.expected(propagated_anew);
  for (std::size_t i = 0; i < new_numbers.size(); ++i) set(new_numbers[i], anew[i]);
  return linearisation;
}

Tangent::Tangent(const Observation& observed, const std::vector<Parameter>& parameters, Linearisation linearisation)
    : observed_(&observed), parameters_(&parameters), linearisation_(std::move(linearisation)) {
  const auto& expected = linearisation_.expected;
  const auto count = expected.size(), n = std::ssize(parameters);
  const auto electrons = static_cast<float>(observed.electrons_per_pattern);
  roots_.resize(count);
  for (std::int64_t i = 0; i < count; ++i)
    roots_[i] =
        observed.compared.data()[i] ? 1 / std::sqrt(electrons * std::max(expected.data()[i], faintest_weighted)) : 0;
  weighted_.resize(count, n);
  for (std::int64_t j = 0; j < n; ++j) {
    const Eigen::Map<const Eigen::VectorXf> derivative(linearisation_.derivatives[j].data(), count);
    weighted_.col(j) = electrons * derivative.cwiseProduct(roots_);
  }
  information_ = (weighted_.transpose() * weighted_).cast<double>();
  for (std::int64_t j = 0; j < n; ++j) information_(j, j) += 1 / (parameters[j].sigma * parameters[j].sigma);
}

Eigen::VectorXf Tangent::weighted(const Patterns& counts) const {
  return Eigen::Map<const Eigen::VectorXf>(counts.data(), counts.size()).cwiseProduct(roots_);
}

Eigen::VectorXd Tangent::gradient(const Patterns& expected) const {
  const auto electrons = static_cast<float>(observed_->electrons_per_pattern);
  const Eigen::VectorXf residual = weighted(observed_->electrons) - electrons * weighted(expected);
  Eigen::VectorXd gradient = (weighted_.transpose() * residual).cast<double>();
  for (std::size_t j = 0; j < parameters_->size(); ++j) {
    const auto& p = (*parameters_)[j];
    gradient[j] -= (p.value(linearisation_.at) - p.expected) / (p.sigma * p.sigma);
  }
  return gradient;
}

Tangent::Step Tangent::best_step(const Patterns& expected) const {
  const Eigen::VectorXd gradient = this->gradient(expected);
  Eigen::VectorXd change = Eigen::VectorXd::Zero(gradient.size());
  std::vector<int> all, free;
  for (int j = 0; j < std::ssize(*parameters_); ++j) {
    all.push_back(j);
    if (!(*parameters_)[j].whole) free.push_back(j);
  }
  solve_for(all, information_, gradient, change);
  for (const int j : all)
    if ((*parameters_)[j].whole) change[j] = std::round(change[j]);
  solve_for(free, information_, gradient, change);
  return {{change.begin(), change.end()}, gradient.dot(change) - change.dot(information_ * change) / 2};
}

double Tangent::gain(const Patterns& expected) const {
  const Eigen::VectorXd gradient = this->gradient(expected);
  return gradient.dot(information_.ldlt().solve(gradient)) / 2;
}

std::vector<double> Tangent::standard_errors() const {
  const Eigen::MatrixXd covariance =
      information_.ldlt().solve(Eigen::MatrixXd::Identity(information_.rows(), information_.cols()));
  std::vector<double> errors;
  for (Eigen::Index j = 0; j < covariance.rows(); ++j) errors.push_back(std::sqrt(std::max(0.0, covariance(j, j))));
  return errors;
}

double Tangent::log_volume(std::size_t first, std::size_t last) const {
  const Eigen::MatrixXd covariance =
      information_.ldlt().solve(Eigen::MatrixXd::Identity(information_.rows(), information_.cols()));
  const auto n = static_cast<Eigen::Index>(last - first);
  if (n == 0) return 0;
  const Eigen::VectorXd diagonal =
      covariance.block(static_cast<Eigen::Index>(first), static_cast<Eigen::Index>(first), n, n).ldlt().vectorD();
  return diagonal.array().log().sum() / 2;
}

}  // namespace terrace
